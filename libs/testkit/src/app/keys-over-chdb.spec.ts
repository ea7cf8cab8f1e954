import { openChdbStore } from '@millrace/adapters/chdb';
import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import {
  CONVERSION_TABLE,
  createTable,
  DEFAULT_RULES,
  GRAINS,
  METRICS,
  metricTable,
  PROGRESS,
  TOPICS,
  versionOf,
  type KeyField,
} from '@millrace/ads';
import { createApp, makeKey, parseKeys, type Right } from '@millrace/layer-app';
import type { OlapStore } from '@millrace/stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockOf, type Given } from './written-rows';

/**
 * What a key of some merchants is told does not depend on what the others do: every answer is the same, byte for byte, with and
 * without their rows in the store. Ids of campaigns, ads, items, orders and events are shared on purpose.
 */

const OWN = ['1304', '1305'];
const FOREIGN = ['9', '13'];
const at = (local: string): number => Date.parse(`2014-11-${local}+08:00`);
const WATERMARK = at('14T00:00:00.500');

/** A number that gives away whose it is. */
const weightOf = (merchant: string): number => (OWN.includes(merchant) ? 1 : 1_000_003);

const idsOf = (merchant: string): readonly Readonly<Record<KeyField, string>>[] =>
  ['c', `c-${merchant}`].flatMap((campaign_id) =>
    ['a', `a-${merchant}`].map((ad_id) => ({ merchant_id: merchant, campaign_id, ad_id, item_id: `i${ad_id}` })),
  );

const metricRows = (merchants: readonly string[]): Given[] =>
  merchants.flatMap((merchant) =>
    idsOf(merchant).flatMap((ids, index) =>
      GRAINS.flatMap(({ name, path, windows }) =>
        windows.flatMap((window) =>
          ['conversion', 'click'].flatMap((basis) =>
            ['11', '12'].map((day) => ({
              grain: name,
              window,
              basis,
              model: 'last',
              ...Object.fromEntries(path.map((field) => [field, ids[field]])),
              window_start: at(`${day}T00:00:00`),
              // Rows of one key differ in their segment, so that they add up.
              segment: index,
              partition: OWN.includes(merchant) ? 0 : 1,
              version: versionOf(1, 5),
              clicks: basis === 'click' ? 0 : 7 * weightOf(merchant),
              click_uv: basis === 'click' ? 0 : 3 * weightOf(merchant),
              cost: basis === 'click' ? 0 : 11 * weightOf(merchant),
              orders_direct: 2 * weightOf(merchant),
              gmv_indirect: 5 * weightOf(merchant),
              ...(path.includes('ad_id') ? {} : { orders_organic: weightOf(merchant) }),
            })),
          ),
        ),
      ),
    ),
  );

const conversionRows = (merchants: readonly string[]): Given[] =>
  merchants.flatMap((merchant) =>
    [
      ['order-1', 'o-1'],
      [`order-${merchant}`, `o-${merchant}`],
      // An event of another's whose order has the name of one's own.
      [OWN.includes(merchant) ? 'order-2' : `order-${OWN[0]}`, `p-${merchant}`],
    ].map(([order_id = '', event_id = ''], index) => ({
      conversion_id: order_id,
      kind: 'order',
      attribution: 'organic',
      model: 'last',
      credit_micro: 1_000_000,
      order_id,
      order_time: at('11T00:00:00'),
      sign: 1,
      source: 'http',
      event_id,
      user_id: 'u',
      event_time: at('11T00:00:01'),
      ingest_time: at('11T00:00:02'),
      merchant_id: merchant,
      item_id: 'ia',
      amount_minor: weightOf(merchant),
      source_topic: 'ods.action',
      source_partition: OWN.includes(merchant) ? 0 : 1,
      source_offset: merchants.indexOf(merchant) * 10 + index,
    })),
  );

const KEY_FIELDS: readonly KeyField[] = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'];
const subsets = <Item>(items: readonly Item[]): Item[][] =>
  items.reduce<Item[][]>((all, item) => [...all, ...all.map((each) => [...each, item])], [[]]);

