import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Complaint, loadSource } from '@millrace/service';
import { fileInput } from './file-input';

const directory = mkdtempSync(join(tmpdir(), 'millrace-input-'));
afterAll(() => rmSync(directory, { recursive: true }));
const events = loadSource('events');

const file = (name: string, content: string | Buffer): string => {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
};
const read = async (
  files: readonly string[],
  signal = new AbortController().signal,
): Promise<{ records: string[]; progress: (number | null)[] }> => {
  const records: string[] = [];
  const progress: (number | null)[] = [];
  for await (const batch of fileInput(files, events).records(signal)) {
    records.push(...batch.values.map((value) => Buffer.from(value).toString()));
    progress.push(batch.progress);
  }
  return { records, progress };
};

test('several files, one of them compressed, in the order given; a last line needs no end', async () => {
  const files = [file('a.log', '1\n2\n'), file('b.log.gz', gzipSync('3\n\n4')), file('c.log', ''), file('d.log', '5\r\n')];
  const { records, progress } = await read(files);
  expect(records).toEqual(['1', '2', '3', '4', '5']);
  expect(progress.at(-1)).toBe(1);
});

test('nothing but an empty file', async () => {
  expect(await read([file('empty.log', '')])).toEqual({ records: [], progress: [1] });
});

test('a large file comes in pieces, with the share that was read', async () => {
  const { records, progress } = await read([file('large.log', `${'x'.repeat(99)}\n`.repeat(30_000))]);
  expect(records).toHaveLength(30_000);
  expect(progress.length).toBeGreaterThan(2);
  expect(progress).toEqual([...progress].sort());
});

test.each([
  ['no gzip at all', 'plain text'],
  ['cut short', gzipSync('x'.repeat(1_000)).subarray(0, 20)],
])('a .gz file that is %s is a complaint', async (_, content) => {
  const path = file('bad.log.gz', content);
  await expect(read([path])).rejects.toThrow(Complaint);
  await expect(read([path])).rejects.toThrow(`${path} cannot be read: `);
});

test('what is not there, or is a folder, is a complaint before anything else begins', () => {
  expect(() => fileInput([join(directory, 'absent')], events)).toThrow(/absent cannot be read: it does not exist\.$/);
  expect(() => fileInput([directory], events)).toThrow(/cannot be read: it is a folder\.$/);
});

test('a stop ends it between two pieces', async () => {
  const stopping = new AbortController();
  const input = fileInput([file('long.log', 'x\n'.repeat(3_000_000))], events);
  let pieces = 0;
  for await (const _ of input.records(stopping.signal)) {
    pieces++;
    stopping.abort();
  }
  expect(pieces).toBe(1);
});

describe('the fingerprint', () => {
  test('is that of the same files, by whatever path, and of no other content', () => {
    const path = file('same.log', 'one\n');
    const before = fileInput([path], events).fingerprint;
    expect(fileInput([join(directory, '.', 'x', '..', 'same.log')], events).fingerprint).toBe(before);
    file('same.log', 'two\n');
    utimesSync(path, new Date(0), new Date(1_000));
    expect(fileInput([path], events).fingerprint).not.toBe(before);
    expect(fileInput([path, path], events).fingerprint).not.toBe(fileInput([path], events).fingerprint);
  });

  test('of standard input is not known', () => expect(fileInput(['-'], events).fingerprint).toBeNull());
});

test('its topic is written by nobody else, whatever the source is called', () => {
  expect(fileInput(['-'], loadSource('http'))).toMatchObject({
    topic: 'raw.replay.http',
    source: { name: 'http', topics: ['raw.replay.http'] },
  });
});
