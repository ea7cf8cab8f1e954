import type { Bench, BenchOptions, Run } from './bench';
import { load } from './machine';
import { inWords, type Ran } from './table';

export interface Listener {
  /** Hears every run as it is done. */
  readonly onRun: (what: string, run: Run & object) => void;
  /** A candidate could not be run. */
  readonly onFailure: (what: string) => (error: unknown) => null;
}

/**
 * Runs the candidates of a bench in turns (A B C, A B C …), so that a slow moment of the machine hits all of them.
 */
export async function rounds(bench: Bench, options: BenchOptions, { onRun, onFailure }: Listener): Promise<Ran[]> {
  const { say, runs, only, stages } = options;
  const { candidates: all, notes = [], close } = await bench.prepare(options);
  try {
    for (const note of notes) say(note);
    const named = all.filter(({ what }) => what === only);
    const candidates = named.length > 0 ? named : all.filter(({ what }) => only === null || what.includes(only));
    const shares = new Map<string, Readonly<Record<string, number>>>();
    for (const { what, parts } of candidates) {
      if (parts === undefined || !stages) continue;
      say(`${what}: warming up and looking at its parts`);
      shares.set(what, await parts());
    }
    const done = new Map<string, (Run & object)[]>(candidates.map(({ what }) => [what, []]));
    for (let round = 1; round <= runs; round++) {
      for (const { what, run } of candidates) {
        if (!done.has(what)) continue;
        const load_before = load();
        const measured = await run().catch(onFailure(what));
        if (measured === null) {
          // It is not tried again; the others go on.
          done.delete(what);
          continue;
        }
        const ran = { ...staged(measured, shares.get(what)), load_before };
        done.get(what)?.push(ran);
        say(`${what === '' ? '' : `${what}, `}run ${round} of ${runs}: ${inWords(ran)}`);
        onRun(what, ran);
      }
    }
    return [...done].map(([what, ran]) => ({ bench: bench.name, what, runs: ran }));
  } finally {
    await close?.();
  }
}

/** Shares of an uncounted run become parts of this one's figure. */
const staged = (run: Run & object, shares: Readonly<Record<string, number>> | undefined): Run & object =>
  shares === undefined
    ? run
    : {
        ...run,
        stages: Object.fromEntries(
          Object.entries(shares)
            .sort(([, a], [, b]) => b - a)
            .map(([part, share]) => [part, Number((share * run.us_per_event).toFixed(3))]),
        ),
      };
