import type { Step } from './steps';
import type { Trial } from './trial';

/** What became of a step. */
export interface Outcome {
  readonly step: Step;
  readonly took_ms: number;
  readonly saw: readonly string[];
  /** Null: as it should be. */
  readonly wrong: string | null;
}

/** One step after the other, each within its limit. What goes wrong in one does not keep the others from being tried. */
export const runSteps = async (steps: readonly Step[], trial: Trial, signal: AbortSignal): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  let lost = false;
  for (const step of steps) {
    if ((lost || signal.aborted) && !step.last) continue;
    trial.say(`${step.name}: ${step.says} ...`);
    const outcome = await attempted(step, trial, step.last ? null : signal);
    for (const line of outcome.saw) trial.say(`  ${line}`);
    trial.say(outcome.wrong === null ? `✓ ${step.name}` : `✗ ${step.name}: ${outcome.wrong}`);
    outcomes.push(outcome);
    lost ||= step.first === true && outcome.wrong !== null;
  }
  return outcomes;
};

const attempted = async (step: Step, trial: Trial, signal: AbortSignal | null): Promise<Outcome> => {
  const begun_ms = Date.now();
  const ended = (saw: readonly string[], wrong: string | null): Outcome => ({ step, took_ms: Date.now() - begun_ms, saw, wrong });
  const limit = AbortSignal.timeout(step.limit_ms);
  const over = new Promise<never>((_, reject) => {
    limit.addEventListener('abort', () => reject(new Error(`not done within ${step.limit_ms / 1_000} s`)));
    signal?.addEventListener('abort', () => reject(new Error('stopped')));
  });
  over.catch(() => undefined);
  try {
    return ended(await Promise.race([step.run(trial), over]), null);
  } catch (error) {
    return ended([], error instanceof Error ? error.message : String(error));
  }
};
