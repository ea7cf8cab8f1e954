import { openChdbStore } from '@millrace/adapters/chdb';
import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import { CONVERSION_TABLE, createTable, DEFAULT_RULES, METRICS, metricTable, PROGRESS, TOPICS, versionOf } from '@millrace/ads';
import { createApp, type ConversionsAnswer, type MetricsAnswer } from '@millrace/layer-app';
import type { OlapStore } from '@millrace/stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockOf, type Given } from './written-rows';

/** The questions of APP on the engine that answers them, over rows written here by hand. */

const METRIC = metricTable(METRICS);
const at = (local: string): number => Date.parse(`2014-11-${local}+08:00`);
const DAY_11 = at('11T00:00:00');
const WATERMARK = at('14T00:00:00.500');

const metric = (given: Given): Given => ({
  basis: 'conversion',
  model: 'last',
  partition: 0,
  version: versionOf(0, 5),
  ...given,
});
const day = (given: Given): Given => metric({ grain: 'merchant', window: 'day', window_start: DAY_11, ...given });
const minute = (local: string, clicks: number): Given =>
  metric({ grain: 'merchant', window: 'minute', window_start: at(local), merchant_id: '1304', clicks, exposures: 10 });
const itemHour = (local: string, clicks: number): Given =>
  metric({ grain: 'item', window: 'hour', window_start: at(local), merchant_id: '1304', item_id: 'i-9', clicks });
const adDay = (ad_id: string, clicks: number, orders_direct: number): Given =>
  metric({
    grain: 'ad',
    window: 'day',
    window_start: DAY_11,
    merchant_id: '1304',
    campaign_id: 'cp',
    ad_id,
    clicks,
    orders_direct,
  });

const METRIC_ROWS: readonly Given[] = [
  // One key, summed over segments and partitions; of two versions the newer.
  day({ merchant_id: '1304', segment: 1, clicks: 40, click_uv: 12, exposures: 400, orders_direct: 3, orders_organic: 2 }),
  day({ merchant_id: '1304', segment: 2, clicks: 1, click_uv: 1, version: versionOf(0, 4) }),
  day({ merchant_id: '1304', segment: 2, clicks: 2, click_uv: 1, orders_indirect: 1 }),
  day({ merchant_id: '1304', segment: 1, partition: 1, clicks: 8 }),
  day({ merchant_id: '9', clicks: 5 }),
  day({ merchant_id: '1304', window_start: at('12T00:00:00'), clicks: 7 }),
  day({ merchant_id: '1304', basis: 'click', orders_direct: 11 }),
  minute('11T00:00:00', 1),
  minute('11T00:59:00', 2),
  minute('11T01:00:00', 4),
  minute('11T08:00:00', 8),
  itemHour('11T07:00:00', 1),
  itemHour('11T08:00:00', 2),
  itemHour('12T07:00:00', 4),
  adDay('a', 10, 1),
  adDay('b', 10, 5),
  // Credited without a click of that day, and: taken back, which leaves nothing to be told.
  adDay('c', 0, 1),
  adDay('d', 0, 0),
  { window: PROGRESS, partition: 0, version: versionOf(0, 7), watermark: WATERMARK },
  { window: PROGRESS, partition: 1, version: versionOf(0, 9), watermark: WATERMARK + 1 },
];

const effect = (given: Given): Given => ({
  conversion_id: 'order-1',
  kind: 'order',
  attribution: 'direct',
  model: 'last',
  credit_micro: 1_000_000,
  order_id: 'order-1',
  order_time: DAY_11,
  click_source: 'http',
  click_id: 'c-1',
  click_time: DAY_11,
  sign: 1,
  source: 'http',
  event_id: 'o-1',
  user_id: 'u-7',
  event_time: DAY_11 + 1,
  ingest_time: DAY_11 + 2,
  merchant_id: '1304',
  ad_id: 'a',
  item_id: 'i-9',
  amount_minor: 9_900,
  source_topic: 'ods.action',
  source_offset: 1,
  ...given,
});
const ORGANIC = { attribution: 'organic', click_source: '', click_id: '', click_time: null, ad_id: '' };
const CONVERSION_ROWS: readonly Given[] = [
  effect({ ...ORGANIC, source_offset: 1 }),
  effect({ ...ORGANIC, sign: -1, source_offset: 2, ordinal: 0 }),
  effect({ version: 1, source_offset: 2, ordinal: 1 }),
  effect({ kind: 'payment', event_id: 'p-1', event_time: DAY_11 + 9, source_offset: 3 }),
];

const directory = mkdtempSync(join(tmpdir(), 'millrace-app-'));
let olap: OlapStore;
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  olap = await openChdbStore(directory);
  const clock = new ManualClock(WATERMARK);
  const log = new MemoryLog(clock);
  for (const topic of [TOPICS.http, TOPICS.fact]) await log.ensure(topic, 3);
  for (const [table, rows] of [
    [METRIC, METRIC_ROWS],
    [CONVERSION_TABLE, CONVERSION_ROWS],
  ] as const) {
    await olap.command(createTable(table));
    await olap.insert([blockOf(table, rows)]);
  }
  app = createApp({
    olap,
    log,
    clock,
    rules: DEFAULT_RULES,
    health: () => ({ ready: true, reasons: [] }),
    metricsText: async () => '',
  });
});

