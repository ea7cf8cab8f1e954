import { WHOLE_CREDIT } from '../facts';

/**
 * R4: how the credit of one conversion is shared among its candidates. Models are data: an integer weight per candidate;
 * the shares are integers in micro-credits that sum to exactly one whole credit.
 */
export interface Model {
  readonly name: string;
  readonly description: string;
  /** Relative weight, a non-negative integer, of the candidate at `index` of `count`, oldest first, `age_ms` before the conversion. */
  weight(index: number, count: number, age_ms: number): number;
}

/** At most this many of the newest candidates share a credit (R4). */
export const MAX_CANDIDATES = 50;

/** The default: exactly one winner, direct before indirect, then the latest. It needs no candidate list. */
export const LAST_TOUCH = 'last';

const HALF_LIFE_MS = 7 * 86_400_000;
/** Weights that halve with age are whole multiples of this part, so that every implementation shares out the same numbers. */
const FINEST = 2 ** 32;

export const SHARED_MODELS: readonly Model[] = [
  { name: 'first', description: 'The oldest candidate gets everything.', weight: (index) => (index === 0 ? 1 : 0) },
  { name: 'linear', description: 'All candidates get the same.', weight: () => 1 },
  {
    name: 'time_decay',
    description: 'A candidate seven days older gets half as much.',
    weight: (_index, _count, age_ms) => Math.max(1, Math.floor(FINEST * 2 ** (-age_ms / HALF_LIFE_MS))),
  },
  {
    name: 'position_based',
    description: '40 % each to the first and the last, the rest evenly between; two share evenly.',
    weight: (index, count) => (count > 2 && (index === 0 || index === count - 1) ? 2 * (count - 2) : 1),
  },
];

/** Shares in micro-credits, oldest first. `ages_ms` must not be empty. */
export const sharesOf = (model: Model, ages_ms: readonly number[]): number[] =>
  apportion(
    WHOLE_CREDIT,
    ages_ms.map((age, index) => model.weight(index, ages_ms.length, age)),
  );

/**
 * Splits a whole by integer weights into integers that sum to it, by largest remainder; of equal remainders the newer
 * candidate's comes first, as it would win under R4. BigInt: an amount times a weight leaves the safe integers.
 */
export const apportion = (whole: number, weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const exact = weights.map((weight) => BigInt(whole) * BigInt(weight));
  const parts = exact.map((value) => Number(value / total));
  const rest = whole - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value % total })).sort((a, b) => Number(b.remainder - a.remainder) || b.index - a.index);
  for (const { index } of byRemainder.slice(0, rest)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
};
