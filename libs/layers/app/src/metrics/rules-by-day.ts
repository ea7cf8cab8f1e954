import type { DatedRules, RuleBook, Zone } from '@millrace/ads';

/** First day → the rules from then on; null where all of the days have the same (D3). */
export const rulesByDay = (book: RuleBook, businessDays: readonly number[], zone: Zone): Record<string, DatedRules> | null => {
  const beginnings = businessDays.filter((day, index) => index === 0 || book.at(day) !== book.at(day - 1));
  if (beginnings.length < 2) return null;
  return Object.fromEntries(beginnings.map((day) => [zone.dayName(day), datedOf(book.at(day))]));
};

const datedOf = ({ window_ms, window_mode, invalidation_ms, repeat_within_ms, models }: DatedRules): DatedRules => ({
  window_ms,
  window_mode,
  invalidation_ms,
  repeat_within_ms,
  models,
});
