import type { Rules } from '@millrace/ads';
import { DEFAULT_RULES } from '@millrace/ads';

export interface HistoryOptions {
  readonly rules: Rules;
  /** The histories play in the 60 days after this instant, from the 20th day on both ways. */
  readonly around_ms: number;
  /** Most events in one history, versions and duplicates apart. */
  readonly size: number;
  /** Longest delay in multiples of B. Up to 1 the oracle's answer must be reached; beyond, the late lane must say where it is not. */
  readonly delay_in_lateness: number;
  /** Producers' faults: the same identity and version with another body. Then the answer depends on the order of the log (R8). */
  readonly conflicts: boolean;
  /** Versions whose other time moves an event of an order line across the end of the line's life. */
  readonly moves_across_lives: boolean;
}

export const HISTORY_DEFAULTS: HistoryOptions = {
  rules: DEFAULT_RULES,
  around_ms: Date.UTC(2025, 1, 20),
  size: 30,
  delay_in_lateness: 1,
  conflicts: false,
  moves_across_lives: false,
};
