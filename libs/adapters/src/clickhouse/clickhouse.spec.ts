import type { Block, OlapStore } from '@millrace/stream';
import { olapContract } from '@millrace/testkit/contracts';
import { type Server, startClickHouse } from '@millrace/testkit/servers';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClickHouseStore } from '.';

const directory = mkdtempSync(join(tmpdir(), 'millrace-clickhouse-'));
let server: Server;

beforeAll(async () => {
  const users = join(directory, 'users.xml');
  const config = join(directory, 'config.xml');
  writeFileSync(
    users,
    `<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users>
      <default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
      <millrace><password>it's a "secret" &amp; more</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></millrace>
    </users></clickhouse>`,
  );
  writeFileSync(config, `<clickhouse><users_config>${users}</users_config></clickhouse>`);
  server = await startClickHouse({ directory: join(directory, 'server'), args: [`--config-file=${config}`] });
}, 60_000);
afterAll(async () => {
  await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

olapContract('a ClickHouse server', async () => openClickHouseStore({ url: server.url }));

describe('a ClickHouse server', () => {
  const stores: OlapStore[] = [];
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  const open = (options: Partial<Parameters<typeof openClickHouseStore>[0]> = {}): OlapStore => {
    const store = openClickHouseStore({ url: server.url, timeout_ms: 2_000, ...options });
    stores.push(store);
    return store;
  };
  const block = (table: string, ...values: number[]): Block => ({
    table,
    columns: [{ name: 'n', type: 'UInt32' }],
    values: [values],
    rows: values.length,
  });

  it('is asked under a name and a database of one’s own', async () => {
    const password = `it's a "secret" & more`;
    await open().command('CREATE DATABASE IF NOT EXISTS other');
    const store = open({ username: 'millrace', password, database: 'other' });
    expect(await store.query('SELECT currentUser() AS name, currentDatabase() AS place')).toEqual([{ name: 'millrace', place: 'other' }]);
    const refused = open({ username: 'millrace', password: 'wrong' });
    await expect(refused.query('SELECT 1')).rejects.toMatchObject({ code: '516' });
  });

  it('is sent an insert again that it could not take while it was down', async () => {
    const tried: unknown[] = [];
    const store = open({ onRetry: (failure) => tried.push(failure.what) });
    await store.command('CREATE TABLE patient (n UInt32) ENGINE = ReplacingMergeTree ORDER BY n');
    await server.kill();
    const inserted = store.insert([block('patient', 1, 2, 3)]);
    const behind = store.insert([block('patient', 4)]);
    while (tried.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await server.start();
    await Promise.all([inserted, behind]);
    expect(tried[0]).toBe('insert into patient');
    expect(await store.query('SELECT n FROM patient FINAL ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
  }, 60_000);

  it('is given up after the bound, and not tried again when it refuses for good', async () => {
    const tried: unknown[] = [];
    const store = open({ timeout_ms: 200, bound: { limit_ms: 600, first_ms: 10, longest_ms: 50 }, onRetry: (failure) => tried.push(failure) });
    await store.command('CREATE TABLE bounded (n UInt32) ENGINE = MergeTree ORDER BY n');
    await expect(store.insert([block('nowhere', 1)])).rejects.toThrow(/nowhere/);
    expect(tried).toEqual([]);
    server.pause();
    try {
      await expect(store.insert([block('bounded', 1)])).rejects.toThrow();
      expect(tried.length).toBeGreaterThan(0);
    } finally {
      server.resume();
    }
  }, 30_000);

  it('reads what was compressed on the way', async () => {
    const store = open({ compress: true });
    await store.command('CREATE TABLE packed (n UInt32) ENGINE = MergeTree ORDER BY n');
    await store.insert([block('packed', ...Array.from({ length: 50_000 }, (_, i) => i))]);
    expect(await store.query('SELECT count() AS rows, sum(n) AS sum FROM packed')).toEqual([{ rows: 50_000, sum: 1_249_975_000 }]);
  });
});
