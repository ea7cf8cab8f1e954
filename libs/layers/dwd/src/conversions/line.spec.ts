import { RateTable } from '@millrace/ads';
import { coveredRefunds } from './amounts';
import { creditorOf, type EventRecord, insertRecord, livesOf, type Unit } from './unit';

const DAY = 86_400_000;
const L = 15 * DAY;

const lineOf = (...told: readonly (readonly [EventRecord['kind'], number, number?, string?])[]): Unit => {
  const unit: Unit = { life_ms: L, records: [], duplicate_lines: 0, ends: [], number: -1 };
  told.forEach(([kind, time, amount_minor = 0, currency = 'CNY'], n) => {
    insertRecord(unit, { kind, time, amount_minor, currency, source: 's', event_id: `e${n}`, unit } as unknown as EventRecord);
  });
  return unit;
};
const kinds = (unit: Unit) => livesOf(unit).map(({ records }) => records.map(({ kind }) => kind));
const NO_RATES = new RateTable('CNY', []);
const covered = (unit: Unit, rates = NO_RATES) =>
  [...coveredRefunds(livesOf(unit)[0]!, rates).values()].map(({ amount_minor, excess_minor }) => [amount_minor, excess_minor]);

test('records stand in the order of events, whatever came first', () => {
  expect(kinds(lineOf(['payment', 2], ['refund', 3], ['order', 1], ['cancel', 2]))).toEqual([
    ['order', 'payment', 'cancel', 'refund'],
  ]);
});

test('a life holds what comes up to L after its first event; what comes later begins another', () => {
  expect(kinds(lineOf(['order', 0], ['payment', L], ['refund', L + 1], ['refund', 2 * L + 2]))).toEqual([
    ['order', 'payment'],
    ['refund'],
    ['refund'],
  ]);
});

test('the first order of a life is credited, for all of it; without one each event is for itself', () => {
  const [life, next] = livesOf(lineOf(['payment', 0], ['order', 1], ['order', 2], ['refund', L + 1]));
  expect(life!.records.map((record) => creditorOf(record, life!).time)).toEqual([1, 1, 1]);
  expect(next!.records.map((record) => creditorOf(record, next!).time)).toEqual([L + 1]);
});

test('refunds use up the payments in order, whatever their times, and exceed them by the rest', () => {
  expect(covered(lineOf(['payment', 1, 100], ['refund', 2, 60], ['refund', 3, 60]))).toEqual([
    [60, 0],
    [40, 20],
  ]);
  expect(covered(lineOf(['refund', 1, 60], ['payment', 2, 100]))).toEqual([[60, 0]]);
  expect(covered(lineOf(['refund', 1, 60]))).toEqual([[0, 60]]);
});

test('a refund is covered by payments of its own currency only', () => {
  expect(covered(lineOf(['payment', 1, 100], ['refund', 2, 60, 'USD']))).toEqual([[0, 60]]);
});

test('a line that is refunded in full, in any parts, comes to exactly what was paid', () => {
  const rates = new RateTable('CNY', [{ id: 'r', currency: 'USD', from_ms: 0, base_micro: 7_123_457 }]);
  const refunds = [1, 2, 30, 7, 60].map((amount, n) => ['refund', 10 + n, amount, 'USD'] as const);
  const parts = covered(lineOf(['payment', 1, 33, 'USD'], ['payment', 2, 67, 'USD'], ...refunds), rates);
  // 33 and 67 dollar cents at that rate, each rounded.
  expect(parts.reduce((sum, [amount = 0]) => sum + amount, 0)).toBe(235 + 477);
});