afterAll(async () => {
  await app.close();
  await olap.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (query: string): Promise<MetricsAnswer> => {
  const response = await app.inject(`/v1/metrics?${query}`);
  expect([response.statusCode, response.statusCode === 200 ? '' : response.body]).toEqual([200, '']);
  return response.json<MetricsAnswer>();
};
/** `window_start keys clicks` of every row. */
const clicks = async (query: string): Promise<unknown[][]> =>
  (await ask(`${query}&metrics=clicks`)).rows.map(({ window_start, merchant_id, item_id, metrics }) => [
    window_start,
    ...[merchant_id, item_id].filter((key) => key !== undefined),
    metrics['clicks'],
  ]);

const DAY = 'from=2014-11-11&to=2014-11-12';

test('a day of a merchant: newest versions, summed over segments and partitions, with the position of it all', async () => {
  const answer = await ask(`${DAY}&groupBy=merchant_id&filter=merchant_id:1304&metrics=clicks,click_uv,orders,ctr,cvr`);
  expect(answer.rows).toEqual([
    {
      window_start: '2014-11-11T00:00:00+08:00',
      day: '2014-11-11',
      merchant_id: '1304',
      metrics: { clicks: 50, click_uv: 13, orders: { direct: 3, indirect: 1, organic: 2 }, ctr: 50 / 400, cvr: 4 / 50 },
    },
  ]);
  expect(answer.asOf).toEqual({ watermark: '2014-11-14T00:00:00.500+08:00', partitions: { 0: 7, 1: 9 } });
  expect(answer.days).toEqual({ '2014-11-11': 'sealed' });
});

test('days, and their total over all merchants of the filter', async () => {
  expect(await clicks('from=2014-11-11&to=2014-11-13&groupBy=merchant_id')).toEqual([
    ['2014-11-11T00:00:00+08:00', '1304', 50],
    ['2014-11-11T00:00:00+08:00', '9', 5],
    ['2014-11-12T00:00:00+08:00', '1304', 7],
  ]);
  expect(await clicks('from=2014-11-11&to=2014-11-13&window=total&filter=merchant_id:1304,9')).toEqual([
    ['2014-11-11T00:00:00+08:00', 62],
  ]);
});

test('minutes as they are, hours summed from them', async () => {
  const range = 'from=2014-11-11T00:00:00%2B08:00&to=2014-11-11T02:00:00%2B08:00&filter=merchant_id:1304';
  expect((await clicks(`${range}&window=minute`)).map(([start, count]) => [String(start).slice(11, 16), count])).toEqual([
    ['00:00', 1],
    ['00:59', 2],
    ['01:00', 4],
  ]);
  expect(await clicks(`${range}&window=hour`)).toEqual([
    ['2014-11-11T00:00:00+08:00', 3],
    ['2014-11-11T01:00:00+08:00', 4],
  ]);
});

test('a total that begins and ends within the day', async () => {
  expect(
    await clicks('from=2014-11-11T00:30:00%2B08:00&to=2014-11-11T08:01:00%2B08:00&window=total&filter=merchant_id:1304'),
  ).toEqual([['2014-11-11T00:30:00+08:00', 14]]);
});

test('days of another zone, from minutes and from hours', async () => {
  const range = 'from=2014-11-10&to=2014-11-12&timezone=UTC';
  expect(await clicks(`${range}&filter=merchant_id:1304`)).toEqual([
    ['2014-11-10T00:00:00Z', 7],
    ['2014-11-11T00:00:00Z', 8],
  ]);
  expect(await clicks(`${range}&groupBy=item_id`)).toEqual([
    ['2014-11-10T00:00:00Z', '1304', 'i-9', 1],
    ['2014-11-11T00:00:00Z', '1304', 'i-9', 6],
  ]);
});

test('by click day: cohorts of effects beside the clicks of that day', async () => {
  const { rows, maturity } = await ask(`${DAY}&filter=merchant_id:1304&basis=click&metrics=clicks,orders`);
  expect(rows.map(({ metrics }) => metrics)).toEqual([{ clicks: 50, orders: { direct: 11, indirect: 0 } }]);
  expect(maturity?.['2014-11-11']?.state).toBe('maturing');
});

test('the best ads: by a ratio, what has none last, cut after the first', async () => {
  const best = await ask(`${DAY}&groupBy=ad_id&order=-cvr&metrics=cvr,orders`);
  expect(best.rows.map(({ ad_id, metrics }) => [ad_id, metrics['cvr']])).toEqual([
    ['b', 0.5],
    ['a', 0.1],
    ['c', null],
  ]);
  const first = await ask(`${DAY}&groupBy=ad_id&order=-orders&limit=1&metrics=orders`);
  expect([first.rows.map(({ ad_id }) => ad_id), first.truncated]).toEqual([['b'], true]);
});

test('everything at once, at every grain and window it has', async () => {
  for (const groupBy of ['', '&groupBy=merchant_id', '&groupBy=campaign_id', '&groupBy=ad_id', '&groupBy=item_id']) {
    for (const window of ['day', 'hour', 'total']) await ask(`${DAY}${groupBy}&window=${window}`);
  }
});

test('ids are values, never SQL', async () => {
  expect(await clicks(`${DAY}&groupBy=merchant_id&filter=${encodeURIComponent("merchant_id:' OR 1=1 --")}`)).toEqual([]);
});

test('a conversion, by its order and by one of its events, with the correction that it went through', async () => {
  for (const id of ['order-1', 'p-1']) {
    const { conversions } = (await app.inject(`/v1/conversions/${id}`)).json<ConversionsAnswer>();
    expect(conversions).toMatchObject([
      {
        order_id: 'order-1',
        events: [
          {
            event_id: 'o-1',
            credit: { attribution: 'direct', ad_id: 'a' },
            versions: [{ sign: 1, attribution: 'organic' }, { sign: -1 }, { version: 1, attribution: 'direct' }],
          },
          { event_id: 'p-1', credit: { attribution: 'direct' } },
        ],
      },
    ]);
  }
  expect((await app.inject('/v1/conversions/nobody')).statusCode).toBe(404);
});
