import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mutated } from '../../mutants/mutated';
import type { Mutant } from '../../mutants/table';
import { bundle, workspace } from '../command/bundle';
import { runSeeds } from '../command/run-seeds';
import { MUTANTS } from './table';

/** How a mutant was found. */
export interface Found {
  readonly name: string;
  /** How many seeds it took; null: more than were tried. */
  readonly seeds: number | null;
  /** What the first of them had to say. */
  readonly by: string;
}

/** Seeds that a mutant may live through. */
export const MAX_SEEDS = 200;
/** Mutants that are looked for at a time. */
const AT_ONCE = 2;

/** Builds every mutant and runs its seeds from 1 on until one has an objection. */
export async function huntAll(onFound: (found: Found) => void, mutants: readonly Mutant[] = MUTANTS): Promise<Found[]> {
  const folder = join(workspace, `dist/mutants-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const left = [...mutants.entries()];
  const found = new Map<number, Found>();
  try {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          const [place, mutant] = next;
          const one = await hunt(mutant, join(folder, `${place}.cjs`));
          found.set(place, one);
          onFound(one);
        }
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return mutants.flatMap((_, place) => found.get(place) ?? []);
}

async function hunt(mutant: Mutant, outfile: string): Promise<Found> {
  const program = await bundle(outfile, [mutated(mutant)]);
  const told = await runSeeds({ program, from: 1, seeds: MAX_SEEDS, untilObjection: true, workers: 1 });
  const last = told.at(-1);
  const by = last?.objections[0]?.split('\n')[0] ?? '';
  return { name: mutant.name, seeds: by === '' ? null : (last?.seed ?? null), by };
}
