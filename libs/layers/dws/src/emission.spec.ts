import { METRICS, metricTable, versionOf } from '@millrace/ads';
import { Driver, rowsOf } from './testing/driver';
import { fact } from './testing/fact';

const NOON = Date.UTC(2026, 10, 11, 4);
const click = (merchant_id: string, event_time = NOON): ReturnType<typeof fact> =>
  fact({ kind: 'click', event_time, merchant_id });
const merchants = (driver: Driver): unknown[] =>
  rowsOf(driver.emit()).flatMap(({ grain, window, merchant_id }) =>
    grain === 'merchant' && window === 'day' ? [merchant_id] : [],
  );

test('the block has the columns of the table, in its order', () => {
  const driver = new Driver();
  driver.feed(click('1'));
  const [block] = driver.emit()?.blocks ?? [];
  expect(block?.table).toBe('dws_metric');
  expect(block?.columns).toEqual(metricTable(METRICS).columns);
  for (const row of rowsOf({ blocks: block === undefined ? [] : [block], serving: [] })) expect(Object.values(row)).not.toContain(undefined);
});

test('only rows that changed since the last stored emission are written, and written whole', () => {
  const driver = new Driver();
  driver.feed(click('1'), click('2'));
  expect(merchants(driver)).toEqual(['1', '2']);
  driver.feed(click('2'));
  const rows = rowsOf(driver.dws.collect(driver.position));
  expect(rows.filter(({ grain, window }) => grain === 'merchant' && window === 'day')).toMatchObject([
    { merchant_id: '2', clicks: 2 },
  ]);
});

test('an emission that was not acknowledged is contained in the next, at its newer version', () => {
  const driver = new Driver();
  driver.feed(click('1'));
  const lost = driver.dws.collect(1);
  driver.feed(click('2'));
  const next = driver.dws.collect(2);
  expect(rowsOf(lost).filter(({ grain }) => grain === 'merchant').length).toBe(2);
  expect(rowsOf(next).filter(({ grain }) => grain === 'merchant').length).toBe(4);
  expect(new Set(rowsOf(next).map(({ version }) => version))).toEqual(new Set([versionOf(1, 2)]));
});

test('acknowledging an emission leaves what changed after it', () => {
  const driver = new Driver();
  driver.feed(click('1'), click('2'));
  const emission = driver.dws.collect(2);
  driver.feed(click('2'));
  if (emission !== null) driver.dws.acknowledge(emission);
  expect(merchants(driver)).toEqual(['2']);
});

test('the same position gives the same emission again', () => {
  const driver = new Driver();
  driver.feed(click('1'), click('2'));
  const [first, second] = [driver.dws.collect(2), driver.dws.collect(2)];
  expect(second).toEqual(first);
});

test('how far it has got comes in a block of its own, to be written when the rows are there', () => {
  const driver = new Driver();
  driver.feed(click('1'));
  const blocks = driver.emit()?.blocks ?? [];
  expect(blocks.map(({ closing, rows }) => [closing ?? false, rows > 1])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('every emission says how far its partition has got', () => {
  const driver = new Driver({}, 7, 2);
  driver.feed(click('1'));
  const progress = (): unknown[] => rowsOf(driver.emit()).filter(({ window }) => window === 'progress');
  expect(progress()).toMatchObject([{ partition: 7, version: versionOf(2, 1), watermark: 0, clicks: 0 }]);
  driver.advance(NOON);
  driver.position++;
  expect(progress()).toMatchObject([{ partition: 7, version: versionOf(2, 2), watermark: NOON }]);
});

test('nothing is written where nothing happened', () => {
  const driver = new Driver();
  expect(new Driver().dws.collect(0)?.blocks[0]?.rows).toBe(1);
  driver.feed(click('1'));
  driver.emit();
  expect(driver.emit()).toBeNull();
});
