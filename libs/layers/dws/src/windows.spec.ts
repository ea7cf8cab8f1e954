import { dayName, zoneOf } from '@millrace/ads';
import { Driver } from './testing/driver';
import { fact } from './testing/fact';

const zone = zoneOf('Asia/Shanghai');
/** 23:59 of 11 November in Shanghai. */
const LATE = Date.UTC(2026, 10, 11, 15, 59, 30);
const DAY_MS = 86_400_000;

/** `grain|window|day or minute of the window's start|column: value` of one basis, organised for reading. */
const rows = (driver: Driver, columns: readonly string[], basis = 'conversion'): Record<string, number> => {
  driver.emit();
  return Object.fromEntries(
    [...driver.store.sums(columns)].flatMap(([cell, value]) => {
      const [of, model, grain, window = '', start, ...rest] = cell.split('|');
      const when = window === 'day' ? dayName(zone.dayOf(Number(start))) : new Date(Number(start)).toISOString().slice(0, 16);
      return of === basis && model === 'last' ? [[[grain, window, when, ...rest].join('|'), value]] : [];
    }),
  );
};

const AD = { campaign_id: 'c', ad_id: 'a' };

test('every grain of a fact has the rows it keeps, and an organic effect has none at campaign and ad', () => {
  const driver = new Driver();
  driver.feed(fact({ kind: 'click', event_time: LATE, ...AD, item_id: 'i' }));
  driver.feed(fact({ kind: 'order', event_time: LATE, attribution: 'organic', item_id: 'i' }));
  expect(rows(driver, ['clicks'])).toEqual({
    'all|minute|2026-11-11T15:59|clicks': 1,
    'all|day|2026-11-11|clicks': 1,
    'merchant|minute|2026-11-11T15:59|m|clicks': 1,
    'merchant|day|2026-11-11|m|clicks': 1,
    'campaign|minute|2026-11-11T15:59|m|c|clicks': 1,
    'campaign|day|2026-11-11|m|c|clicks': 1,
    'ad|hour|2026-11-11T15:00|m|c|a|clicks': 1,
    'ad|day|2026-11-11|m|c|a|clicks': 1,
    'item|hour|2026-11-11T15:00|m|i|clicks': 1,
    'item|day|2026-11-11|m|i|clicks': 1,
  });
  expect(new Set(Object.keys(rows(driver, ['orders_organic'])).map((cell) => cell.split('|')[0]))).toEqual(
    new Set(['all', 'merchant', 'item']),
  );
});

test('R15: users are counted in day rows only, at the grains that gained them', () => {
  const driver = new Driver();
  driver.feed(fact({ kind: 'click', event_time: LATE, ...AD, uv: 1 | 8 }));
  expect(rows(driver, ['click_uv'])).toEqual({ 'all|day|2026-11-11|click_uv': 1, 'ad|day|2026-11-11|m|c|a|click_uv': 1 });
  driver.feed(fact({ kind: 'click', sign: -1, event_time: LATE, ...AD, uv: 8 }));
  expect(rows(driver, ['click_uv'])).toEqual({ 'all|day|2026-11-11|click_uv': 1 });
});

test('R10: what is booked by order day lands on the day of the order, the rest on its own', () => {
  const driver = new Driver();
  const payment = { kind: 'payment', attribution: 'organic', amount_minor: 500, order_time: LATE } as const;
  driver.feed(fact({ ...payment, event_time: LATE + 60_000 }));
  expect(rows(driver, ['gmv_organic', 'net_gmv_by_order_day_organic'])).toMatchObject({
    'all|day|2026-11-12|gmv_organic': 500,
    'all|day|2026-11-11|net_gmv_by_order_day_organic': 500,
    'all|minute|2026-11-11T15:59|net_gmv_by_order_day_organic': 500,
  });
});

test('R13: credited effects are booked again on the day of their click, in day rows only; traffic is not', () => {
  const driver = new Driver();
  const credit = { attribution: 'indirect', click_time: LATE - 2 * DAY_MS, ...AD } as const;
  driver.feed(fact({ kind: 'click', event_time: LATE - 2 * DAY_MS, amount_minor: 7, ...AD }));
  driver.feed(fact({ kind: 'order', event_time: LATE, ...credit, order_time: LATE }));
  driver.feed(fact({ kind: 'cancel', event_time: LATE + DAY_MS, ...credit, order_time: LATE }));
  driver.feed(fact({ kind: 'order', event_time: LATE, attribution: 'organic' }));
  const columns = ['clicks', 'cost', 'orders_indirect', 'net_orders_indirect', 'orders_organic'];
  expect(rows(driver, columns, 'click')).toEqual({
    'all|day|2026-11-09|orders_indirect': 1,
    'merchant|day|2026-11-09|m|orders_indirect': 1,
    'campaign|day|2026-11-09|m|c|orders_indirect': 1,
    'ad|day|2026-11-09|m|c|a|orders_indirect': 1,
  });
});

test('R4: a model that shares credits has rows of its own, in micro-credits, and no traffic', () => {
  const driver = new Driver();
  const share = { kind: 'order', event_time: LATE, attribution: 'direct', model: 'linear', click_time: LATE, ...AD } as const;
  driver.feed(fact({ ...share, credit_micro: 333_333 }), fact({ ...share, credit_micro: 666_667, ad_id: 'b' }));
  driver.emit();
  const sums = driver.store.sums(['orders_direct']);
  const start = zone.dayStart(zone.dayOf(LATE));
  expect(sums.get(`conversion|linear|ad|day|${start}|m|c|a|orders_direct`)).toBe(333_333);
  expect(sums.get(`conversion|linear|merchant|day|${start}|m|orders_direct`)).toBe(1_000_000);
  expect(sums.get(`conversion|last|merchant|day|${start}|m|orders_direct`)).toBeUndefined();
});

test('consultations in public are messages, but not private ones', () => {
  const driver = new Driver();
  const message = { kind: 'message', event_time: LATE, attribution: 'organic' } as const;
  driver.feed(fact({ ...message, channel: 'public' }), fact({ ...message, channel: 'private' }));
  expect(rows(driver, ['messages_organic', 'private_messages_organic'])).toMatchObject({
    'all|day|2026-11-11|messages_organic': 2,
    'all|day|2026-11-11|private_messages_organic': 1,
  });
});
