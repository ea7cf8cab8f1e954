import { checkRetention, createTable, DEFAULT_RULES, MIGRATIONS, type Migration, shortestRetention_ms, statementsOf, TABLES } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { type Server, startClickHouse } from '@millrace/testkit/servers';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, missingMigrations, openClickHouseStore, pendingMigrations } from '.';
import { openChdbStore } from '../chdb';

const directory = mkdtempSync(join(tmpdir(), 'millrace-migrate-'));
let server: Server;
let embedded: OlapStore;
let remote: OlapStore;
beforeAll(async () => {
  server = await startClickHouse({ directory: join(directory, 'server') });
  remote = openClickHouseStore({ url: server.url });
  embedded = await openChdbStore(join(directory, 'embedded'));
}, 60_000);
afterAll(async () => {
  await embedded.close();
  await remote.close();
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});
const dropAll = async (store: OlapStore): Promise<void> => {
  for (const { name } of [...TABLES, { name: 'schema_migrations' }, { name: 'more' }]) await store.command(`DROP TABLE IF EXISTS ${name} SYNC`);
};
beforeEach(async () => {
  await dropAll(embedded);
  await dropAll(remote);
});

/** Everything about the tables that makes a difference to whoever writes or asks them. */
const shapeOf = async (store: OlapStore): Promise<unknown> => {
  const here = 'database = currentDatabase() ORDER BY 1';
  return {
    tables: await store.query(
      `SELECT name, engine, partition_key, sorting_key, primary_key, extract(engine_full, 'ReplacingMergeTree\\\\(([^)]*)\\\\)') AS version FROM system.tables WHERE name != 'schema_migrations' AND ${here}`,
    ),
    columns: await store.query(
      `SELECT table, name, type FROM system.columns WHERE table != 'schema_migrations' AND database = currentDatabase() ORDER BY 1, 2`,
    ),
    indexes: await store.query(`SELECT table, name, type_full, expr, granularity FROM system.data_skipping_indices WHERE ${here}`),
  };
};

test.each([
  ['in process', () => embedded],
  ['on a server', () => remote],
])('the migrations make the tables that the program writes and asks, %s', async (_, storeOf) => {
  const store = storeOf();
  expect(await pendingMigrations(store)).toEqual(MIGRATIONS.map(({ name }) => name));
  expect(await missingMigrations(store)).toEqual(MIGRATIONS.map(({ name }) => name));
  const steps: string[] = [];
  await migrate(store, { onStep: (step) => steps.push(step) });
  expect(steps).toEqual(MIGRATIONS.map(({ name }) => name));
  const made = await shapeOf(store);
  expect(await pendingMigrations(store)).toEqual([]);

  await dropAll(store);
  for (const table of TABLES) await store.command(createTable(table));
  expect(made).toEqual(await shapeOf(store));
}, 60_000);

const MORE: Migration = { name: '9999-more', statements: ['CREATE TABLE IF NOT EXISTS more /* ON CLUSTER */ (n UInt8) ENGINE = MergeTree ORDER BY n'] };

test('a migration is applied once, behind those before it, though several processes begin at once', async () => {
  await migrate(remote);
  await remote.command(`INSERT INTO schema_migrations (name, checksum) SELECT name, checksum FROM schema_migrations`);
  const steps: string[] = [];
  const options = { migrations: [...MIGRATIONS, MORE], onStep: (step: string) => steps.push(step) };
  await Promise.all([migrate(remote, options), migrate(remote, options)]);
  await migrate(remote, options);
  expect(new Set(steps)).toEqual(new Set(['9999-more']));
  expect(await pendingMigrations(remote, options.migrations)).toEqual([]);
}, 60_000);

test('a step that a crash left half done is done again from its beginning', async () => {
  const [first] = MIGRATIONS[0]?.statements ?? [];
  await remote.command(first ?? '');
  await migrate(remote);
  expect(await pendingMigrations(remote)).toEqual([]);
}, 60_000);

