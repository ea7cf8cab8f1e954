import { GRAINS, type Grain, type KeyField } from '@millrace/ads';

/** Every field by which rows can be told apart, in the order of the grains' paths. */
export const KEY_FIELDS: readonly KeyField[] = [...new Set(GRAINS.flatMap(({ path }) => path))];

/** The coarsest grain whose rows tell all of `fields` apart; undefined when no grain has them together. */
export const grainOf = (fields: ReadonlySet<KeyField>): Grain | undefined =>
  GRAINS.filter(({ path }) => [...fields].every((field) => path.includes(field))).sort(
    (a, b) => a.path.length - b.path.length,
  )[0];

/**
 * The fields that name a row of the answer: those asked for and, before each, its owners, so that an ad is always shown
 * with its campaign and merchant, and two merchants' equal ids are never added up.
 */
export const keysOf = (groupBy: ReadonlySet<KeyField>, grain: Grain): readonly KeyField[] => {
  const last = grain.path.findLastIndex((field) => groupBy.has(field));
  return grain.path.slice(0, last + 1);
};
