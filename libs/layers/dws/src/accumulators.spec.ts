import { METRICS } from '@millrace/ads';
import { Accumulators } from './accumulators';
import { familiesOf } from './families';

const NOON = Date.UTC(2026, 10, 11, 4);
const MINUTE_MS = 60_000;

test('rows are found again, many in one window or few in each of many, and those that are not there are not', () => {
  const rows = new Accumulators(familiesOf(METRICS));
  const wanted = [
    ...Array.from({ length: 20_000 }, (_, series): [number, number] => [series, NOON]),
    ...Array.from({ length: 20_000 }, (_, i): [number, number] => [i % 7, NOON + (1 + i) * MINUTE_MS]),
  ];
  const made = wanted.map(([series, start_ms]) => rows.rowOf(series, start_ms));
  expect(new Set(made).size).toBe(40_000);
  expect(wanted.map(([series, start_ms]) => rows.rowOf(series, start_ms))).toEqual(made);
  expect(wanted.map(([series, start_ms]) => rows.find(series, start_ms))).toEqual(made);
  expect(wanted.filter(([series, start_ms]) => rows.find(series + 20_000, start_ms) >= 0)).toEqual([]);
});

test('what waits for a chunk of effects to change is done once: before a sum is added to it, or all rows go', () => {
  const rows = new Accumulators(familiesOf(METRICS));
  const row = rows.rowOf(1, NOON);
  rows.addSum(row, true, 0, 5, 1);
  const found: number[] = [];
  const look = (): void => void found.push(rows.wide[0] ?? NaN);
  rows.holdWide(0, look);
  const forget = rows.holdWide(0, () => void found.push(NaN));
  forget();
  rows.addSum(row, true, 0, 2, 2);
  rows.addSum(row, true, 0, 1, 2);
  expect(found).toEqual([5]);
  rows.holdWide(0, look);
  rows.clear();
  expect(found).toEqual([5, 8]);
});
