import { DEFAULT_RULES } from '@millrace/ads';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Complaint } from '@millrace/service';
import { DataDirectory } from './data-directory';

const root = mkdtempSync(join(tmpdir(), 'millrace-data-'));
afterAll(() => rmSync(root, { recursive: true }));
let data: string;
let count = 0;
beforeEach(() => (data = join(root, String(++count))));

const open = (given: Partial<Parameters<typeof DataDirectory.open>[0]> = {}): Promise<DataDirectory> =>
  DataDirectory.open({ data, fresh: false, rules: DEFAULT_RULES, partitions: 2, ...given });

test('without a directory a temporary one, which goes with the run', async () => {
  const directory = await open({ data: null });
  mkdirSync(directory.log);
  expect(existsSync(directory.path)).toBe(true);
  directory.close();
  expect(existsSync(directory.path)).toBe(false);
});

test('a given one is made and stays', async () => {
  const directory = await open({ data: join(data, 'deep', 'down') });
  directory.close();
  expect(existsSync(join(data, 'deep', 'down', 'manifest.json'))).toBe(true);
});

const onLinux = existsSync('/proc/self') ? test : test.skip;
onLinux('where the system refuses it, a complaint, not an endless attempt', async () => {
  await expect(open({ data: '/proc/millrace' })).rejects.toThrow(/^The data directory \/proc\/millrace cannot be used: /);
});

test('the same rules and partitions may go on, others are refused, --fresh starts over', async () => {
  await open();
  await open();
  const rules = { ...DEFAULT_RULES, repeat_within_ms: 0 };
  await expect(open({ rules })).rejects.toThrow(/are refused: they were made by other rules: .* --fresh\.$/);
  await expect(open({ partitions: 3 })).rejects.toThrow(/have 2 partitions\. Use --partitions 2/);
  await open({ rules, partitions: 3, fresh: true });
  await open({ rules, partitions: 3 });
});

test('--fresh takes away what a run made, and nothing else', async () => {
  const directory = await open();
  mkdirSync(directory.log);
  mkdirSync(directory.olap);
  writeFileSync(join(data, 'mine.txt'), '');
  await open({ fresh: true });
  expect([directory.log, directory.olap, join(data, 'mine.txt')].map((path) => existsSync(path))).toEqual([false, false, true]);
});

test('a folder called log that no run made is left alone, with --fresh too', async () => {
  mkdirSync(join(data, 'log'), { recursive: true });
  await expect(open({ fresh: true })).rejects.toThrow(/holds log, which Millrace did not make/);
  expect(existsSync(join(data, 'log'))).toBe(true);
});

test('what cannot be a directory, and a damaged manifest, are complaints', async () => {
  writeFileSync(data, '');
  await expect(open()).rejects.toThrow(new Complaint(`The data directory ${data} cannot be used: a file has that name.`));
  rmSync(data);
  await open();
  writeFileSync(join(data, 'manifest.json'), '{"rules": ');
  await expect(open()).rejects.toThrow(/manifest\.json is damaged\. Remove /);
});

describe('a replay', () => {
  test('of the same input is the one that is remembered, over runs', async () => {
    expect((await open()).replay('raw.a', 'one', [0, 0]).starts).toEqual([0, 0]);
    expect((await open()).replay('raw.a', 'one', [7, 6]).starts).toEqual([0, 0]);
  });

  test('of another input, or into another topic, begins at the ends', async () => {
    const directory = await open();
    directory.replay('raw.a', 'one', [0, 0]);
    expect(directory.replay('raw.b', 'one', [3, 3]).starts).toEqual([3, 3]);
    expect(directory.replay('raw.a', 'two', [7, 6]).starts).toEqual([7, 6]);
    expect(directory.replay('raw.a', 'one', [9, 9]).starts).toEqual([9, 9]);
  });

  test('of what cannot be known is always a new one', async () => {
    const directory = await open();
    directory.replay('raw.a', null, [0, 0]);
    expect(directory.replay('raw.a', null, [5, 5]).starts).toEqual([5, 5]);
  });
});

test('the sources of all runs are read on, each by its latest declaration', async () => {
  const source = (name: string, description: string, topics?: string[]) =>
    ({ name, description, format: { type: 'json' }, mappings: [{ identity: true }], ...(topics ? { topics } : {}) }) as const;
  (await open()).sourcesWith([source('http', 'served'), source('http', 'replayed', ['raw.replay.http'])]);
  const sources = (await open()).sourcesWith([source('http', 'served'), source('shop', 'new'), source('shop', 'newer')]);
  expect(sources.map(({ description }) => description)).toEqual(['served', 'replayed', 'newer']);
});
