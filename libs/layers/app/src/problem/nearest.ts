import { closest, distance } from 'fastest-levenshtein';

/** The valid name that was probably meant, or null when nothing is near. */
export const nearest = (given: string, valid: readonly string[]): string | null => {
  if (valid.length === 0) return null;
  const lower = given.toLowerCase();
  const candidate = closest(
    lower,
    valid.map((name) => name.toLowerCase()),
  );
  const original = valid.find((name) => name.toLowerCase() === candidate) ?? null;
  // Half of the letters wrong is no misspelling any more.
  return distance(lower, candidate) <= Math.max(1, Math.floor(candidate.length / 2)) ? original : null;
};

/** `there is no metric "click"; did you mean "clicks"? Known: …` */
export const unknownName = (what: string, given: string, valid: readonly string[]): string => {
  const candidate = nearest(given, valid);
  const hint = candidate === null ? '' : ` Did you mean "${candidate}"?`;
  const known = valid.length === 0 ? '' : ` Known: ${valid.join(', ')}.`;
  return `There is no ${what} "${given}".${hint}${known}`;
};
