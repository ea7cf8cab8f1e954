import { servingContract } from '@millrace/testkit/contracts';
import { type Server, startRedis } from '@millrace/testkit/servers';
import type { ServingEntry } from '@millrace/stream';
import { Redis } from 'ioredis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServingStore } from '.';
import { redisClient } from './client';
import { packEntries } from './packed';
import { byTag } from './tags';

const directory = mkdtempSync(join(tmpdir(), 'millrace-redis-'));
let server: Server;
let control: Redis;

beforeAll(async () => {
  server = await startRedis({ directory, args: ['--appendonly', 'no'] });
  control = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 20 });
  control.on('error', () => undefined);
}, 60_000);
afterAll(async () => {
  control.disconnect();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => control.flushall());

const missed = jest.fn();
const open = (): RedisServingStore =>
  new RedisServingStore({ place: { kind: 'single', at: { host: '127.0.0.1', port: server.port } }, onMissed: missed });
const entry = (key: string, version = 1): ServingEntry => ({
  key: `{dws:1}:${key}`,
  version,
  value: Uint8Array.of(version),
  expires_ms: Date.now() + 60_000,
});

servingContract('RedisServingStore', async () => {
  const store = open();
  return { store, now_ms: () => Date.now(), pass: (ms) => sleep(ms), dispose: () => store.close() };
});

test('a value that is written again keeps its time, and takes a later or an earlier one', async () => {
  const store = open();
  const soon = Date.now() + 60_000;
  const expiries = async (): Promise<unknown[]> =>
    Promise.all(['a', 'b', 'c'].map((key) => control.call('PEXPIRETIME', `{dws:1}:${key}`)));
  const put = (version: number, times: readonly number[], complete = false): Promise<boolean> =>
    store.put(
      times.map((expires_ms, i) => ({ ...entry('abc'[i] ?? '', version), expires_ms })),
      complete,
    );
  await put(1, [soon, soon, soon], true);
  await put(2, [soon, soon + 5, soon - 5]);
  const newer = await expiries();
  await put(1, [soon + 9, soon + 9, soon + 9]);
  const older = await expiries();
  await store.close();
  expect({ newer, older }).toEqual({ newer: [soon, soon + 5, soon - 5], older: [soon, soon + 5, soon - 5] });
});

test('keys of one tag go together, wherever their braces are', () => {
  const keys = ['{a}:1', '{a}:2', '{ab}:1', 'x{a}', '{a', '{}{a}', '{a}:3', 'plain', 'plainer'];
  const groups = [...byTag(keys, (key) => key)];
  expect(groups).toEqual([
    ['{a}', ['{a}:1', '{a}:2', 'x{a}', '{a}:3']],
    ['{ab}', ['{ab}:1']],
    ['{{a}', ['{a']],
    ['{{}{a}}', ['{}{a}']],
    ['{plain}', ['plain']],
    ['{plainer}', ['plainer']],
  ]);
});

describe('a Redis that loses what it had', () => {
  let store: RedisServingStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());
  const versions = async (...keys: string[]): Promise<(number | undefined)[]> =>
    (await store.get(keys.map((key) => `{dws:1}:${key}`))).map((found) => found?.version);

  it('takes no changes before it was filled: it never looks whole when it is not', async () => {
    expect(await store.put([entry('a')])).toBe(false);
    expect(await versions('a')).toEqual([undefined]);
    expect(await store.put([entry('a'), entry('b')], true)).toBe(true);
    expect(await store.put([entry('a', 2)])).toBe(true);
    expect(await versions('a', 'b')).toEqual([2, 1]);
  });

  it('says so after it was flushed, even when there is nothing new', async () => {
    await store.put([entry('a'), entry('b')], true);
    expect(await store.put([])).toBe(true);
    await control.flushall();
    expect(await store.put([])).toBe(false);
    expect(await store.put([entry('a', 2)])).toBe(false);
    expect(await versions('a', 'b')).toEqual([undefined, undefined]);
    expect(await store.put([entry('a', 2), entry('b')], true)).toBe(true);
    expect(await versions('a', 'b')).toEqual([2, 1]);
  });

  it('does not take a fill for complete that was flushed half-way', async () => {
    const client = redisClient({ place: { kind: 'single', at: { host: '127.0.0.1', port: server.port } } });
    const call = async (fill: string, place: string, version: number): Promise<number> => {
      const one = entry('a', version);
      const keys = ['{dws:1}:complete', '{dws:1}:filling', one.key];
      return (await client.servingPut(keys.length, ...keys, packEntries([one]), fill, place))[0];
    };
    expect([await call('x', 'first', 1), await call('x', '', 2)]).toEqual([1, 1]);
    await control.flushall();
    expect([await call('x', '', 3), await call('x', 'last', 4), await call('', '', 5)]).toEqual([0, 0, 0]);
    expect([await call('y', 'first', 1), await call('z', 'last', 2), await call('y', 'last', 3)]).toEqual([1, 0, 1]);
    expect(await call('', '', 4)).toBe(1);
    client.disconnect();
  });

  it('is not waited for while it is away, and asked to be filled when it is back', async () => {
    await store.put([entry('a')], true);
    missed.mockClear();
    await server.kill();
    expect(await store.put([entry('a', 2)])).toBe(true);
    expect(missed).toHaveBeenCalledTimes(1);
    await expect(store.get(['{dws:1}:a'])).rejects.toThrow();
    await expect(store.ping()).rejects.toThrow();
    await server.start();
    while (await store.put([entry('b', 2)]));
    expect(await store.put([entry('a', 2), entry('b', 2)], true)).toBe(true);
    expect(await store.put([])).toBe(true);
    expect(await versions('a', 'b')).toEqual([2, 2]);
    await store.ping();
  }, 30_000);

  it('is taken for lost when its process is another, whatever it still has', async () => {
    await store.put([entry('a')], true);
    await control.call('SAVE');
    await server.kill();
    await server.start();
    await control.ping();
    const { kept, stands } = { kept: await store.put([]), stands: await control.exists('{dws:1}:complete') };
    expect({ kept, stands }).toEqual({ kept: false, stands: 1 });
  }, 30_000);

  it('ends the writer when it refuses for a reason that no waiting mends', async () => {
    await store.put([entry('a')], true);
    await control.call('DEL', '{dws:1}:a');
    await control.call('LPUSH', '{dws:1}:a', 'a list');
    await expect(store.put([entry('a', 2)])).rejects.toThrow(/WRONGTYPE/);
  });
});
