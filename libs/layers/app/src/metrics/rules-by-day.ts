import { LAST_TOUCH, type DatedRules, type RuleBook, type Zone } from '@millrace/ads';

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

/** Days of the range on which nobody counted by the model that was asked for: no row there means nothing. */
export const modelNotes = (model: string, book: RuleBook, businessDays: readonly number[], zone: Zone): readonly string[] => {
  if (model === LAST_TOUCH) return [];
  const without = businessDays.filter((day) => !book.at(day).models.includes(model));
  if (without.length === 0) return [];
  return [
    `The rules of ${without.map((day) => zone.dayName(day)).join(', ')} do not keep the model ${model}: effects of these days are missing.`,
  ];
};
