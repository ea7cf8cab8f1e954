import type { ServingEntry } from '@millrace/stream';
import { servingContract } from '@millrace/testkit/contracts';
import { freePort, Server, startRedis } from '@millrace/testkit/servers';
import { Redis } from 'ioredis';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServingStore } from '.';

const directory = mkdtempSync(join(tmpdir(), 'millrace-redis-many-'));
const servers: Server[] = [];
afterAll(async () => {
  for (const server of servers) await server.kill();
  rmSync(directory, { recursive: true, force: true });
});

const HOST = '127.0.0.1';
const started = async (name: string, args: readonly string[]): Promise<Server> => {
  const server = await startRedis({ directory: join(directory, name), args });
  servers.push(server);
  return server;
};
const asked = (port: number, ...command: [string, ...string[]]): string =>
  execFileSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' });
const until = async (met: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await met())) await sleep(20);
};
const entry = (key: string, version = 1): ServingEntry => ({
  key,
  version,
  value: Uint8Array.of(version),
  expires_ms: Date.now() + 60_000,
});

describe('a cluster', () => {
  let nodes: Server[];
  const open = (): RedisServingStore =>
    new RedisServingStore({ place: { kind: 'cluster', nodes: [{ host: HOST, port: nodes[0]?.port ?? 0 }] } });

  beforeAll(async () => {
    // One after the other: a cluster's bus listens at a second port, 10 000 above the first.
    nodes = [];
    for (const name of ['c1', 'c2', 'c3']) {
      let port = await freePort();
      while (port > 50_000) port = await freePort();
      const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--appendonly', 'no', '--cluster-require-full-coverage', 'no'];
      const server = await startRedis({ directory: join(directory, name), port, args });
      servers.push(server);
      nodes.push(server);
    }
    const addresses = nodes.map(({ port }) => `${HOST}:${port}`);
    execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes']);
    await until(() => nodes.every(({ port }) => asked(port, 'cluster', 'info').includes('cluster_state:ok')));
  }, 60_000);
  beforeEach(() => nodes.forEach(({ port }) => asked(port, 'flushall')));

  servingContract('RedisServingStore on a cluster', async () => {
    const store = open();
    return { store, now_ms: () => Date.now(), pass: (ms) => sleep(ms), dispose: () => store.close() };
  });

  it('holds partitions on all its nodes, and only those of a node that was emptied must be filled again', async () => {
    const store = open();
    const all = Array.from({ length: 12 }, (_, partition) => entry(`{dws:${partition}}:progress`));
    expect(await store.put(all, true)).toBe(true);
    expect(nodes.every(({ port }) => Number(asked(port, 'dbsize')) > 0)).toBe(true);
    expect(await store.put([])).toBe(true);
    await nodes[1]?.kill();
    await nodes[1]?.start();
    await until(() => asked(nodes[1]?.port ?? 0, 'cluster', 'info').includes('cluster_state:ok'));
    await until(async () => !(await store.put([])));
    const standing = (await store.get(all.map(({ key }) => key))).filter((found) => found !== null);
    expect(standing.length).toBeGreaterThan(0);
    expect(standing.length).toBeLessThan(12);
    expect(await store.put(all, true)).toBe(true);
    expect(await store.put([])).toBe(true);
    expect((await store.get(all.map(({ key }) => key))).every((found) => found?.version === 1)).toBe(true);
    await store.close();
  }, 30_000);
});

describe('sentinels', () => {
  let master: Server;
  let replica: Server;
  let sentinel: Server;

  beforeAll(async () => {
    master = await started('master', ['--appendonly', 'no']);
    replica = await started('replica', ['--appendonly', 'no', '--replicaof', HOST, String(master.port), '--repl-diskless-sync-delay', '0']);
    await until(() => asked(replica.port, 'info', 'replication').includes('master_link_status:up'));
    const port = await freePort();
    const configuration = join(directory, 'sentinel.conf');
    writeFileSync(
      configuration,
      [
        `port ${port}`,
        `bind ${HOST}`,
        `sentinel monitor warehouse ${HOST} ${master.port} 1`,
        'sentinel down-after-milliseconds warehouse 400',
        'sentinel failover-timeout warehouse 2000',
        '',
      ].join('\n'),
    );
    sentinel = await Server.at(
      {
        name: 'Sentinel',
        url: `${HOST}:${port}`,
        port,
        command: ['redis-server', configuration, '--sentinel'],
        probe: async () => {
          const client = new Redis(port, HOST, { retryStrategy: null, lazyConnect: true });
          await client.connect().then(() => client.call('PING')).finally(() => client.disconnect());
        },
      },
      { directory: join(directory, 'sentinel') },
    );
    servers.push(sentinel);
    await until(() => asked(sentinel.port, 'sentinel', 'replicas', 'warehouse').includes(String(replica.port)));
  }, 60_000);

  const open = (): RedisServingStore =>
    new RedisServingStore({ place: { kind: 'sentinel', sentinels: [{ host: HOST, port: sentinel.port }], master: 'warehouse' } });

  servingContract('RedisServingStore behind a sentinel', async () => {
    asked(master.port, 'flushall');
    const store = open();
    return { store, now_ms: () => Date.now(), pass: (ms) => sleep(ms), dispose: () => store.close() };
  });

  it('name another master when theirs is gone: it is filled again, for it may have missed the last', async () => {
    asked(master.port, 'flushall');
    const store = open();
    await store.put([entry('{dws:1}:a'), entry('{dws:1}:b')], true);
    await master.kill();
    // It is gone for some time, and then it is another process.
    await until(async () => !(await store.put([entry('{dws:1}:a', 2)])));
    expect(asked(replica.port, 'info', 'replication')).toContain('role:master');
    expect(await store.put([entry('{dws:1}:a', 2), entry('{dws:1}:b')], true)).toBe(true);
    expect(await store.put([])).toBe(true);
    expect((await store.get(['{dws:1}:a', '{dws:1}:b'])).map((found) => found?.version)).toEqual([2, 1]);
    await store.close();
  }, 60_000);
});
