import { openChdbStore } from '@millrace/adapters/chdb';
import { ManualClock, MemoryLog, MemoryServingStore } from '@millrace/adapters/memory';
import {
  createTable,
  DEFAULT_RULES,
  LAST_TOUCH,
  METRICS,
  metricTable,
  partitionOf,
  WHOLE_CREDIT,
  type Fact,
} from '@millrace/ads';
import { createApp, type MetricsAnswer } from '@millrace/layer-app';
import { createDws } from '@millrace/layer-dws';
import type { OlapStore } from '@millrace/stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What DWS writes into both stores is answered alike from either: the same rows, states and position. */

const PARTITIONS = 2;
const MERCHANTS = ['a', 'b', 'c:d', 'é', 'Z', '%3A'];
const at = (local: string): number => Date.parse(`2014-11-${local}+08:00`);
const NOW_MS = at('12T12:00:00');

const fact = (given: Partial<Fact>): Fact => ({
  kind: 'click',
  sign: 1,
  source: 's',
  event_id: 'e',
  user_id: 'u',
  event_time: NOW_MS,
  ingest_time: NOW_MS,
  merchant_id: 'a',
  campaign_id: 'c',
  ad_id: 'x',
  item_id: 'i',
  amount_minor: 30,
  original_minor: 30,
  currency: 'CNY',
  rate_id: null,
  uv: 0,
  attribution: null,
  model: LAST_TOUCH,
  credit_micro: WHOLE_CREDIT,
  order_time: null,
  order_id: null,
  channel: null,
  click_source: null,
  click_id: null,
  click_time: null,
  orphan: false,
  version: 0,
  ...given,
});

/** Yesterday's and today's; what is booked and taken back leaves nothing. */
const FACTS: readonly Fact[] = MERCHANTS.flatMap((merchant_id, index) => [
  ...Array.from({ length: index + 1 }, () => fact({ merchant_id })),
  fact({ merchant_id, event_time: at('11T12:00:00'), ad_id: 'y', amount_minor: 7 }),
  fact({ merchant_id, event_time: at('11T13:00:00'), campaign_id: 'd', ad_id: 'z' }),
  fact({ merchant_id, kind: 'order', attribution: 'direct', amount_minor: 900, order_time: NOW_MS, order_id: 'o' }),
  ...(index % 2 === 0 ? [1, -1].map((sign) => fact({ merchant_id, sign: sign as 1 | -1, campaign_id: 'd', ad_id: 'z' })) : []),
]);

const directory = mkdtempSync(join(tmpdir(), 'millrace-open-days-'));
const clock = new ManualClock(NOW_MS);
const serving = new MemoryServingStore(clock);
let olap: OlapStore;
let from: Record<'both' | 'summaries', ReturnType<typeof createApp>>;

beforeAll(async () => {
  olap = await openChdbStore(directory);
  await olap.command(createTable(metricTable(METRICS)));
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const operator = createDws({ rules: DEFAULT_RULES }).create({ topic: 'dwd.fact', partition });
    const facts = FACTS.filter(({ merchant_id }) => partitionOf(merchant_id, PARTITIONS) === partition);
    const out = { emit: () => undefined };
    let position = 0;
    operator.advance(at('11T23:00:00') + partition, out);
    for (const half of [facts.filter((_, i) => i % 2 === 0), facts.filter((_, i) => i % 2 === 1)]) {
      for (const each of half)
        operator.process(each, 0, out, { source: { topic: 'ods.action', partition: 0 }, epoch: 1, offset: 0, ordinal: 0 });
      const emission = operator.collect((position += half.length));
      if (emission === null) continue;
      await olap.insert(emission.blocks);
      await serving.put(emission.serving);
      operator.acknowledge(emission);
    }
  }
  const log = new MemoryLog(clock);
  for (const topic of ['raw.http', 'dwd.fact']) await log.ensure(topic, PARTITIONS);
  const options = {
    olap,
    log,
    clock,
    rules: DEFAULT_RULES,
    health: () => ({ ready: true, reasons: [] }),
    metricsText: async () => '',
  };
  from = { both: createApp({ ...options, openDays: { store: serving, partitions: PARTITIONS } }), summaries: createApp(options) };
});
afterAll(async () => {
  await Promise.all(Object.values(from).map((app) => app.close()));
  await olap.close();
  rmSync(directory, { recursive: true, force: true });
});

const all = MERCHANTS.map(encodeURIComponent).join(',');
test.each([
  `filter=merchant_id:${all}&groupBy=merchant_id`,
  `filter=merchant_id:${all}&metrics=clicks,cost,orders,ctr,cvr`,
  `filter=merchant_id:${all}&groupBy=merchant_id&limit=3`,
  `filter=merchant_id:${encodeURIComponent('c:d')}`,
  'filter=merchant_id:a&filter=campaign_id:c&groupBy=campaign_id',
  'filter=merchant_id:b&filter=campaign_id:c&filter=ad_id:x',
  'from=2014-11-11&filter=merchant_id:b,Z&groupBy=merchant_id',
])('%s', async (query) => {
  const given = new URLSearchParams('from=2014-11-12&to=2014-11-13');
  const url = `/v1/metrics?${query.startsWith('from') ? 'to=2014-11-13' : given.toString()}&${query}`;
  const [quick, slow] = await Promise.all(
    [from.both, from.summaries].map(async (app) => (await app.inject(url)).json<MetricsAnswer>()),
  );
  expect(quick?.store).toBe('redis');
  expect(slow?.store).toBe('clickhouse');
  expect(slow?.rows.length).toBeGreaterThan(0);
  expect({ ...quick, store: '' }).toEqual({ ...slow, store: '' });
});
