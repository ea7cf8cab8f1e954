import { compareEvents, type Rate, RateTable } from '@millrace/ads';
import { oracle, type OracleEvent } from '@millrace/testkit';
import fc from 'fast-check';
import { coveredRefunds, wholeAmount } from './amounts';
import type { EventRecord, Life, Unit } from './unit';

const BASE = 'CNY';
const START = Date.UTC(2025, 2, 1);
const RATES: readonly Rate[] = [
  { id: 'usd-1', currency: 'USD', from_ms: 0, base_micro: 7_123_457 },
  { id: 'usd-2', currency: 'USD', from_ms: START + 500, base_micro: 6_999_999 },
  { id: 'jpy-1', currency: 'JPY', from_ms: 0, base_micro: 47_777 },
];
const rates = new RateTable(BASE, RATES);

type Moved = Pick<EventRecord, 'time' | 'amount_minor' | 'currency'> & { readonly kind: 'payment' | 'refund' };

/** One life of an order line, with these events in the order of events. */
const lifeOf = (moved: readonly Moved[]): Life => {
  const unit: Unit = { life_ms: Infinity, records: [], duplicate_lines: 0, ends: [], number: -1 };
  const records = moved.map((one, i): EventRecord => ({
    ...one,
    user_id: 'u1',
    source: 's1',
    event_id: `e${i}`,
    event_version: 1,
    merchant_id: 'm1',
    item_id: 'i1',
    order_id: 'o1',
    channel: null,
    unit,
    credited: null,
    withdrawn: false,
    serial: 0,
    waits: 0,
    published: [],
    version: 0,
  }));
  return { first_ms: START, records: records.sort(compareEvents), order: null };
};
const pay = (time: number, amount_minor: number, currency = BASE): Moved => ({
  kind: 'payment',
  time: START + time,
  amount_minor,
  currency,
});
const refund = (time: number, amount_minor: number, currency = BASE): Moved => ({
  kind: 'refund',
  time: START + time,
  amount_minor,
  currency,
});
/** What counts of each refund, in the order of events. */
const refundsOf = (...moved: Moved[]) => [...coveredRefunds(lifeOf(moved), rates).values()];

describe('refunds', () => {
  test('are covered up to the sum of the payments; the rest is said, not counted', () => {
    expect(refundsOf(pay(0, 1_000), refund(1, 300), refund(2, 900))).toEqual([
      { amount_minor: 300, original_minor: 300, rate_id: null, excess_minor: 0 },
      { amount_minor: 700, original_minor: 700, rate_id: null, excess_minor: 200 },
    ]);
  });

  test('may come before their payment', () => {
    expect(refundsOf(refund(0, 300), pay(1, 1_000))).toMatchObject([{ amount_minor: 300, excess_minor: 0 }]);
  });

  test('have the rate of their payment, not of their own day', () => {
    expect(refundsOf(pay(0, 1_000, 'USD'), refund(900, 1_000, 'USD'))).toEqual([
      { amount_minor: 7_123, original_minor: 1_000, rate_id: 'usd-1', excess_minor: 0 },
    ]);
  });

  test('over several payments have a part at the rate of each', () => {
    expect(refundsOf(pay(0, 1_000, 'USD'), pay(600, 1_000, 'USD'), refund(900, 1_500, 'USD'))).toEqual([
      // 1000 at 7.123457 are 7123, 500 at 6.999999 are 3500.
      { amount_minor: 7_123 + 3_500, original_minor: 1_500, rate_id: 'usd-1+usd-2', excess_minor: 0 },
    ]);
  });

  test('are not covered by a payment in another currency', () => {
    expect(refundsOf(pay(0, 1_000, 'USD'), refund(1, 100))).toEqual([
      { amount_minor: 0, original_minor: 0, rate_id: null, excess_minor: 100 },
    ]);
  });

  test('in small parts sum to the payment, though each is rounded', () => {
    const thirds = refundsOf(pay(0, 100, 'JPY'), ...[1, 2, 3].map((t) => refund(t, 33, 'JPY')), refund(4, 1, 'JPY'));
    expect(thirds.reduce((sum, { amount_minor }) => sum + amount_minor, 0)).toBe(5);
  });
});

test('every other amount has the rate of its own time', () => {
  const amountAt = (time: number, currency: string) => {
    const [record] = lifeOf([pay(time, 1_000, currency)]).records;
    return record && wholeAmount(record, rates);
  };
  expect(amountAt(499, 'USD')).toMatchObject({ amount_minor: 7_123, original_minor: 1_000, rate_id: 'usd-1' });
  expect(amountAt(500, 'USD')).toMatchObject({ amount_minor: 7_000, original_minor: 1_000, rate_id: 'usd-2' });
  expect(amountAt(500, BASE)).toMatchObject({ amount_minor: 1_000, original_minor: 1_000, rate_id: null });
});

describe('any payments and refunds', () => {
  const moved: fc.Arbitrary<Moved> = fc.record({
    kind: fc.constantFrom('payment' as const, 'refund' as const),
    time: fc.oneof(fc.constantFrom(499, 500), fc.nat({ max: 1_000 })).map((t) => START + t),
    amount_minor: fc.oneof(fc.constantFrom(1, 33), fc.nat({ max: 2_000 })),
    currency: fc.constantFrom(BASE, 'USD', 'JPY'),
  });

  test('come out as the oracle has them', () => {
    fc.assert(
      fc.property(fc.array(moved, { maxLength: 12 }), (all) => {
        const life = lifeOf(all);
        const refunds = coveredRefunds(life, rates);
        const ours = life.records.map((record) => {
          const { amount_minor, excess_minor } = refunds.get(record) ?? wholeAmount(record, rates);
          return [record.event_id, amount_minor, excess_minor];
        });
        const log = life.records.map(({ kind, time, ...rest }): OracleEvent => ({
          type: kind,
          event_time: time,
          source: rest.source,
          event_id: rest.event_id,
          user_id: rest.user_id,
          merchant_id: rest.merchant_id,
          order_id: rest.order_id,
          item_id: rest.item_id,
          amount_minor: rest.amount_minor,
          currency: rest.currency,
        }));
        const theirs = oracle(log, { base_currency: BASE, rates: RATES }).conversions.map(({ event, amount, excess }) => [
          event.event_id,
          amount,
          excess,
        ]);
        expect(Object.fromEntries(ours.map(([id, ...rest]) => [id, rest]))).toEqual(
          Object.fromEntries(theirs.map(([id, ...rest]) => [id, rest])),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('refunded in full come to exactly nothing, in whatever parts', () => {
    const parts = fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(moved, { minLength: 1, maxLength: 6 }), parts, (all, cuts) => {
        const payments = all.map((one): Moved => ({ ...one, kind: 'payment' }));
        const refunds = ['USD', 'JPY', BASE].flatMap((currency) => {
          let left = payments.filter((one) => one.currency === currency).reduce((sum, { amount_minor }) => sum + amount_minor, 0);
          const pieces = cuts.map((cut) => {
            const piece = Math.min(cut, left);
            left -= piece;
            return refund(1_001, piece, currency);
          });
          return [...pieces, refund(1_002, left, currency)];
        });
        const life = lifeOf([...payments, ...refunds]);
        const covered = coveredRefunds(life, rates);
        const net = life.records.reduce((sum, record) => {
          const back = covered.get(record);
          return back === undefined ? sum + wholeAmount(record, rates).amount_minor : sum - back.amount_minor;
        }, 0);
        expect(net).toBe(0);
        expect([...covered.values()].every(({ amount_minor, excess_minor }) => amount_minor >= 0 && excess_minor === 0)).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });
});
