import fc from 'fast-check';
import { asVector, type History } from '../histories';

/** A history and how it reaches the layer: none of it may matter. */
export interface Case {
  readonly history: History;
  readonly partitions: number;
  readonly frame_rows: number;
  readonly batch: number;
}

export const cases = (histories: fc.Arbitrary<History>): fc.Arbitrary<Case> =>
  fc.record({
    history: histories,
    partitions: fc.constantFrom(1, 3, 8),
    frame_rows: fc.constantFrom(1, 2, 7, Infinity),
    batch: fc.constantFrom(1, 3, Infinity),
  });

/**
 * Every case must come out without an objection. The seed is fixed, so that a build that fails fails again;
 * `tools/properties.mjs` runs more histories with another. A failing case is shrunk and printed as a vector.
 */
export function prove<One extends Case>(
  all: fc.Arbitrary<One>,
  runs: number,
  objections: (each: One) => readonly string[],
): void {
  const { MILLRACE_RUNS, MILLRACE_SEED } = process.env;
  const property = fc.property(all, (each) => objections(each).length === 0);
  const result = fc.check(property, {
    numRuns: Math.ceil(runs * Number(MILLRACE_RUNS ?? 1)),
    seed: Number(MILLRACE_SEED ?? 20250220),
  });
  if (!result.failed) return;
  const [counterexample] = result.counterexample ?? [];
  if (counterexample === undefined) throw new Error('no case was found that could be tried');
  const { history, ...cut } = counterexample;
  const how = `seed ${result.seed}, case ${result.numRuns}, shrunk ${result.numShrinks} times, ${JSON.stringify(cut)}`;
  throw new Error(`${how}\n${asVector(history)}\n\n${objectionsOf(counterexample, objections).slice(0, 20).join('\n')}`);
}

/** An exception is an objection too. */
const objectionsOf = <One extends Case>(each: One, objections: (each: One) => readonly string[]): readonly string[] => {
  try {
    return objections(each);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
};
