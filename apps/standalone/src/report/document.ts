import { METRICS } from '@millrace/ads';
import type { DayAnswer, Value } from './answers';
import type { Check } from './check';
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
  total: Object.fromEntries(
    METRICS.filter(({ additive }) => additive).map(({ name, split }) => [name, totalOf(name, split, days)]),
  ),
  ...(check === null ? {} : { check: { equal: check.equal, of: check.of } }),
});

const totalOf = (name: string, split: boolean, days: readonly DayAnswer[]): Value => {
  if (!split) return days.reduce((sum, { metrics }) => sum + Number(metrics[name] ?? 0), 0);
  const total = { direct: 0, indirect: 0, organic: 0 };
  for (const { metrics } of days) {
    const value = metrics[name];
    if (typeof value !== 'object' || value === null) continue;
    for (const attribution of ['direct', 'indirect', 'organic'] as const) total[attribution] += Number(value[attribution] ?? 0);
  }
  return total;
};
