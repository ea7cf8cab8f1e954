import type { Rate } from '../money/rates';

/** The business rules' constants. Defaults of semantics.md; whatever is configured is echoed by the API beside the numbers. */
export interface Rules extends DatedRules {
  /** Business time zone Z, IANA. */
  readonly zone: string;
  readonly base_currency: string;
  /** R11: without a rate for it, an amount in another currency is rejected. */
  readonly rates: readonly Rate[];
  /** B: the disorder that is handled exactly. */
  readonly lateness_ms: number;
  /** L: the life of an order line. */
  readonly line_life_ms: number;
  /** Later rules, each valid from the beginning of a local day on; ascending by day. */
  readonly changes: readonly RuleChange[];
}

/** What may change at a day's boundary (D3): the rules of a conversion are those of its day, the order's for its chain. */
export interface DatedRules {
  /** W: the attribution window. */
  readonly window_ms: number;
  readonly window_mode: 'rolling' | 'calendar';
  /** I: how long after a click its invalidation is handled in the stream. */
  readonly invalidation_ms: number;
  /** R8: a click is repeated when another precedes it on the same ad by at most this; 0 switches the rule off. */
  readonly repeat_within_ms: number;
  /** Attribution models kept beside the default one (R4), by name. */
  readonly models: readonly string[];
}

export interface RuleChange extends Partial<DatedRules> {
  /** `YYYY-MM-DD`, the first local day of these rules. */
  readonly from_day: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_RULES: Rules = {
  zone: 'Asia/Shanghai',
  base_currency: 'CNY',
  rates: [],
  lateness_ms: 3 * HOUR_MS,
  window_ms: 14 * DAY_MS,
  window_mode: 'rolling',
  invalidation_ms: 3 * DAY_MS,
  line_life_ms: 15 * DAY_MS,
  repeat_within_ms: 2_000,
  models: [],
  changes: [],
};

/** R2: an event dated later than its ingest time by more than this is rejected. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000;
