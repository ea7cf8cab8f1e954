import { WHOLE_CREDIT, type Attribution, type ConversionRow, type FactKind } from '@millrace/ads';
import { asOfOf, type AsOf, type Position } from '../store';
import type { Conversion, ConversionEvent } from './fold';

type WriteInstant = (time_ms: number) => string;

interface CreditedClick {
  readonly source: string;
  readonly event_id: string;
  readonly event_time: string | null;
}

/** Who gets the conversion, as one row says. */
interface Credit {
  readonly model: string;
  /** 1 for a single winner. */
  readonly share: number;
  readonly attribution: Attribution;
  /** Null: organic. */
  readonly click: CreditedClick | null;
  readonly campaign_id: string | null;
  readonly ad_id: string | null;
  /** Credited by itself, its order line not being held. */
  readonly orphan: boolean;
  readonly amount_minor: number;
}

interface Version extends Credit {
  readonly version: number;
  readonly sign: 1 | -1;
  readonly ingest_time: string;
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: number; readonly ordinal: number };
}

interface EventAnswer {
  readonly type: FactKind;
  readonly source: string;
  readonly event_id: string;
  readonly event_time: string;
  readonly credit: Credit | null;
  readonly shares?: readonly Credit[];
  readonly versions: readonly Version[];
}

interface LineAnswer {
  readonly unit: 'order_line' | 'message';
  readonly order_id: string | null;
  readonly item_id: string | null;
  readonly merchant_id: string;
  readonly user_id: string;
  readonly events: readonly EventAnswer[];
}

/** `GET /v1/conversions/{id}` */
export interface ConversionsAnswer {
  readonly asOf: AsOf;
  readonly id: string;
  readonly conversions: readonly LineAnswer[];
}

export const conversionsAnswer = (
  id: string,
  at: Position,
  conversions: readonly Conversion[],
  write: WriteInstant,
): ConversionsAnswer => ({
  asOf: asOfOf(at, write),
  id,
  conversions: conversions.map(({ first, events }) => ({
    unit: first.kind === 'message' ? 'message' : 'order_line',
    order_id: present(first.order_id),
    item_id: present(first.item_id),
    merchant_id: first.merchant_id,
    user_id: first.user_id,
    events: events.flatMap((event) => eventAnswer(event, write)),
  })),
});

/** Absent ids are stored as ''. */
const present = (stored: string): string | null => (stored === '' ? null : stored);

const eventAnswer = ({ rows, standing, shares }: ConversionEvent, write: WriteInstant): EventAnswer[] =>
  rows.slice(-1).map((latest) => {
    const { kind, source, event_id, event_time } = standing ?? latest;
    return {
      type: kind,
      source,
      event_id,
      event_time: write(event_time),
      credit: standing ? creditAnswer(standing, write) : null,
      ...(shares.length > 0 ? { shares: shares.map((row) => creditAnswer(row, write)) } : {}),
      versions: rows.map((row) => versionAnswer(row, write)),
    };
  });

const creditAnswer = (row: ConversionRow, write: WriteInstant): Credit => ({
  model: row.model,
  share: row.credit_micro / WHOLE_CREDIT,
  attribution: row.attribution,
  click:
    row.click_id === ''
      ? null
      : { source: row.click_source, event_id: row.click_id, event_time: row.click_time === null ? null : write(row.click_time) },
  campaign_id: present(row.campaign_id),
  ad_id: present(row.ad_id),
  orphan: row.orphan === 1,
  amount_minor: row.amount_minor,
});

const versionAnswer = (row: ConversionRow, write: WriteInstant): Version => ({
  version: row.version,
  sign: row.sign,
  ...creditAnswer(row, write),
  ingest_time: write(row.ingest_time),
  position: { topic: row.source_topic, partition: row.source_partition, offset: row.source_offset, ordinal: row.ordinal },
});
