import type { Listed } from './dictionary';
import { MAX_PLANNED_LENGTH } from './texts';

/**
 * How a column was best written so far, which is tried first in the next frame:
 *
 * | plan | as long as |
 * |---|---|
 * | `constant` | every value is the one of the frames before |
 * | `numbers` | all are numbers or null |
 * | `dictionary` | all are texts, booleans or null, few different ones |
 * | `texts` | all are ASCII texts, none long, or null |
 * | `any` | always: the column is looked at as a whole (`ColumnWriter`) |
 */
export type Plan = 'constant' | 'numbers' | 'dictionary' | 'texts' | 'any';

/** A dictionary pays while it is smaller than the column by this factor, and its places are bytes. */
const REPEATS = 3;
const MAX_DIFFERENT = 192;

/** What fits the values of a frame; `before`: what was planned, which has failed or is to be looked at again. */
export function planFor(values: readonly unknown[], before: Plan | null, constant: unknown): Plan {
  if (before === 'any') return 'any';
  const [first] = values;
  const isSame = (before === null || (before === 'constant' && first === constant)) && values.every((value) => value === first);
  if (isSame && (first === null || typeof first === 'string' || typeof first === 'boolean' || Number.isSafeInteger(first)))
    return 'constant';
  if (values.every((value) => value === null || typeof value === 'number')) return 'numbers';
  if (!values.every(isListed)) return 'any';
  if (repeats(values)) return 'dictionary';
  return values.every((value) => value === null || isShort(value)) ? 'texts' : 'any';
}

const isListed = (value: unknown): value is Listed =>
  value === null || typeof value === 'string' || typeof value === 'boolean';

const isShort = (value: string | boolean): boolean => typeof value === 'string' && value.length <= MAX_PLANNED_LENGTH;

function repeats(values: readonly Listed[]): boolean {
  const different = new Set<Listed>();
  let bytes = 0;
  let listed = 0;
  for (const value of values) {
    const length = typeof value === 'string' ? value.length : 1;
    bytes += length;
    if (different.has(value)) continue;
    different.add(value);
    listed += length + 1;
    if (different.size > MAX_DIFFERENT) return false;
  }
  return different.size * REPEATS <= values.length && (listed + values.length <= bytes || different.size <= 3);
}
