import type { Random } from './random';
import type { TrafficOptions } from './options';
import { endOf } from './options';

const HOUR_MS = 3_600_000;
/** Visits by hour of the day, relative: a lull at night, a peak in the evening. */
const CURVE = [6, 4, 3, 2, 2, 3, 5, 8, 11, 13, 14, 14, 15, 14, 13, 13, 13, 14, 16, 19, 21, 21, 17, 11];
const CURVE_SUM = CURVE.reduce((sum, n) => sum + n, 0);
/** Measured: how many lines a visit leads to, within 14 days. */
const LINES_PER_VISIT = 5.8;

/** When visits begin, ascending. */
export function* visitTimes(options: TrafficOptions, random: Random): Generator<number> {
  const end = endOf(options);
  const perDay = options.lines_per_day / LINES_PER_VISIT;
  let owed = 0;
  for (let hour = 0; ; hour++) {
    const from = options.start_ms + hour * HOUR_MS;
    if (from >= end) return;
    // Whole visits only; the fraction is carried to the next hour.
    owed += (perDay * (CURVE[hour % 24] ?? 0)) / CURVE_SUM;
    const visits = Math.floor(owed);
    owed -= visits;
    for (let i = 0; i < visits; i++) {
      yield from + Math.floor(((i + random.below(1_000) / 1_000) * HOUR_MS) / visits);
    }
  }
}
