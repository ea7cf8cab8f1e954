import type { Rules } from '@millrace/ads';
import { calendar } from '../oracle/calendar';

/** A time near another, across some boundary of the rules: `way` 1 after it, -1 before it. */
export type Step = (t: number, way: 1 | -1) => number;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Every boundary of semantics.md, met exactly, missed by a millisecond on either side, forwards and backwards. */
export function boundarySteps({
  zone,
  lateness_ms: B,
  window_ms: W,
  invalidation_ms: I,
  line_life_ms: L,
  repeat_within_ms,
}: Rules): Step[] {
  const around = [repeat_within_ms, B, I, W].flatMap((length) => [length, length + 1, Math.max(0, length - 1)]);
  const lengths = [0, 0, 1, 500, HOUR, DAY, L, W + I, ...around, W, I];
  const midnightAfter = nextMidnight(zone);
  const dayEdges: Step[] = [
    (t, way) => (way === 1 ? midnightAfter(t) : midnightAfter(t - DAY)),
    (t, way) => (way === 1 ? midnightAfter(t) : midnightAfter(t - DAY)) - 1,
    // The first and last instants of the last day of a calendar window.
    (t, way) => midnightAfter(midnightAfter(t - DAY) + way * (W - HOUR)),
    (t, way) => midnightAfter(midnightAfter(t) + way * (W + HOUR)) - 1,
  ];
  return [
    ...lengths.map(
      (length): Step =>
        (t, way) =>
          t + way * length,
    ),
    ...dayEdges,
  ];
}

/** The first instant of the next local day, found by bisection: slow and obvious. */
export function nextMidnight(zone: string): (t: number) => number {
  const day = calendar(zone);
  const known = new Map<string, number>();
  return (t) => {
    const today = day(t);
    const before = known.get(today);
    if (before !== undefined) return before;
    let [inside, outside] = [t, t + 2 * DAY];
    while (outside - inside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (day(middle) === today) inside = middle;
      else outside = middle;
    }
    known.set(today, outside);
    return outside;
  };
}