test('forward only: what was applied must be known, unchanged and in order', async () => {
  const migrations = [...MIGRATIONS, MORE];
  await migrate(remote, { migrations });
  await expect(migrate(remote)).rejects.toThrow(/9999-more was applied by a newer program/);
  expect(await missingMigrations(remote)).toEqual([]);
  const changed = { ...MORE, statements: [...MORE.statements, 'SELECT 1'] };
  await expect(migrate(remote, { migrations: [...MIGRATIONS, changed] })).rejects.toThrow(/9999-more has changed/);
  await expect(pendingMigrations(remote, [...MIGRATIONS, changed])).rejects.toThrow(/9999-more has changed/);
  const between = { ...MORE, name: '5000-between' };
  await expect(migrate(remote, { migrations: [...MIGRATIONS, between, MORE] })).rejects.toThrow(/5000-between was not applied/);
}, 60_000);

test('ods_* are kept for a time that may be changed; dwd_* and dws_metric for ever', async () => {
  const DAY_MS = 86_400_000;
  const ttl = async (): Promise<unknown> =>
    remote.query(
      `SELECT name, extract(engine_full, ' TTL (.*) SETTINGS') AS ttl FROM system.tables WHERE database = currentDatabase() AND name IN ('ods_click', 'ods_rejected', 'dwd_click', 'dws_metric') ORDER BY name`,
    );
  const kept = (ods: string): unknown => [
    { name: 'dwd_click', ttl: '' },
    { name: 'dws_metric', ttl: '' },
    { name: 'ods_click', ttl: ods },
    { name: 'ods_rejected', ttl: ods },
  ];
  const steps: string[] = [];
  const onStep = (step: string): unknown => steps.push(step);
  await migrate(remote, { retention_ms: 40 * DAY_MS, onStep });
  expect(await ttl()).toEqual(kept('toDateTime(ingest_time) + toIntervalDay(40)'));
  steps.length = 0;
  await migrate(remote, { retention_ms: 39.5 * DAY_MS, onStep });
  expect(steps).toEqual([]);
  await migrate(remote, { retention_ms: 60 * DAY_MS });
  expect(await ttl()).toEqual(kept('toDateTime(ingest_time) + toIntervalDay(60)'));
  await migrate(remote, { retention_ms: null });
  await migrate(remote, { retention_ms: null });
  expect(await ttl()).toEqual(kept(''));
}, 60_000);

test('the shortest time is W + L + I + 7 d, of the longest rules there will be', () => {
  const DAY_MS = 86_400_000;
  expect(shortestRetention_ms(DEFAULT_RULES)).toBe((14 + 15 + 3 + 7) * DAY_MS);
  const rules = { ...DEFAULT_RULES, changes: [{ from_day: '2030-01-01', window_ms: 30 * DAY_MS }, { from_day: '2031-01-01', invalidation_ms: DAY_MS }] };
  expect(() => checkRetention(54 * DAY_MS, rules)).toThrow(/kept for 54d is too short.*at least 55d/);
  expect(() => checkRetention(55 * DAY_MS, rules)).not.toThrow();
});

test('on a cluster every statement says so, engines are replicated, and the engine can read it', async () => {
  for (const migration of MIGRATIONS) {
    for (const statement of statementsOf(migration, { cluster: 'main' })) {
      expect(statement).toMatch(/^(--.*\n|\n)*(CREATE TABLE IF NOT EXISTS|ALTER TABLE) \w+ ON CLUSTER `main`/);
      expect(statement).toMatch(/ENGINE = Replicated\w*MergeTree/);
      expect(await remote.query('SELECT length(formatQuery({statement:String})) > 0 AS parsed', { statement })).toEqual([{ parsed: 1 }]);
    }
    const here = statementsOf(migration, { cluster: 'main', replicated: false });
    expect(here.join()).not.toContain('Replicated');
  }
});
