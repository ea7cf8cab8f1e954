import { migrate, openClickHouseStore } from '@millrace/adapters/clickhouse';
import { checksum } from '@millrace/adapters/file';
import { MemoryLog, MemoryVolume } from '@millrace/adapters/memory';
import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { RedisServingStore } from '@millrace/adapters/redis';
import {
  createTraffic,
  dayName,
  decodeServedDay,
  decodeServedProgress,
  DEFAULT_RULES,
  partitionOf,
  servingProgressKey,
  TABLES,
  TOPICS,
  zoneOf,
} from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { type Clock, type OlapStore, Runner, type ServingStore } from '@millrace/stream';
import { execFileSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Server, startClickHouse, startRedis } from '../servers';
import { FaultyStore, type InsertFault, LostInsertError } from './faulty-store';

/** Whatever becomes of an insert, and whatever Redis forgets: at rest the numbers are those of a run without faults (D4). */

const DAY_MS = 86_400_000;
const RAW = 'raw.events';
const PARTITIONS = 2;
const directory = mkdtempSync(join(tmpdir(), 'millrace-sinks-'));
const codec = new MsgpackFrameCodec();

/** Served values expire by the server's clock, so the traffic is of these days; it was received now. */
const NOW_MS = Date.now();
const START_MS = Math.floor(NOW_MS / DAY_MS) * DAY_MS - 3 * DAY_MS - 8 * 3_600_000;
const TRAFFIC = createTraffic({ seed: 11, start_ms: START_MS, days: 2, lines_per_day: 500, users: 100, merchants: 6 });
const LINES = ['no JSON', ...[...TRAFFIC].map(({ line }) => line)];
const CHUNKS = 4;

const clock: Clock = {
  now_ms: () => Date.now(),
  sleep: (ms, signal) => {
    // Every task of a runner sleeps on one signal: many listeners are no leak here.
    if (signal !== undefined) setMaxListeners(0, signal);
    return wait(ms, undefined, { signal }).catch(() => undefined);
  },
};

let clickhouse: Server;
let redis: Server;
beforeAll(async () => {
  clickhouse = await startClickHouse({ directory: join(directory, 'clickhouse') });
  redis = await startRedis({ directory: join(directory, 'redis'), args: ['--appendonly', 'no'] });
}, 60_000);
afterAll(async () => {
  await clickhouse.kill();
  await redis.kill();
  rmSync(directory, { recursive: true, force: true });
});

interface Stores {
  readonly olap: OlapStore;
  readonly serving: ServingStore;
}

/** The log, the volume and the stores of one warehouse; its processes come and go. */
class Warehouse {
  readonly #log = new MemoryLog({ now_ms: () => NOW_MS });
  readonly #volume = new MemoryVolume();
  starts = 0;

  static async open(): Promise<Warehouse> {
    const warehouse = new Warehouse();
    await warehouse.#log.ensure(RAW, 1);
    for (const topic of Object.values(TOPICS)) await warehouse.#log.ensure(topic, PARTITIONS);
    return warehouse;
  }

  async append(lines: readonly string[]): Promise<void> {
    await this.#log.append([{ to: { topic: RAW, partition: 0 }, records: lines.map((line) => ({ value: Buffer.from(line) })) }]);
  }

  /** Works until everything is stored, in as many processes as it takes; the last of them ends well. */
  async work({ olap, serving }: Stores, after: (runner: Runner) => Promise<void> = async () => undefined): Promise<void> {
    for (;;) {
      this.starts++;
      const runner = this.#runner({ olap, serving });
      const run = runner.run();
      run.catch(() => undefined);
      try {
        await runner.drain();
        await after(runner);
        await runner.stop();
        return;
      } catch (error) {
        await runner.stop().catch(() => undefined);
        if (!(await run.then(() => null, (reason: unknown) => causedByLostInsert(reason) || causedByLostInsert(error)))) throw error;
      }
    }
  }

  #runner(sinks: Stores): Runner {
    const rules = DEFAULT_RULES;
    const sources = [{ name: 'events', topics: [RAW], format: { type: 'json' as const }, mappings: [{ identity: true as const }] }];
    return new Runner(
      {
        log: this.#log,
        codec,
        clock,
        meter: { count: () => undefined, gauge: () => undefined, observe: () => undefined, forget: () => undefined },
        partitioner: partitionOf,
        sinks,
        snapshots: { volume: this.#volume, checksum },
      },
      {
        raw: [createOds({ sources, rules })],
        layers: [createDwd({ rules }), createDws({ rules }), createArchive()],
        idles: () => false,
        poll_ms: 5,
        emission_interval_ms: 40,
        snapshot_interval_ms: 100,
        fetch_bytes: 20_000,
      },
    );
  }
}

const causedByLostInsert = (error: unknown): boolean =>
  error instanceof LostInsertError || (error instanceof Error && error.cause !== undefined && causedByLostInsert(error.cause));

const openStores = async (name: string): Promise<Stores> => {
  const admin = openClickHouseStore({ url: clickhouse.url });
  await admin.command(`CREATE DATABASE ${name}`);
  await admin.close();
  const olap = openClickHouseStore({ url: clickhouse.url, database: name });
  await migrate(olap);
  return { olap, serving: openServing(name) };
};
const openServing = (name: string): RedisServingStore =>
  new RedisServingStore({ place: { kind: 'single', at: { host: '127.0.0.1', port: redis.port } }, prefix: `${name}/` });

