import fc from 'fast-check';
import { WHOLE_CREDIT } from '../facts';
import { apportion, MAX_CANDIDATES, SHARED_MODELS, sharesOf } from './models';

const sum = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);
const DAY_MS = 86_400_000;

test('parts are integers that sum to the whole, each within one unit of its exact share', () => {
  const weights = fc.array(fc.nat({ max: 2 ** 32 }), { minLength: 1, maxLength: MAX_CANDIDATES }).filter((all) => sum(all) > 0);
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), weights, (whole, weights) => {
      const parts = apportion(whole, weights);
      const total = BigInt(sum(weights));
      expect(parts.reduce((a, b) => a + BigInt(b), 0n)).toBe(BigInt(whole));
      parts.forEach((part, i) => {
        const off = BigInt(part) * total - BigInt(whole) * BigInt(weights[i] ?? 0);
        expect(off > -total && off < total).toBe(true);
      });
    }),
  );
});

test('of equal remainders the newer candidate’s comes first', () => {
  expect(apportion(100, [1, 1, 1])).toEqual([33, 33, 34]);
  expect(apportion(2, [1, 1, 1])).toEqual([0, 1, 1]);
});

describe.each(SHARED_MODELS)('$name', (model) => {
  it('gives exactly one whole credit, whatever the candidates', () => {
    const ages = fc.array(fc.nat({ max: 400 * DAY_MS }), { minLength: 1, maxLength: MAX_CANDIDATES });
    fc.assert(
      fc.property(ages, (ages) => {
        const shares = sharesOf(
          model,
          ages.sort((a, b) => b - a),
        );
        expect(sum(shares)).toBe(WHOLE_CREDIT);
        expect(shares.every((share) => Number.isInteger(share) && share >= 0)).toBe(true);
      }),
    );
  });

  it('gives everything to the only candidate', () => {
    expect(sharesOf(model, [DAY_MS])).toEqual([WHOLE_CREDIT]);
  });
});
