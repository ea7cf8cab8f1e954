import { type Outcome, simulate } from '../simulation';

/** An outcome as one line of text. */
export interface Told extends Omit<Outcome, 'faults'> {
  readonly faults: Readonly<Record<string, number>>;
}

export const told = (outcome: Outcome): Told => ({ ...outcome, faults: Object.fromEntries(outcome.faults) });

/** Runs seeds one after the other, and writes one line of JSON for each. Ends after the first objection if that is all that is wanted. */
export async function work(seeds: readonly number[], untilObjection: boolean): Promise<void> {
  for (const seed of seeds) {
    const outcome = await outcomeOf(seed);
    process.stdout.write(`${JSON.stringify(told(outcome))}\n`);
    if (untilObjection && outcome.objections.length > 0) return;
  }
}

/** A run that falls over has an objection too. */
async function outcomeOf(seed: number): Promise<Outcome> {
  try {
    return await simulate({ seed });
  } catch (error) {
    const objections = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    return { seed, objections, trace: '', steps: 0, events: 0, acknowledged: 0, answers: 0, faults: new Map() };
  }
}
