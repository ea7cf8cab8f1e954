import { METRICS } from '@millrace/ads';
import type { DayAnswer, Value } from './answers';

/** Sums of the additive metrics over all days; users are never summed (R15). */
export const totalsOf = (days: readonly DayAnswer[]): Readonly<Record<string, Value>> =>
  Object.fromEntries(METRICS.filter(({ additive }) => additive).map(({ name, split }) => [name, totalOf(name, split, days)]));

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
