import type { TrafficTotals } from '@millrace/ads';
import { parseDay } from '@millrace/ads';
import type { Answers, DayAnswer, Value } from './answers';

export interface Check {
  readonly equal: number;
  readonly of: number;
  /** The first of those that differ, for people. */
  readonly differences: readonly string[];
}

/** What of the source's own answer is compared. */
export type Truth = Pick<TrafficTotals, 'days' | 'merchants'> & { readonly counts: Pick<TrafficTotals['counts'], 'rejected'> };

const SHOWN = 10;

/**
 * Holds the warehouse's answers against what the source says of itself: every metric of every day, of everybody and by
 * merchant, and what was rejected. A number that only one of them has counts as different.
 */
export const check = async (
  truth: Truth,
  days: readonly DayAnswer[],
  answers: Pick<Answers, 'merchants'>,
  rejected: Readonly<Record<string, number>>,
): Promise<Check> => {
  const expected = new Map<string, number>();
  const found = new Map<string, number>();
  const known = new Set(truth.days.map(({ day }) => day));
  for (const { day, metrics } of truth.days) flatten(day, metrics, expected);
  for (const { day, metrics } of days) if (known.has(day)) flatten(day, metrics, found);
  for (const { day, merchant_id, metrics } of truth.merchants) flatten(`${day} ${merchant_id}`, metrics, expected);
  for (const name of known) {
    const day = parseDay(name);
    if (day === null) throw new Error(`"${name}" is no day`);
    for (const { merchant_id, metrics } of await answers.merchants(day)) flatten(`${name} ${merchant_id}`, metrics, found);
  }
  for (const [reason, count] of Object.entries(truth.counts.rejected)) expected.set(`rejected ${reason}`, count);
  for (const [reason, count] of Object.entries(rejected)) found.set(`rejected ${reason}`, count);

  const names = [...new Set([...expected.keys(), ...found.keys()])].filter(
    (name) => (expected.get(name) ?? 0) !== 0 || (found.get(name) ?? 0) !== 0,
  );
  const different = names.filter((name) => expected.get(name) !== found.get(name));
  return {
    equal: names.length - different.length,
    of: names.length,
    differences: different
      .slice(0, SHOWN)
      .map((name) => `${name}: the source says ${expected.get(name) ?? 0}, the warehouse ${found.get(name) ?? 0}`),
  };
};

const flatten = (of: string, metrics: object, into: Map<string, number>): void => {
  for (const [name, value] of Object.entries(metrics) as [string, Value][]) {
    if (typeof value === 'number') into.set(`${of} ${name}`, value);
    else for (const [attribution, part] of Object.entries(value ?? {})) into.set(`${of} ${name} ${attribution}`, Number(part));
  }
};
