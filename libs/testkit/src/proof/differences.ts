import { LAST_TOUCH, RuleBook, type Rules } from '@millrace/ads';
import type { Cells, Model, OracleOptions } from '../oracle';

/** Every cell in which two tables differ, as `cell: is, should be`; none is what a proof wants to see. */
export function differences(is: Cells, should: Cells): string[] {
  const cells = [...new Set([...is.keys(), ...should.keys()])].sort();
  return cells
    .filter((cell) => (is.get(cell) ?? 0) !== (should.get(cell) ?? 0))
    .map((cell) => `${cell}: ${is.get(cell) ?? 0}, should be ${should.get(cell) ?? 0}`);
}

/** The oracle's options for the same rules: it knows all but B. */
export const oracleOptions = ({ lateness_ms: _, ...rules }: Rules, model: Model = LAST_TOUCH): Partial<OracleOptions> => ({
  ...rules,
  model,
});

/** The models that are kept under these rules, on whichever day. */
export const modelsOf = (rules: Rules): Model[] => [LAST_TOUCH, ...new RuleBook(rules).models] as Model[];
