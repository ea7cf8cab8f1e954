import type { RejectReason } from '../events/rejection';

/** A record that has to be rejected, and why. */
interface BadRecord {
  readonly reason: RejectReason;
  line(id: string, t: number): string;
}

const good = (id: string, t: number) => ({
  type: 'click',
  source: 'web',
  event_id: id,
  event_time: t,
  user_id: `bad-${id}`,
  ad_id: 'a1-1',
  campaign_id: 'c1-1',
  merchant_id: 'm1',
  cost_minor: 100,
});

/** Later than any clock that could receive it: the year 2096. */
const FAR_FUTURE_MS = 4_000_000_000_000;

/** What producers get wrong, taken in turns. None may leave a trace in any number or move any watermark. */
export const BAD_RECORDS: readonly BadRecord[] = [
  { reason: 'not_json', line: (id, t) => JSON.stringify(good(id, t)).slice(0, -7) },
  { reason: 'not_an_object', line: (id, t) => JSON.stringify([good(id, t)]) },
  { reason: 'unknown_type', line: (id, t) => JSON.stringify({ ...good(id, t), type: 'swipe' }) },
  { reason: 'missing_field', line: (id, t) => JSON.stringify({ ...good(id, t), ad_id: undefined }) },
  { reason: 'invalid_field', line: (id, t) => JSON.stringify({ ...good(id, t), cost_minor: -1 }) },
  { reason: 'placeholder_user', line: (id, t) => JSON.stringify({ ...good(id, t), user_id: 'null' }) },
  { reason: 'future_time', line: (id) => JSON.stringify(good(id, FAR_FUTURE_MS)) },
  { reason: 'unsupported_currency', line: (id, t) => JSON.stringify({ ...good(id, t), currency: 'XTS' }) },
];
