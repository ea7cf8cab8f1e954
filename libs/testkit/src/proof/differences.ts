import { LAST_TOUCH, type Rules } from '@millrace/ads';
import type { Cells, Model, OracleOptions } from '../oracle';

/** Every cell in which two tables differ, as `cell: is, should be`; none is what a proof wants to see. */
export function differences(is: Cells, should: Cells): string[] {
  const cells = [...new Set([...is.keys(), ...should.keys()])].sort();
  return cells
    .filter((cell) => (is.get(cell) ?? 0) !== (should.get(cell) ?? 0))
    .map((cell) => `${cell}: ${is.get(cell) ?? 0}, should be ${should.get(cell) ?? 0}`);
}

/** The oracle's options for the same rules. */
export const oracleOptions = (rules: Rules, model: Model = LAST_TOUCH): Partial<OracleOptions> => {
  const { zone, window_ms, window_mode, invalidation_ms, line_life_ms, repeat_within_ms, base_currency, rates } = rules;
  return { zone, window_ms, window_mode, invalidation_ms, line_life_ms, repeat_within_ms, base_currency, rates, model };
};

/** The models that are kept under these rules. */
export const modelsOf = (rules: Rules): Model[] => [LAST_TOUCH, ...rules.models] as Model[];
