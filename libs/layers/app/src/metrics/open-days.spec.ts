import {
  DEFAULT_RULES,
  encodeServedDay,
  encodeServedProgress,
  partitionOf,
  servingKey,
  servingProgressKey,
  versionOf,
  type ServedProgress,
} from '@millrace/ads';
import { appOver, HOUR_MS, NOW_MS, ScriptedOlap, ScriptedServing } from '../testing/doubles';
import { storedRow } from '../testing/rows';
import type { MetricsAnswer } from './answer';

/** Today and yesterday of `NOW_MS`, in Shanghai. */
const TODAY = '2014-11-13';
const YESTERDAY = '2014-11-12';
const DAY_12 = Date.UTC(2014, 10, 11, 16);
const PARTITIONS = 2;
/** 23:00 of yesterday: yesterday is still open. */
const WATERMARK = DAY_12 + 23 * HOUR_MS;

const partition = (merchant: string) => partitionOf(merchant, PARTITIONS);
const value = (path: readonly string[], day: string, values: Record<string, number>, position = 5) => ({
  key: servingKey(partition(path[0] ?? ''), path.length === 1 ? 'merchant' : path.length === 2 ? 'campaign' : 'ad', path, day),
  version: versionOf(1, position),
  value: encodeServedDay({ watermark: 0, values }),
  expires_ms: Infinity,
});
const progress = (of: number, given: Partial<ServedProgress> = {}) => {
  const all = { position: 7, watermark: WATERMARK, from_ms: DAY_12, ...given };
  return {
    key: servingProgressKey(of),
    version: versionOf(1, all.position),
    value: encodeServedProgress(all),
    expires_ms: Infinity,
  };
};

let serving: ScriptedServing;
let olap: ScriptedOlap;
let now_ms: number;
beforeEach(async () => {
  serving = new ScriptedServing();
  olap = new ScriptedOlap();
  now_ms = NOW_MS;
  await serving.put([
    progress(0),
    progress(1),
    value(['1304'], TODAY, { clicks: 3, orders_direct: 1 }),
    value(['1304'], YESTERDAY, { clicks: 40, cost: 12 }),
    value(['9'], TODAY, { clicks: 100 }),
    value(['9'], YESTERDAY, {}),
    value(['1304', 'c'], TODAY, { clicks: 2 }),
    value(['1304', 'c', 'a'], TODAY, { clicks: 1 }),
  ]);
});
const app = (patient = true) =>
  appOver(
    { olap },
    {
      openDays: { store: serving, partitions: PARTITIONS },
      rules: DEFAULT_RULES,
      clock: { now_ms: () => now_ms, sleep: patient ? () => new Promise(() => undefined) : () => Promise.resolve() },
    },
  );
const ask = async (query: string, server = app()) => {
  const response = await server.inject(`/v1/metrics?from=2014-11-13&to=2014-11-14&metrics=clicks&${query}`);
  return response.json<MetricsAnswer>();
};
const clicks = ({ rows }: MetricsAnswer) => rows.map(({ metrics }) => metrics['clicks']);

test.each([
  ['a merchant', 'filter=merchant_id:1304&groupBy=merchant_id', [3]],
  ['a merchant that is not shown', 'filter=merchant_id:1304', [3]],
  ['several merchants, in the order of their ids', 'filter=merchant_id:9,1304&groupBy=merchant_id', [3, 100]],
  ['several merchants together', 'filter=merchant_id:9,1304', [103]],
  ['a campaign', 'filter=merchant_id:1304&filter=campaign_id:c&groupBy=campaign_id', [2]],
  ['an ad', 'filter=merchant_id:1304&filter=campaign_id:c&filter=ad_id:a', [1]],
  ['at most so many', 'filter=merchant_id:9,1304&groupBy=merchant_id&limit=1', [3]],
])('%s of an open day is read from the store of open days', async (_, query, expected) => {
  const answer = await ask(query);
  expect(answer.store).toBe('redis');
  expect(clicks(answer)).toEqual(expected);
  expect(answer.truncated).toBe(query.includes('limit'));
  expect(answer.asOf).toEqual({ watermark: '2014-11-12T23:00:00+08:00', partitions: { '0': 7, '1': 7 } });
  expect(olap.asked).toEqual([]);
});

