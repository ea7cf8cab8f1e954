import type { Snapshotting } from '@millrace/stream';
import { Driver, rowsOf } from './testing/driver';
import { fact } from './testing/fact';

const START = Date.UTC(2026, 10, 11);
const HOUR_MS = 3_600_000;
const accumulators = (driver: Driver): number => (driver.dws as unknown as { accumulators: number }).accumulators;
const segments = (driver: Driver, window: string): Set<unknown> =>
  new Set([...driver.store.rows.values()].flatMap((row) => (row['window'] === window ? [row['segment']] : [])));

test('a log hour ends the rows of minutes and hours, a log day those of days; what is stored is freed', () => {
  const driver = new Driver();
  const click = (hours: number): ReturnType<typeof fact> =>
    fact({ kind: 'click', event_time: START, ingest_time: START + hours * HOUR_MS });
  driver.feed(click(0), click(0.5), click(1));
  driver.emit();
  expect(segments(driver, 'minute').size).toBe(2);
  expect(segments(driver, 'day').size).toBe(1);
  // The ended hour is gone: one minute and one day row each, of all and of the merchant.
  expect(accumulators(driver)).toBe(4);

  driver.feed(click(24));
  driver.emit();
  expect(segments(driver, 'minute').size).toBe(3);
  expect(segments(driver, 'day').size).toBe(2);
  expect(accumulators(driver)).toBe(4);
});

test('log time is the largest ingest time read: a row from an older writer does not open its hour again', () => {
  const driver = new Driver();
  const click = (hours: number): ReturnType<typeof fact> =>
    fact({ kind: 'click', event_time: START, ingest_time: START + hours * HOUR_MS });
  driver.feed(click(1), click(0));
  driver.emit();
  expect(segments(driver, 'minute').size).toBe(1);
});

test('an ended segment stays until it is stored', () => {
  const driver = new Driver();
  const click = (hours: number): ReturnType<typeof fact> =>
    fact({ kind: 'click', event_time: START, ingest_time: START + hours * HOUR_MS });
  driver.feed(click(0), click(1));
  const lost = driver.dws.collect(2);
  expect(accumulators(driver)).toBe(6);
  driver.feed(click(2));
  expect(rowsOf(driver.dws.collect(3)).length).toBeGreaterThan(rowsOf(lost).length);
  driver.emit();
  expect(accumulators(driver)).toBe(4);
});

test('memory does not grow with the length of a replay, which passes through years in one log hour', () => {
  const driver = new Driver({ max_segment_rows: 500 });
  let most = 0;
  for (let minute = 0; minute < 20_000; minute++) {
    driver.feed(fact({ kind: 'click', event_time: START + minute * 60_000 * 30, ingest_time: START, merchant_id: `${minute}` }));
    if (minute % 100 === 0) driver.emit();
    most = Math.max(most, accumulators(driver));
  }
  // Two current segments, and what ended since the last emission: at most 4 rows for each of 100 facts, in whole segments.
  expect(most).toBeLessThan(500 * 4);
  driver.emit();
  expect(segments(driver, 'minute').size).toBeGreaterThan(50);
});

test('what a snapshot held says the same when its segments are over and their arrays hold other rows', () => {
  const driver = new Driver({ max_segment_rows: 20 });
  const feed = (from: number): void => {
    for (let n = from; n < from + 30; n++) {
      driver.feed(fact({ kind: 'click', event_time: START + n * 60_000, merchant_id: `m${n}` }));
      driver.feed(fact({ kind: 'order', event_time: START + n * 60_000, merchant_id: `m${n}`, attribution: 'direct', amount_minor: n }));
      if (n % 3 === 0) driver.emit();
    }
  };
  feed(0);
  const parts = (driver.dws as unknown as Snapshotting).snapshot();
  const held = parts.flatMap(({ name, capture, hold }) => (hold === undefined ? [] : [{ name, content: hold(), then: Buffer.concat(capture()) }]));
  expect(held.map(({ name }) => name)).toEqual(expect.arrayContaining(['fine.keys.0', 'day.keys.0', 'fine.effects.0', 'day.effects.0']));
  feed(30);
  for (const { content, then } of held) expect(Buffer.concat(content())).toEqual(then);
});

test('effects that come while a snapshot is written are not in it', () => {
  const driver = new Driver();
  const order = fact({ kind: 'order', event_time: START, attribution: 'direct', amount_minor: 7 });
  driver.feed(order);
  driver.emit();
  const held = (driver.dws as unknown as Snapshotting)
    .snapshot()
    .flatMap(({ name, capture, hold }) => (name.includes('.effects.') && hold !== undefined ? [{ content: hold(), then: Buffer.concat(capture()) }] : []));
  expect(held).toHaveLength(2);
  driver.feed(order, { ...order, merchant_id: 'another' });
  for (const { content, then } of held) {
    expect(Buffer.concat(content())).toEqual(then);
    expect(Buffer.concat(content())).toEqual(then);
  }
});
