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
      return apportion(ages.map(() => 1));
    case 'time_decay':
      return apportion(ages.map((age) => 2 ** (-age / HALF_LIFE_MS)));
    case 'position_based':
      return apportion(ages.map((_, i) => (n <= 2 ? 1 : i === 0 || i === n - 1 ? 2 * (n - 2) : 1)));
  }
}

/** Shares 1 000 000 out in proportion to weights by largest remainder. Choice: equal remainders favour the newer click. */
function apportion(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, w) => a + w, 0);
  const parts = weights.map((w, i) => {
    const exact = (w / sum) * 1_000_000;
    return { i, share: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  const left = 1_000_000 - parts.reduce((a, p) => a + p.share, 0);
  const first = parts.toSorted((a, b) => b.remainder - a.remainder || b.i - a.i).slice(0, left);
  const lucky = new Set(first.map((p) => p.i));
  return parts.map((p) => p.share + (lucky.has(p.i) ? 1 : 0));
}

/** Choice: amounts are cut at the running sums of the shares, rounded down, so that the parts sum to the whole. */
export function splitAmount(amount: number, micros: readonly number[]): readonly number[] {
  const upTo = (i: number) => Number((BigInt(amount) * BigInt(micros.slice(0, i).reduce((a, b) => a + b, 0))) / 1_000_000n);
  return micros.map((_, i) => upTo(i + 1) - upTo(i));
}