/** Everything that the stores tell, as whoever asks sees it; versions and watermarks say when it was written, so they are left out. */
const told = async (name: string, { olap, serving }: Stores): Promise<Record<string, unknown>> => {
  const tables: Record<string, unknown> = {};
  for (const table of TABLES) {
    const when = table.name === 'dws_metric' ? 'EXCEPT (version, watermark)' : '';
    tables[table.name] = await olap.query(`SELECT * ${when} FROM ${table.name} FINAL ORDER BY ALL`);
  }
  return { tables, served: await servedOf(name, serving) };
};

/** Totals of the days that are still kept up to date. What a day had when it was closed depends on when that was. */
const servedOf = async (name: string, serving: ServingStore): Promise<[string, unknown][]> => {
  const zone = zoneOf(DEFAULT_RULES.zone);
  const found = execFileSync('redis-cli', ['-p', String(redis.port), '--raw', 'keys', `${name}/*:day:*`], { encoding: 'utf8' });
  const keys = found.split('\n').filter((key) => key !== '').map((key) => key.slice(name.length + 1)).sort();
  const entries = await serving.get(keys);
  const progress = await serving.get([0, 1].map(servingProgressKey));
  const from = progress.map((entry) => dayName(zone.dayOf(decodeServedProgress(entry?.value ?? new Uint8Array()).from_ms ?? 0)));
  return keys.flatMap((key, i): [string, unknown][] => {
    const day = key.slice(-'2026-11-11'.length);
    const partition = Number(/^\{dws:(\d+)\}/.exec(key)?.[1]);
    return day < (from[partition] ?? '') ? [] : [[key, decodeServedDay(entries[i]?.value ?? new Uint8Array()).values]];
  });
};

const chunk = (i: number): string[] => LINES.slice(Math.floor((i * LINES.length) / CHUNKS), Math.floor(((i + 1) * LINES.length) / CHUNKS));
const flush = (): void => void execFileSync('redis-cli', ['-p', String(redis.port), 'flushall']);

let expected: Record<string, unknown>;
beforeAll(async () => {
  const stores = await openStores('clean');
  const warehouse = await Warehouse.open();
  for (let i = 0; i < CHUNKS; i++) {
    await warehouse.append(chunk(i));
    await warehouse.work(stores);
  }
  expected = await told('clean', stores);
  await stores.olap.close();
  await stores.serving.close();
  const tables = expected['tables'] as Record<string, unknown[]>;
  // There is something to compare.
  for (const name of ['dws_metric', 'dwd_click', 'dwd_conversion', 'ods_exposure', 'ods_rejected']) expect(tables[name]?.length).toBeGreaterThan(0);
  expect((expected['served'] as unknown[]).length).toBeGreaterThan(10);
}, 120_000);

/** By name first: a difference of thousands of rows is no message. */
const namesThatDiffer = (is: Record<string, unknown>, should: Record<string, unknown>): string[] => {
  const parts = (of: Record<string, unknown>): Map<string, string> =>
    new Map(Object.entries({ ...(of['tables'] as object), served: of['served'] }).map(([name, value]) => [name, JSON.stringify(value)]));
  const wanted = parts(should);
  return [...parts(is)].filter(([name, value]) => wanted.get(name) !== value).map(([name]) => name);
};

const FAULTS: [string, (n: number) => InsertFault][] = [
  ['was applied, and its answer lost', (n) => (n % 2 === 0 ? 'answer lost' : 'none')],
  ['was applied in part', (n) => (n % 2 === 0 ? 'in part' : 'none')],
  ['was applied behind the next', (n) => (n % 2 === 0 ? 'behind the next' : 'none')],
  ['meets with anything', (n) => (['in part', 'behind the next', 'none', 'answer lost', 'behind the next', 'none', 'none'] as const)[n % 7] ?? 'none'],
];
test.each(FAULTS)('an insert that %s: the numbers are those of a run without faults', async (name, faultOf) => {
  const database = `faulty_${FAULTS.findIndex(([other]) => other === name)}`;
  const stores = await openStores(database);
  const faulty = new FaultyStore(stores.olap, Array.from({ length: 30 }, (_, n) => faultOf(n)));
  const warehouse = await Warehouse.open();
  for (let i = 0; i < CHUNKS; i++) {
    await warehouse.append(chunk(i));
    await warehouse.work({ ...stores, olap: faulty });
  }
  await faulty.close();
  expect(faulty.met.filter((fault) => fault !== 'none').length).toBeGreaterThanOrEqual(3);
  expect(warehouse.starts).toBeGreaterThan(CHUNKS);
  expect(namesThatDiffer(await told(database, stores), expected)).toEqual([]);
  await stores.olap.close();
  await stores.serving.close();
}, 120_000);

test('a Redis that is flushed, and one that is killed and comes back empty, is filled again from the state of DWS', async () => {
  const stores = await openStores('forgetful');
  const warehouse = await Warehouse.open();
  const emission = (): Promise<unknown> => wait(100);
  for (let i = 0; i < CHUNKS; i++) {
    await warehouse.append(chunk(i));
    await warehouse.work(stores, async (runner) => {
      // While it runs, with nothing new to tell; and, at the last, with the process that held it gone.
      if (i % 2 === 0) flush();
      else {
        await redis.kill();
        await emission();
        await redis.start();
      }
      const keys = (): string => execFileSync('redis-cli', ['-p', String(redis.port), 'dbsize'], { encoding: 'utf8' });
      while (Number.parseInt(keys()) < 10) {
        await emission();
        await runner.flush();
      }
    });
  }
  expect((await told('forgetful', stores))['served']).toEqual(expected['served']);
  await stores.olap.close();
  await stores.serving.close();
}, 120_000);
