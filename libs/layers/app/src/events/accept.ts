import {
  isRejection,
  MAX_RECORD_BYTES,
  partitionOf,
  rejection,
  type AdEvent,
  type Rejection,
  type RejectReason,
  type Validator,
} from '@millrace/ads';
import type { Item } from './body';
import type { Merchants } from '../access/asker';
import type { OutgoingEvent } from './intake';

/** The source of events that do not name one. */
export const DEFAULT_SOURCE = 'http';

/** What became of one event of a request. */
export type EventResult =
  | { readonly status: 'accepted' }
  | {
      readonly status: 'rejected';
      readonly reason: RejectReason | typeof FOREIGN_MERCHANT;
      readonly field: string | null;
      readonly expected: string;
    };

/** The key does not have the merchant: what only this address rejects, because only here there is a key. */
export const FOREIGN_MERCHANT = 'foreign_merchant';

export interface Judged {
  readonly results: readonly EventResult[];
  readonly accepted: readonly OutgoingEvent[];
}

const ACCEPTED: EventResult = { status: 'accepted' };
const TOO_LARGE = rejection('too_large', null, `at most ${MAX_RECORD_BYTES} bytes`);
const encoder = new TextEncoder();

/**
 * Judges every event as ODS will, so that the sender learns at once, and writes the accepted ones as they came, unknown
 * fields included: what an event means is for ODS to say, and the raw log holds what was sent.
 *
 * @param merchants whose events the sender may send
 */
export const judge = (
  items: readonly Item[],
  validate: Validator,
  ingest_ms: number,
  partitions: number,
  merchants: Merchants,
): Judged => {
  const results: EventResult[] = [];
  const accepted: OutgoingEvent[] = [];
  for (const item of items) {
    const verdict =
      'broken' in item ? rejection('not_json', null, `one JSON object: ${item.broken}`) : validate(item.value, ingest_ms);
    if (isRejection(verdict)) {
      results.push(refused(verdict));
      continue;
    }
    const foreign = foreignness(verdict, merchants);
    if (foreign !== null) {
      results.push(foreign);
      continue;
    }
    const sent = 'value' in item && typeof item.value === 'object' ? item.value : null;
    const value = encoder.encode(JSON.stringify({ ...sent, source: verdict.source }));
    if (value.length > MAX_RECORD_BYTES) {
      results.push(refused(TOO_LARGE));
      continue;
    }
    results.push(ACCEPTED);
    accepted.push({ partition: partitionOf(verdict.user_id, partitions), key: encoder.encode(verdict.user_id), value });
  }
  return { results, accepted };
};

/** An invalidation names its target by id alone, which may be anyone's. */
const foreignness = (event: AdEvent, merchants: Merchants): EventResult | null => {
  if (merchants === 'all') return null;
  const foreign = { status: 'rejected', reason: FOREIGN_MERCHANT } as const;
  if (event.type === 'invalidate') return { ...foreign, field: 'type', expected: 'a key of all merchants, for an invalidation' };
  return merchants.has(event.merchant_id) ? null : { ...foreign, field: 'merchant_id', expected: 'a merchant of the key' };
};

const refused = ({ reason, field, expected }: Rejection): EventResult => ({ status: 'rejected', reason, field, expected });
