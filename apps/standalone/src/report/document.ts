import { type Check, type DayAnswer, totalsOf, type Value } from '@millrace/service/demo';
import type { LayerCounts } from './layers';

/** The document of `--json`. */
export interface RunDocument {
  readonly layers: LayerCounts;
  readonly days: readonly DayAnswer[];
  /** Sums of the additive metrics over all days; users are never summed (R15). */
  readonly total: Readonly<Record<string, Value>>;
  /** Only where the source knows its own totals. */
  readonly check?: { readonly equal: number; readonly of: number };
}

export const documentOf = (layers: LayerCounts, days: readonly DayAnswer[], check: Check | null): RunDocument => ({
  layers,
  days,
  total: totalsOf(days),
  ...(check === null ? {} : { check: { equal: check.equal, of: check.of } }),
});