const QUESTIONS: readonly string[] = [
  ...subsets(KEY_FIELDS).flatMap((groupBy) =>
    ['', 'merchant_id:1304', 'merchant_id:9', 'campaign_id:c', 'ad_id:a', 'item_id:ia-13'].flatMap((filter) =>
      (groupBy.length < 2 ? ['day', 'total'] : ['day']).map((window) =>
        [
          `window=${window}`,
          ...(groupBy.length > 0 ? [`groupBy=${groupBy.join(',')}`] : []),
          ...(filter === '' ? [] : [`filter=${encodeURIComponent(filter)}`]),
        ].join('&'),
      ),
    ),
  ),
  'filter=merchant_id:1304,9',
  'window=hour',
  'window=minute',
  'window=hour&timezone=UTC&groupBy=merchant_id',
  'basis=click',
  'basis=click&groupBy=ad_id&metrics=orders',
  'metrics=click_uv&groupBy=merchant_id',
  'metrics=click_uv',
  'metrics=clicks,orders.organic&order=-clicks&limit=1&groupBy=merchant_id',
  'metrics=clicks&order=merchant_id&groupBy=merchant_id&limit=2',
  'format=csv&groupBy=merchant_id,campaign_id',
].map((query) => `/v1/metrics?from=2014-11-11&to=2014-11-13&${query}`);

const ADDRESSES: readonly string[] = [
  ...QUESTIONS,
  ...['order-1', 'order-2', 'order-9', 'order-1304', 'o-1', 'o-9', 'p-9', 'p-13', 'p-1304'].map((id) => `/v1/conversions/${id}`),
  '/metrics',
  '/v1/rejected',
  '/v1/late',
  '/docs/json',
  '/healthz/ready',
];

const directory = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
const shop = makeKey();
const everyone = makeKey();
let olap: OlapStore;
let app: ReturnType<typeof createApp>;

const write = async (merchants: readonly string[]): Promise<void> => {
  for (const [table, rows] of [
    [metricTable(METRICS), metricRows(merchants)],
    [CONVERSION_TABLE, conversionRows(merchants)],
  ] as const)
    await olap.insert([blockOf(table, rows)]);
};

beforeAll(async () => {
  olap = await openChdbStore(directory);
  for (const table of [metricTable(METRICS), CONVERSION_TABLE]) await olap.command(createTable(table));
  await olap.insert([
    blockOf(
      metricTable(METRICS),
      [0, 1].map((partition) => ({ window: PROGRESS, partition, version: versionOf(1, 9), watermark: WATERMARK })),
    ),
  ]);
  const clock = new ManualClock(WATERMARK);
  const log = new MemoryLog(clock);
  for (const topic of [TOPICS.http, TOPICS.fact]) await log.ensure(topic, 2);
  const rights: readonly Right[] = ['read', 'write'];
  const { keys } = parseKeys({
    keys: [
      { name: 'shop', hash: shop.hash, rights, merchants: OWN },
      { name: 'everyone', hash: everyone.hash, rights, merchants: 'all' },
    ],
  });
  app = createApp({
    olap,
    log,
    clock,
    rules: DEFAULT_RULES,
    keys,
    health: () => ({ ready: true, reasons: [] }),
    metricsText: async () => '',
    limits: { requests_per_minute: 1_000_000 },
  });
});
afterAll(async () => {
  await app.close();
  await olap.close();
  rmSync(directory, { recursive: true, force: true });
});

const answersTo = async (key: string): Promise<Map<string, string>> => {
  const answers = new Map<string, string>();
  for (const url of ADDRESSES) {
    const { statusCode, body } = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
    answers.set(url, `${statusCode} ${body}`);
  }
  return answers;
};

/** The first event of a stream, whose answer never ends. */
const firstEventOf = async (query: string): Promise<string> => {
  const response = await app.inject({
    url: `/v1/metrics/stream?from=2014-11-11&to=2014-11-13&${query}`,
    headers: { authorization: `Bearer ${shop.key}` },
    payloadAsStream: true,
  });
  const body = response.stream();
  let text = '';
  for await (const chunk of body) {
    text += String(chunk);
    if (text.includes('data: ')) break;
  }
  body.destroy();
  return text;
};

test('the answers to a key of some merchants are the same whatever the others do', async () => {
  await write(OWN);
  const alone = await answersTo(shop.key);
  const aloneLive = await firstEventOf('groupBy=merchant_id');
  const aloneAll = await answersTo(everyone.key);
  await write(FOREIGN);
  const crowded = await answersTo(shop.key);
  for (const url of ADDRESSES) expect([url, crowded.get(url)]).toEqual([url, alone.get(url)]);
  expect(await firstEventOf('groupBy=merchant_id')).toBe(aloneLive);

  // The questions can tell: most answers to a key of everyone have changed, and none here was merely refused.
  const crowdedAll = await answersTo(everyone.key);
  expect(ADDRESSES.filter((url) => aloneAll.get(url) !== crowdedAll.get(url)).length).toBeGreaterThan(50);
  expect(ADDRESSES.filter((url) => alone.get(url)?.startsWith('200')).length).toBeGreaterThan(40);
  expect(ADDRESSES.filter((url) => alone.get(url)?.includes('"clicks":14')).length).toBeGreaterThan(0);
}, 300_000);