test('several days; where everything asked for is 0 there is no row', async () => {
  const server = app();
  const two = await ask('from=2014-11-12&filter=merchant_id:1304,9&groupBy=merchant_id', server);
  expect(two).toMatchObject({ type: 'urn:millrace:problem:invalid-parameters' });
  const response = await server.inject(
    '/v1/metrics?from=2014-11-12&to=2014-11-14&metrics=clicks,cost,orders&filter=merchant_id:1304,9&groupBy=merchant_id',
  );
  expect(response.json()).toMatchObject({
    store: 'redis',
    days: { '2014-11-12': 'closing', '2014-11-13': 'live' },
    rows: [
      { day: YESTERDAY, merchant_id: '1304', metrics: { clicks: 40, cost: 12, orders: { direct: 0, indirect: 0, organic: 0 } } },
      { day: TODAY, merchant_id: '1304', metrics: { clicks: 3, cost: 0, orders: { direct: 1, indirect: 0, organic: 0 } } },
      { day: TODAY, merchant_id: '9', metrics: { clicks: 100 } },
    ],
  });
});

describe('everything else is read from the summaries', () => {
  beforeEach(() => (olap.rows = [storedRow({ merchant_id: '1304', campaign_id: 'c', clicks: 77 })]));
  const elsewhere = async (query: string) => {
    const answer = await ask(query);
    expect(answer.store).toBe('clickhouse');
    expect(clicks(answer)).toEqual([77]);
    expect(answer.notes.join()).not.toContain('away');
  };

  test.each([
    'groupBy=merchant_id',
    'filter=merchant_id:1304&groupBy=campaign_id',
    'filter=merchant_id:1304&filter=item_id:i',
    'filter=merchant_id:1304&window=hour',
    'filter=merchant_id:1304&window=total',
    'filter=merchant_id:1304&order=-clicks',
    '',
  ])('%s', elsewhere);

  test('a merchant that has no value there: it may be new, or the value lost', () =>
    elsewhere('filter=merchant_id:1304,unknown'));

  test('when a partition does not tell how far it is', async () => {
    serving.entries.delete(servingProgressKey(1 - partition('1304')));
    await elsewhere('filter=merchant_id:1304');
  });

  test('when the day is not kept up to date any more', async () => {
    await serving.put([progress(partition('1304'), { from_ms: DAY_12 + 24 * HOUR_MS + 1 })]);
    await elsewhere('filter=merchant_id:1304');
  });

  test('when an emission is only half there', async () => {
    await serving.put([value(['1304'], TODAY, { clicks: 4 }, 8)]);
    await elsewhere('filter=merchant_id:1304');
  });
});

describe.each([
  ['fails', 'with an error', true],
  ['does not answer', 'never', false],
] as const)('the store of open days %s', (_, how, patient) => {
  test('the summaries answer, say so, and it is left alone for a while', async () => {
    serving.answer = how;
    olap.rows = [storedRow({ merchant_id: '1304', clicks: 77 })];
    const server = app(patient);
    const answer = await ask('filter=merchant_id:1304', server);
    expect(answer.store).toBe('clickhouse');
    expect(clicks(answer)).toEqual([77]);
    expect(answer.notes).toContain('The store of open days (redis) is away: read from clickhouse.');
    const { calls } = serving;
    expect((await ask('filter=merchant_id:1304', server)).notes.join()).toContain('away');
    expect(serving.calls).toBe(calls);
    now_ms += 1_001;
    serving.answer = 'at once';
    if (patient) expect((await ask('filter=merchant_id:1304', server)).store).toBe('redis');
  });
});

test('an answer that was there before this process could look is not too slow', async () => {
  const { get } = serving;
  serving.get = async (keys) => {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    return get.call(serving, keys);
  };
  expect((await ask('filter=merchant_id:1304', app(false))).store).toBe('redis');
});

test('a watermark that one partition has not heard of is unknown', async () => {
  await serving.put([progress(0, { watermark: 0 })]);
  expect((await ask('filter=merchant_id:1304')).asOf.watermark).toBeNull();
});
