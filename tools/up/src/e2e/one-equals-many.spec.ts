import { createTraffic } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { type Server, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, type HttpAnswer } from '../asking';
import { Program } from '../testing/program';

/**
 * The same traffic through the one process over embedded stores, and through five over Kafka, ClickHouse and Redis: whatever
 * is asked, both answer alike. Nothing in the layers knows which of them it is in.
 */

jest.setTimeout(300_000);

const SETTINGS = { seed: 7, days: 2, lines_per_day: 500 };
const TRAFFIC = ['--seed', '7', '--days', '2', '--lines-per-day', '500'];
const FROM = '2025-03-03';
const TO = '2025-03-07';

const directory = mkdtempSync(join(tmpdir(), 'millrace-many-'));
const servers: Server[] = [];
let one: Program;
let many: Program;
const addresses: string[] = [];

beforeAll(async () => {
  const [kafka, redis, clickhouse] = await Promise.all([
    startKafka({ directory: join(directory, 'kafka') }),
    startRedis({ directory: join(directory, 'redis') }),
    startClickHouse({ directory: join(directory, 'clickhouse') }),
  ]);
  servers.push(kafka, redis, clickhouse);
  many = new Program(
    'tools/up',
    [...TRAFFIC, '--port', '0', '--emission-interval', '3s', '--partitions', '3', '--directory', join(directory, 'up')],
    {
      MILLRACE_KAFKA_BROKERS: kafka.url,
      MILLRACE_REDIS_NODES: `127.0.0.1:${redis.port}`,
      MILLRACE_CLICKHOUSE_URL: clickhouse.url,
    },
  );
  one = new Program('apps/standalone', [...TRAFFIC, '--port', '0', '--partitions', '2', '--emit-every', '3s']);
  addresses.push(...(await Promise.all([one, many].map((program) => program.hears(/Serving (http:\S+)\/docs/)))));
});
afterAll(async () => {
  await Promise.all([one, many].map((program) => program.stop()));
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
});

const bodies = (path: string): Promise<HttpAnswer[]> =>
  Promise.all(addresses.map((address) => ask(address + path, new SystemClock())));

test('both pass the check that the traffic itself makes possible', () => {
  for (const program of [one, many]) {
    const [, equal, of] = /check: (\d+) of (\d+) totals/.exec(program.said) ?? [];
    expect(equal).toBe(of);
    expect(Number(of)).toBeGreaterThan(500);
  }
});

const METRICS = 'exposures,exposure_uv,clicks,click_uv,cost,messages,orders,gmv,refund_amount,cvr';
const QUESTIONS = [
  ...['day', 'total', 'hour'].flatMap((window) =>
    ['', 'merchant_id', 'merchant_id,campaign_id', 'merchant_id,campaign_id,ad_id', 'merchant_id,item_id'].map((groupBy) => ({
      window,
      groupBy,
    })),
  ),
  { window: 'minute', groupBy: '' },
];

test.each(QUESTIONS)('the numbers by $window and "$groupBy" are the same, to the byte', async ({ window, groupBy }) => {
  // Users are counted by day alone.
  const metrics =
    window === 'day'
      ? METRICS
      : METRICS.split(',')
          .filter((name) => !name.endsWith('_uv'))
          .join();
  const until = window === 'minute' ? '2025-03-03T12:00:00+08:00' : TO;
  const query = new URLSearchParams({ from: FROM, to: until, window, metrics, format: 'csv', ...(groupBy && { groupBy }) });
  const [alone, together] = await bodies(`/v1/metrics?${query.toString()}`);
  expect(together).toEqual(alone);
  expect(alone?.statusCode).toBe(200);
  expect(alone?.body.split('\n').length).toBeGreaterThan(2);
});

interface Conversions {
  readonly conversions: readonly { readonly events: readonly { readonly event_id: string; readonly credit: unknown }[] }[];
}

/** Of the orders whose records are as they should be, and of some that are not. */
const orders = (): string[] => [
  ...new Set([...createTraffic(SETTINGS)].flatMap(({ line }) => /"order_id":"([^"]+)"/.exec(line)?.[1] ?? [])),
];

/** In the order of their ids: in that of the log, which several partitions have each for themselves, they came. */
const creditsIn = (body: string): { event_id: string; credit: unknown }[] =>
  (JSON.parse(body) as Conversions).conversions
    .flatMap(({ events }) => events.map(({ event_id, credit }) => ({ event_id, credit })))
    .sort((a, b) => (a.event_id < b.event_id ? -1 : 1));

test('every order has the same credit', async () => {
  const compared = orders().slice(0, 40);
  const credits = await Promise.all(
    compared.map(async (order) => {
      const answers = await bodies(`/v1/conversions/${order}`);
      return answers.map(({ statusCode, body }) => (statusCode === 200 ? creditsIn(body) : statusCode));
    }),
  );
  expect(credits.filter(([alone]) => Array.isArray(alone)).length).toBeGreaterThan(compared.length / 2);
  for (const [alone, together] of credits) expect(together).toEqual(alone);
});

test('asked to stop, all of them end in order', async () => {
  expect(await many.stop()).toBe(0);
});
