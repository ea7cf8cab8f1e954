import type { Model } from './options';

const HALF_LIFE_MS = 7 * 86_400_000;

/**
 * R4, the other models: micro-credits of candidates, oldest first, given their ages at the conversion. Choices, as
 * advertisers know them from other tools: time decay halves every 7 d; position based gives 40 % each to the first and
 * the last click and shares 20 % among those between (two clicks: a half each).
 */
export function modelWeights(model: Exclude<Model, 'last'>, ages: readonly number[]): readonly number[] {
  const n = ages.length;
  switch (model) {
    case 'first':
      // Choice: the first of the newest 50.
      return ages.map((_, i) => (i === 0 ? 1_000_000 : 0));
    case 'linear':
      return apportion(
        1_000_000,
        ages.map(() => 1),
      );
    case 'time_decay':
      // Choice: weights are whole multiples of 2^-32, so that every implementation shares the same numbers out.
      return apportion(
        1_000_000,
        ages.map((age) => Math.max(1, Math.floor(2 ** 32 * 2 ** (-age / HALF_LIFE_MS)))),
      );
    case 'position_based':
      if (n <= 2)
        return apportion(
          1_000_000,
          ages.map(() => 1),
        );
      return [400_000, ...apportion(200_000, Array<number>(n - 2).fill(1)), 400_000];
  }
}

/** Shares a whole out in proportion to integer weights by largest remainder. Choice: equal remainders favour the newer click. */
export function apportion(whole: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, w) => a + BigInt(w), 0n);
  const parts = weights.map((w, i) => {
    const exact = BigInt(whole) * BigInt(w);
    return { i, share: Number(exact / sum), remainder: exact % sum };
  });
  const left = whole - parts.reduce((a, p) => a + p.share, 0);
  const first = [...parts]
    .sort((a, b) => (a.remainder === b.remainder ? b.i - a.i : a.remainder > b.remainder ? -1 : 1))
    .slice(0, left);
  const lucky = new Set(first.map((p) => p.i));
  return parts.map((p) => p.share + (lucky.has(p.i) ? 1 : 0));
}
