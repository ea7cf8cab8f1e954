import fc from 'fast-check';
import { RateTable, toBase, type Rate } from './rates';

const NEW_YEAR = Date.UTC(2025, 0, 1);
const rate = (id: string, from_ms: number, base_micro = 7_000_000, currency = 'USD'): Rate => ({
  id,
  currency,
  from_ms,
  base_micro,
});

describe('RateTable', () => {
  const table = new RateTable('CNY', [
    rate('late', NEW_YEAR + 10),
    rate('early', NEW_YEAR),
    rate('yen', NEW_YEAR + 5, 48_000, 'JPY'),
  ]);

  it.each<[string, string | null, number, string | null]>([
    ['the base currency needs none', 'CNY', NEW_YEAR, null],
    ['nor does an amount without a currency', null, NEW_YEAR, null],
    ['before the first there is none', 'USD', NEW_YEAR - 1, null],
    ['valid from its own ms on', 'USD', NEW_YEAR, 'early'],
    ['until the next begins', 'USD', NEW_YEAR + 9, 'early'],
    ['from when on that is valid', 'USD', NEW_YEAR + 10, 'late'],
    ['for ever', 'USD', NEW_YEAR * 2, 'late'],
    ['another currency has its own', 'JPY', NEW_YEAR + 10, 'yen'],
    ['an unknown one has none', 'EUR', NEW_YEAR + 10, null],
  ])('%s', (_, currency, at, id) => {
    expect(table.rateAt(currency, at)?.id ?? null).toBe(id);
    const counts = id !== null || currency === null || currency === 'CNY';
    expect(table.covers(currency, at)).toBe(counts);
  });
});

describe('toBase', () => {
  it.each<[number, number, number]>([
    [100, 7_180_000, 718],
    // Half a unit is rounded up, less is rounded down.
    [1, 7_500_000, 8],
    [1, 7_499_999, 7],
    [3, 48_000, 0],
    [11, 48_000, 1],
    [0, 7_180_000, 0],
    // The product leaves the safe integers, the result does not.
    [9_007_199_254_740_991, 999_999, 9_007_190_247_541_736],
  ])('%d at %d is %d', (amount, base_micro, expected) => {
    expect(toBase(amount, rate('x', 0, base_micro))).toBe(expected);
  });

  it('leaves the base currency as it is', () => {
    expect(toBase(12_345, null)).toBe(12_345);
  });

  it('never falls when the amount grows, so that what is left of a payment is never negative', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 2_000_000_000 }), (amount, more, base_micro) => {
        const by = rate('x', 0, base_micro);
        expect(toBase(amount + more, by)).toBeGreaterThanOrEqual(toBase(amount, by));
      }),
    );
  });
});
