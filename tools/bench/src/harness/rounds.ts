import type { Bench, BenchOptions, Run } from './bench';
import { load } from './machine';
import { inWords, type Ran } from './table';

/**
 * Runs the candidates of a bench in turns (A B C, A B C …), so that a slow moment of the machine hits all of them. `onRun`
 * hears every run as it is done.
 */
export async function rounds(
  bench: Bench,
  options: BenchOptions,
  onRun: (what: string, run: Run & object) => void,
): Promise<Ran[]> {
  const { say, runs, only } = options;
  const { candidates: all, notes = [], close } = await bench.prepare(options);
  try {
    for (const note of notes) say(note);
    const candidates = all.filter(({ what }) => only === null || what.includes(only));
    const shares = new Map<string, Readonly<Record<string, number>>>();
    for (const { what, parts } of candidates) {
      if (parts === undefined) continue;
      say(`${what}: warming up and looking at its parts`);
      shares.set(what, await parts());
    }
    const done = new Map<string, (Run & object)[]>(candidates.map(({ what }) => [what, []]));
    for (let round = 1; round <= runs; round++) {
      for (const { what, run } of candidates) {
        const load_before = load();
        const ran = { ...staged(await run(), shares.get(what)), load_before };
        done.get(what)?.push(ran);
        say(`${what === '' ? '' : `${what}, `}run ${round} of ${runs}: ${inWords(ran)}`);
        onRun(what, ran);
      }
    }
    return candidates.map(({ what }) => ({ bench: bench.name, what, runs: done.get(what) ?? [] }));
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
