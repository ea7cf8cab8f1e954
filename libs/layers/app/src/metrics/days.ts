import type { Rules, Zone } from '@millrace/ads';

/** R14. `reconciled` comes with the batch layer. A watermark of null is unknown: nothing has been heard yet. */
export type DayState = 'live' | 'closing' | 'sealed' | 'reconciled';
export const DAY_STATES: readonly DayState[] = ['live', 'closing', 'sealed', 'reconciled'];

/** The business days that [from, to) touches. */
export const daysBetween = (from_ms: number, to_ms: number, zone: Zone): readonly number[] => {
  const first = zone.dayOf(from_ms);
  const last = zone.dayOf(to_ms - 1);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

/** The watermark decides before the clock does: a replay of old days is sealed by its own time, whatever the time is now. */
export const dayState = (day: number, zone: Zone, watermark_ms: number | null, now_ms: number): DayState => {
  const end = zone.dayEnd(day);
  if (watermark_ms !== null && watermark_ms > end) return 'sealed';
  return now_ms < end ? 'live' : 'closing';
};

/** How far the cohort of a click day can still grow (R13): its last click can win until W after the day's end. */
export interface Maturity {
  readonly state: 'maturing' | 'mature';
  /** Share of W that has passed since the day's end, 0 to 1. */
  readonly share: number;
}

export const maturityOf = (day: number, zone: Zone, watermark_ms: number | null, { window_ms }: Rules): Maturity => {
  const passed = watermark_ms === null ? 0 : watermark_ms - zone.dayEnd(day);
  return { state: passed > window_ms ? 'mature' : 'maturing', share: Math.min(1, Math.max(0, passed / window_ms)) };
};
