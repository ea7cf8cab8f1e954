import { decodeServedDay, servingKey } from '@millrace/ads';
import { Driver } from './testing/driver';
import { fact } from './testing/fact';

/** Midnight of 12 November in Shanghai. */
const MIDNIGHT = Date.UTC(2026, 10, 11, 16);
const DAY_MS = 86_400_000;
const click = (ingest_time: number, event_time = MIDNIGHT - 1, merchant_id = 'm'): ReturnType<typeof fact> =>
  fact({ kind: 'click', event_time, ingest_time, merchant_id, campaign_id: 'c', ad_id: 'a', item_id: 'i' });
const MERCHANT = servingKey(3, 'merchant', ['m'], '2026-11-11');

test('open days of all, merchants, campaigns and ads are served', () => {
  const driver = new Driver();
  driver.feed(click(MIDNIGHT));
  const serving = driver.emit()?.serving ?? [];
  expect(serving.map(({ key }) => key).sort()).toEqual([
    '{dws:3}:day:ad:m:c:a:2026-11-11',
    '{dws:3}:day:all:2026-11-11',
    '{dws:3}:day:campaign:m:c:2026-11-11',
    '{dws:3}:day:merchant:m:2026-11-11',
    '{dws:3}:progress',
  ]);
  expect(decodeServedDay(serving[0]?.value ?? new Uint8Array())).toEqual({ watermark: 0, values: { clicks: 1 } });
});

test('a value is the total over all segments of the log, stored or not', () => {
  const driver = new Driver();
  driver.feed(click(MIDNIGHT));
  driver.emit();
  driver.feed(click(MIDNIGHT + DAY_MS));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ values: { clicks: 2 } });
  // Ended before it was stored, and with no row in the current segment.
  driver.feed(click(MIDNIGHT + DAY_MS), click(MIDNIGHT + 2 * DAY_MS, MIDNIGHT, 'other'));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ values: { clicks: 3 } });
  driver.feed(click(MIDNIGHT + 2 * DAY_MS), click(MIDNIGHT + 3 * DAY_MS));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ values: { clicks: 5 } });
});

test('a day is served until the watermark is past its end', () => {
  const driver = new Driver();
  driver.advance(MIDNIGHT);
  driver.feed(click(MIDNIGHT));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ watermark: MIDNIGHT, values: { clicks: 1 } });
  driver.advance(MIDNIGHT + 1);
  driver.feed(click(MIDNIGHT), click(MIDNIGHT, MIDNIGHT));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ values: { clicks: 1 } });
  expect(driver.store.served(servingKey(3, 'merchant', ['m'], '2026-11-12'))).toMatchObject({ values: { clicks: 1 } });
});

test('a watermark that stands still does not keep all days open', () => {
  const driver = new Driver();
  for (let day = 0; day < 10; day++) driver.feed(click(MIDNIGHT + day * DAY_MS, MIDNIGHT + day * DAY_MS));
  driver.emit();
  expect(driver.store.servedKeys.filter((key) => key.includes(':all:'))).toEqual([
    '{dws:3}:day:all:2026-11-19',
    '{dws:3}:day:all:2026-11-20',
    '{dws:3}:day:all:2026-11-21',
  ]);
});

test('only credits of the default model on their own day are served', () => {
  const driver = new Driver();
  const order = { kind: 'order', event_time: MIDNIGHT - 1, attribution: 'direct', click_time: MIDNIGHT - 2 } as const;
  driver.feed(fact(order), fact({ ...order, model: 'linear', credit_micro: 500_000 }));
  driver.emit();
  expect(driver.store.served(MERCHANT)).toMatchObject({ values: { orders_direct: 1, net_orders_direct: 1 } });
});

test('the progress comes last, with every emission, and says from which day on the values are kept up to date', () => {
  const driver = new Driver();
  driver.feed(click(MIDNIGHT));
  expect(driver.emit()?.serving.at(-1)?.key).toBe('{dws:3}:progress');
  expect(driver.store.served('{dws:3}:progress')).toEqual({
    position: 1,
    watermark: 0,
    from_ms: MIDNIGHT - 3 * DAY_MS,
  });
  driver.advance(MIDNIGHT + 1);
  driver.feed(click(MIDNIGHT, MIDNIGHT, 'other'));
  driver.emit();
  expect(driver.store.served('{dws:3}:progress')).toEqual({ position: 2, watermark: MIDNIGHT + 1, from_ms: MIDNIGHT });
});

test('a serving store that was lost is told all that is served, once, though nothing is new', () => {
  const driver = new Driver();
  driver.feed(click(MIDNIGHT), click(MIDNIGHT, MIDNIGHT - 1, 'other'));
  driver.emit();
  driver.feed(click(MIDNIGHT));
  const served = new Map(driver.emit()?.serving.map(({ key, value }) => [key, value]));
  expect(driver.emit()).toBeNull();
  driver.dws.refill?.();
  const refilled = driver.emit();
  expect(refilled?.complete).toBe(true);
  const keys = refilled?.serving.map(({ key }) => key) ?? [];
  expect(keys).toEqual(
    expect.arrayContaining([MERCHANT, servingKey(3, 'merchant', ['other'], '2026-11-11'), '{dws:3}:progress']),
  );
  // All of both merchants, where the last emission before had one of them.
  expect(keys).toHaveLength(3 + 3 + 1 + 1);
  for (const { key, value } of refilled?.serving ?? []) expect(value).toEqual(served.get(key) ?? value);
  expect(driver.emit()).toBeNull();
});
