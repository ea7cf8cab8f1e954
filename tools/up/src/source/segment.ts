import { createTraffic, DAY_MS, DEFAULT_RULES, type Rules, type TrafficTotals, TRAFFIC_DEFAULTS, zoneOf } from '@millrace/ads';

/** Between the days of two segments: longer than W, so that no click of one earns a credit in another. */
const DAYS_APART = 2;
/** The first segment lies so far back. */
const BACK_DAYS = 80;

/**
 * The warehouse's rules while it is harmed. Input is fed at the pace of whoever harms, not at its own time: whatever its time, it
 * must not be late, so B reaches back beyond all of it.
 */
export const RULES: Rules = { ...DEFAULT_RULES, lateness_ms: (BACK_DAYS + 10) * DAY_MS, window_ms: DAY_MS };
/** The same, as a rules file has them. */
export const RULES_FILE = { lateness: RULES.lateness_ms, window: RULES.window_ms };

/** Traffic of a day of its own, and what its source says of it. */
export interface Segment {
  readonly lines: readonly string[];
  readonly totals: TrafficTotals;
}

/** One segment after another, each on a later day; `now_ms` says how late the last may be. */
export function* segments(now_ms: number, seed: number, lines_per_day: number): Generator<Segment, never> {
  const zone = zoneOf(RULES.zone);
  const first = zone.dayOf(now_ms) - BACK_DAYS;
  for (let n = 0; ; n++) {
    const day = first + n * DAYS_APART;
    if (day >= zone.dayOf(now_ms) - 1) throw new RangeError(`there are no days for a segment ${n}`);
    const traffic = createTraffic({
      ...TRAFFIC_DEFAULTS,
      seed: seed + n,
      start_ms: zone.dayStart(day),
      days: 1,
      lines_per_day,
      users: 2_000,
      merchants: 40,
      id_prefix: `s${n}-`,
      rules: RULES,
    });
    const lines = [...traffic].map(({ line }) => line);
    yield { lines, totals: traffic.totals() };
  }
}

/** Several sources' own answers as one: their days are apart. */
export const together = (parts: readonly TrafficTotals[]): Pick<TrafficTotals, 'days' | 'merchants'> & { counts: Counts } => {
  const counts: Counts = { lines: 0, events: 0, duplicates: 0, rejected: {} };
  for (const part of parts) {
    counts.lines += part.counts.lines;
    counts.events += part.counts.events;
    counts.duplicates += part.counts.duplicates;
    for (const [reason, n] of Object.entries(part.counts.rejected)) counts.rejected[reason] = (counts.rejected[reason] ?? 0) + n;
  }
  return { days: parts.flatMap(({ days }) => days), merchants: parts.flatMap(({ merchants }) => merchants), counts };
};

interface Counts {
  lines: number;
  events: number;
  duplicates: number;
  rejected: Record<string, number>;
}
