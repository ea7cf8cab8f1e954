import { DEFAULT_RULES, type Rules, SHARED_MODELS } from '@millrace/ads';
import { HISTORY_DEFAULTS } from '../histories';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const { around_ms } = HISTORY_DEFAULTS;

const shared: Rules = { ...DEFAULT_RULES, models: SHARED_MODELS.map(({ name }) => name) };

/** Rules that must all give the oracle's answer; each moves the boundaries to other places. */
export const RULE_SETS = {
  /** The defaults: one model, rolling days of Shanghai. */
  default: DEFAULT_RULES,
  /** Every model at once. */
  'all models': shared,
  /** Whole local days across the change to summer time (9 March 2025), amounts in another currency whose rate changes. */
  'calendar windows, New York, dollars': {
    ...DEFAULT_RULES,
    zone: 'America/New_York',
    window_mode: 'calendar',
    rates: [
      { id: 'usd-1', currency: 'USD', from_ms: around_ms - 90 * DAY, base_micro: 7_123_457 },
      { id: 'usd-2', currency: 'USD', from_ms: around_ms + 20 * DAY + HOUR, base_micro: 6_999_999 },
    ],
  },
  /** State is dropped by whole UTC days: here the days of the business end where those do, and all that is kept is short-lived. */
  'short lives, UTC': {
    ...shared,
    zone: 'UTC',
    lateness_ms: HOUR,
    window_ms: 2 * DAY,
    invalidation_ms: DAY,
    line_life_ms: 3 * DAY,
    repeat_within_ms: 0,
  },
} as const satisfies Readonly<Record<string, Rules>>;
