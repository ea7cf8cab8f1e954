import type { Rules } from '../rules';
import { DEFAULT_RULES } from '../rules';

export interface TrafficOptions {
  readonly seed: number;
  /** Event time of the first visit, best a local midnight. */
  readonly start_ms: number;
  /** Length in event time; `Infinity` for live traffic. */
  readonly days: number;
  /** Lines a day, about. */
  readonly lines_per_day: number;
  readonly users: number;
  readonly merchants: number;
  /** Keeps the ids of several sources of traffic apart. */
  readonly id_prefix: string;
  /** What the totals depend on; disorder, lateness and invalidations keep to them too. Rolling windows only. */
  readonly rules: Rules;
}

const DAY_MS = 86_400_000;

/** About 300 000 lines. */
export const TRAFFIC_DEFAULTS: TrafficOptions = {
  seed: 1,
  // 2025-03-03 00:00 in Shanghai, a Monday.
  start_ms: 1_740_931_200_000,
  days: 14,
  lines_per_day: 21_500,
  users: 8_000,
  merchants: 120,
  id_prefix: '',
  rules: DEFAULT_RULES,
};

/** Of ten thousand, how many; of what is said beside each. */
export const PROPORTIONS = {
  /** Lines, sent again byte for byte. */
  duplicate: 100,
  /** Lines, sent besides and rejected. */
  bad: 20,
  /** Exposures and clicks of onlookers, delivered 2 B late or later. */
  late: 100,
  /** Clicks, followed by another within `repeat_within_ms`. */
  repeat: 150,
  /** Clicks and exposures that turn out to be invalid traffic. */
  withdrawn: 40,
} as const;

/** The last instant of the traffic, exclusive. */
export const endOf = ({ start_ms, days }: TrafficOptions): number => start_ms + days * DAY_MS;
