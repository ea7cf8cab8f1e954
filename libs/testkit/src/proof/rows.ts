import { type AdEvent, TOPICS } from '@millrace/ads';
import type { Delivered } from '../histories';

/** A row of ODS, as it stands in the log that DWD reads. */
export interface OdsRow {
  readonly topic: string;
  readonly row: AdEvent;
}

const ABSENT = {
  currency: null,
  event_version: 1,
  schema_version: null,
  city: null,
  platform: null,
  request_id: null,
  sequence: null,
  item_id: null,
  slot: null,
  cost_minor: null,
  quantity: null,
  reason: 'test',
  extra: null,
};

/** What ODS makes of a delivery, and where it puts it (design, Flow). */
export const odsRow = ({ event, deliver_ms }: Delivered): OdsRow => ({
  topic: event.type === 'exposure' || event.target_type === 'exposure' ? TOPICS.exposure : TOPICS.action,
  // ODS's own specs show that it fills in exactly what its schemas say; histories have every field that those require.
  row: { ...ABSENT, ...event, ingest_time: deliver_ms } as unknown as AdEvent,
});
