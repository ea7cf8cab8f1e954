import { DAY_MS, type DatedRules, type RuleBook, type Zone } from '@millrace/ads';

/** How far the cohort of a click day can still grow (R13). */
export interface Maturity {
  readonly state: 'maturing' | 'mature';
  /** Share of the time from the day's end to the cohort's that has passed, 0 to 1. */
  readonly share: number;
}

export const maturityOf = (day: number, zone: Zone, watermark_ms: number | null, book: RuleBook): Maturity => {
  const dayEnd = zone.dayEnd(day);
  const passed = watermark_ms === null ? 0 : watermark_ms - dayEnd;
  const whole = cohortEnd(day, zone, book) - dayEnd;
  return { state: passed > whole ? 'mature' : 'maturing', share: Math.min(1, Math.max(0, passed / whole)) };
};

/** The last instant at which a conversion can be credited to a click of the day: by the rules of the conversion's own day (D3). */
const cohortEnd = (day: number, zone: Zone, { pages }: RuleBook): number => {
  const ends = pages.map(({ from, rules }, index) => {
    const next = pages[index + 1]?.from ?? Infinity;
    const end = Math.min(windowEnd(day, zone, rules), next === Infinity ? Infinity : zone.dayStart(next));
    return from <= zone.dayOf(end) ? end : -Infinity;
  });
  return Math.max(zone.dayEnd(day), ...ends);
};

const windowEnd = (day: number, zone: Zone, { window_ms, window_mode }: DatedRules): number =>
  window_mode === 'rolling' ? zone.dayEnd(day) + window_ms : zone.dayEnd(day + window_ms / DAY_MS);
