import type { Zone } from '@millrace/ads';

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
