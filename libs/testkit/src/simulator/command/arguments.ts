import { parseArgs } from 'node:util';
import { MUTANTS } from '../mutants/table';
import { type Fault, FAULT_NAMES } from '../world/faults';

/** What the command was asked to do. */
export type Asked =
  | { readonly what: 'help' }
  | { readonly what: 'many'; readonly from: number; readonly seeds: number }
  | { readonly what: 'one'; readonly seed: number; readonly trace: boolean; readonly only: readonly Fault[] | null }
  | { readonly what: 'mutants'; readonly named: string };

/** What was asked for cannot be done; the message says what can. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError for whatever is not understood: a run of nothing must not look like one that found nothing */
export function readArguments(args: readonly string[]): Asked {
  const { seeds, from, seed, trace, faults, mutants, mutant, help } = parsed(args);
  if (help) return { what: 'help' };
  if (mutants || mutant !== undefined) {
    const named = mutant ?? '';
    if (!MUTANTS.some(({ name }) => name.includes(named)))
      throw new UsageError(`--mutant: no mutant's name contains "${named}"; --mutants runs all of them`);
    return { what: 'mutants', named };
  }
  if (seed !== undefined) {
    const only = faults === undefined ? null : faults.split(',').map(faultOf);
    return { what: 'one', seed: whole('--seed', seed, 0), trace, only };
  }
  for (const [name, given] of [
    ['--trace', trace],
    ['--faults', faults !== undefined],
  ] as const)
    if (given) throw new UsageError(`${name}: means nothing without --seed S`);
  return { what: 'many', from: whole('--from', from, 0), seeds: whole('--seeds', seeds, 1) };
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string', default: '300' },
        from: { type: 'string', default: '1' },
        seed: { type: 'string' },
        trace: { type: 'boolean', default: false },
        faults: { type: 'string' },
        mutants: { type: 'boolean', default: false },
        mutant: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

const whole = (name: string, written: string, least: number): number => {
  const number = Number(written);
  if (written.trim() === '' || !Number.isSafeInteger(number) || number < least)
    throw new UsageError(`${name}: expected a whole number from ${least} on, not "${written}"`);
  return number;
};

const faultOf = (name: string): Fault => {
  const fault = FAULT_NAMES.find((each) => each === name.trim());
  if (fault === undefined) throw new UsageError(`--faults: "${name}" is no fault; there are ${FAULT_NAMES.join(', ')}`);
  return fault;
};
