import { isRejection, partitionOf, rejection, type RejectReason, type Validator } from '@millrace/ads';
import type { Item } from './body';
import type { OutgoingEvent } from './intake';

/** The source of events that do not name one. */
export const DEFAULT_SOURCE = 'http';

/** What became of one event of a request. */
export type EventResult =
  | { readonly status: 'accepted' }
  | { readonly status: 'rejected'; readonly reason: RejectReason; readonly field: string | null; readonly expected: string };

export interface Judged {
  readonly results: readonly EventResult[];
  readonly accepted: readonly OutgoingEvent[];
}

const ACCEPTED: EventResult = { status: 'accepted' };
const encoder = new TextEncoder();

/**
 * Judges every event as ODS will, so that the sender learns at once, and writes the accepted ones as they came, unknown
 * fields included: what an event means is for ODS to say, and the raw log holds what was sent.
 */
export const judge = (items: readonly Item[], validate: Validator, ingest_ms: number, partitions: number): Judged => {
  const results: EventResult[] = [];
  const accepted: OutgoingEvent[] = [];
  for (const item of items) {
    const verdict =
      'broken' in item ? rejection('not_json', null, `one JSON object: ${item.broken}`) : validate(item.value, ingest_ms);
    if (isRejection(verdict)) {
      const { reason, field, expected } = verdict;
      results.push({ status: 'rejected', reason, field, expected });
      continue;
    }
    const sent = 'value' in item && typeof item.value === 'object' ? item.value : null;
    results.push(ACCEPTED);
    accepted.push({
      partition: partitionOf(verdict.user_id, partitions),
      key: encoder.encode(verdict.user_id),
      value: encoder.encode(JSON.stringify({ ...sent, source: verdict.source })),
    });
  }
  return { results, accepted };
};
