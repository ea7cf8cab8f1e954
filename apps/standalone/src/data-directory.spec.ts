import { DEFAULT_RULES } from '@millrace/ads';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Complaint } from './complaint';
import { DataDirectory } from './data-directory';

const root = mkdtempSync(join(tmpdir(), 'millrace-data-'));
afterAll(() => rmSync(root, { recursive: true }));
let data: string;
let count = 0;
beforeEach(() => (data = join(root, String(++count))));

const open = (given: Partial<Parameters<typeof DataDirectory.open>[0]> = {}): DataDirectory =>
  DataDirectory.open({ data, fresh: false, rules: DEFAULT_RULES, partitions: 2, ...given });

test('without a directory a temporary one, which goes with the run', () => {
  const directory = open({ data: null });
  mkdirSync(directory.log);
  expect(existsSync(directory.path)).toBe(true);
  directory.close();
  expect(existsSync(directory.path)).toBe(false);
});

test('a given one is made and stays', () => {
  const directory = open({ data: join(data, 'deep', 'down') });
  directory.close();
  expect(existsSync(join(data, 'deep', 'down', 'manifest.json'))).toBe(true);
});

test('the same rules and partitions may go on, others are refused, --fresh starts over', () => {
  open();
  open();
  const rules = { ...DEFAULT_RULES, repeat_within_ms: 0 };
  expect(() => open({ rules })).toThrow(/were made by other rules .* --fresh\.$/);
  expect(() => open({ partitions: 3 })).toThrow(/have 2 partitions\. Use --partitions 2/);
  open({ rules, partitions: 3, fresh: true });
  open({ rules, partitions: 3 });
});

test('--fresh takes away what a run made, and nothing else', () => {
  const directory = open();
  mkdirSync(directory.log);
  mkdirSync(directory.olap);
  writeFileSync(join(data, 'mine.txt'), '');
  open({ fresh: true });
  expect([directory.log, directory.olap, join(data, 'mine.txt')].map((path) => existsSync(path))).toEqual([false, false, true]);
});

test('a folder called log that no run made is left alone, with --fresh too', () => {
  mkdirSync(join(data, 'log'), { recursive: true });
  expect(() => open({ fresh: true })).toThrow(/holds log, which Millrace did not make/);
  expect(existsSync(join(data, 'log'))).toBe(true);
});

test('what cannot be a directory, and a damaged manifest, are complaints', () => {
  writeFileSync(data, '');
  expect(() => open()).toThrow(new Complaint(`The data directory ${data} cannot be used: a file has that name.`));
  rmSync(data);
  open();
  writeFileSync(join(data, 'manifest.json'), '{"rules": ');
  expect(() => open()).toThrow(/manifest\.json is damaged\. Start over with --fresh/);
  open({ fresh: true });
});

describe('a replay', () => {
  test('of the same input is the one that is remembered, over runs', () => {
    expect(open().replay('raw.a', 'one', [0, 0]).starts).toEqual([0, 0]);
    expect(open().replay('raw.a', 'one', [7, 6]).starts).toEqual([0, 0]);
  });

  test('of another input, or into another topic, begins at the ends', () => {
    const directory = open();
    directory.replay('raw.a', 'one', [0, 0]);
    expect(directory.replay('raw.b', 'one', [3, 3]).starts).toEqual([3, 3]);
    expect(directory.replay('raw.a', 'two', [7, 6]).starts).toEqual([7, 6]);
    expect(directory.replay('raw.a', 'one', [9, 9]).starts).toEqual([9, 9]);
  });

  test('of what cannot be known is always a new one', () => {
    const directory = open();
    directory.replay('raw.a', null, [0, 0]);
    expect(directory.replay('raw.a', null, [5, 5]).starts).toEqual([5, 5]);
  });
});
