import type { TopicPartition } from '@millrace/stream';
import { logContract } from '@millrace/testkit';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileLog, type FileLogOptions, LogCorruptionError, LogLockedError } from '.';

const P0: TopicPartition = { topic: 't', partition: 0 };
const MANY_BYTES = 1 << 20;
const clock = { now_ms: () => 1_000 };

const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), 'millrace-log-'));
const remove = (directory: string): Promise<void> => rm(directory, { recursive: true, force: true });

for (const options of [{ fsync: 'never' }, { fsync: 'always' }, { fsync: 'never', segment_bytes: 64 }] as const) {
  logContract(`FileLog ${JSON.stringify(options)}`, async () => {
    const directory = await temporary();
    const log = await FileLog.open(directory, { clock, ...options });
    return {
      log,
      truncate: (of, offset) => log.truncate(of, offset),
      dispose: async () => {
        await log.close();
        await remove(directory);
      },
    };
  });
}

describe('FileLog', () => {
  let directory: string;
  let log: FileLog;
  const warnings: string[] = [];
  const open = (options: Partial<FileLogOptions> = {}): Promise<FileLog> =>
    FileLog.open(directory, { clock, warn: (warning) => warnings.push(warning), ...options });
  const append = (...values: string[]): Promise<void> =>
    log.append([{ to: P0, records: values.map((value) => ({ value: Buffer.from(value) })) }]);
  const values = async (offset = 0): Promise<string[]> =>
    (await log.read(P0, offset, MANY_BYTES)).records.map(({ value }) => String(value));
  const segments = async (): Promise<string[]> =>
    (await readdir(join(directory, 'topics/t/0'))).filter((name) => name.endsWith('.log')).sort();
  const segment = (name = '0000000000000000.log'): string => join(directory, 'topics/t/0', name);

  beforeEach(async () => {
    warnings.length = 0;
    directory = await temporary();
    log = await open();
    await log.ensure('t', 1);
  });
  afterEach(async () => {
    await log.close();
    await remove(directory);
  });

  it('is found again as it was left', async () => {
    await append('a', 'b');
    await log.commit('g', P0, 1);
    await log.close();
    log = await open();
    expect(log.topics()).toEqual(['t']);
    await append('c');
    expect(await values()).toEqual(['a', 'b', 'c']);
    expect(await log.committed('g', P0)).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('stores a position only when the disk has the log that it speaks of', async () => {
    const groups = (): Promise<string> => readFile(join(directory, 'groups.json'), 'utf8').catch(() => '{}');
    await append('a', 'b');
    await log.commit('g', P0, 2);
    expect(await log.committed('g', P0)).toBe(2);
    // The machine may stop here, and the disk have neither.
    expect(await groups()).toBe('{}');
    await log.sync();
    await log.commit('g', P0, 3);
    expect(JSON.parse(await groups())).toEqual({ 'g t/0': 2 });
    await log.close();
    expect(JSON.parse(await groups())).toEqual({ 'g t/0': 3 });
    log = await open({ fsync: 'always' });
    await log.commit('g', P0, 4);
    expect(JSON.parse(await groups())).toEqual({ 'g t/0': 4 });
  });

  it.each([1, 20, 33, 40])('cuts off an append of which only %i bytes were written, and says so', async (bytes) => {
    await append('a', 'b');
    const whole = await readFile(segment());
    await append('never acknowledged');
    await log.close();
    await truncate(segment(), whole.length + bytes);
    log = await open();
    expect(await values()).toEqual(['a', 'b']);
    expect(warnings).toEqual([expect.stringContaining(`cut ${bytes} bytes`)]);
    await append('c');
    await log.close();
    log = await open();
    expect(await values()).toEqual(['a', 'b', 'c']);
  });

  it('cuts off a last append whose bytes are not what was written', async () => {
    await append('a');
    const { length } = await readFile(segment());
    await append('b');
    await log.close();
    const bytes = await readFile(segment());
    bytes[length + 40] = 0xff;
    await writeFile(segment(), bytes);
    log = await open();
    expect(await values()).toEqual(['a']);
  });

  it.each(['value', 'length'])('refuses a segment with a damaged %s in the middle', async (what) => {
    await append('aaaa');
    await append('bbbb');
    await log.close();
    const bytes = await readFile(segment());
    if (what === 'value') bytes[46] = 0xff;
    else bytes.writeUInt32LE(1 << 30, 4);
    await writeFile(segment(), bytes);
    await expect(open()).rejects.toBeInstanceOf(LogCorruptionError);
    await writeFile(segment(), '');
    log = await open();
  });

  it('notices damage in a finished segment when it is read', async () => {
    await log.close();
    log = await open({ segment_bytes: 1 });
    await append('aaaa');
    await append('bbbb');
    expect(await segments()).toHaveLength(2);
    const bytes = await readFile(segment());
    bytes[46] = 0xff;
    await writeFile(segment(), bytes);
    await expect(log.read(P0, 0, MANY_BYTES)).rejects.toBeInstanceOf(LogCorruptionError);
    expect(await values(1)).toEqual(['bbbb']);
  });

  it('reads across segments, large and small batches, from every offset', async () => {
    await log.close();
    log = await open({ segment_bytes: 300_000 });
    const written = Array.from({ length: 900 }, (_, i) => `${i} `.padEnd(i % 97 === 0 ? 50_000 : 100, 'x'));
    for (let i = 0; i < written.length;) {
      const count = 1 + ((i * 7) % 40);
      await append(...written.slice(i, i + count));
      i += count;
    }
    await log.close();
    log = await open({ segment_bytes: 300_000 });
    for (let offset = 899; offset >= 0; offset -= 31) expect((await values(offset))[0]).toBe(written[offset]);
    const read: string[] = [];
    while (read.length < written.length)
      read.push(...(await log.read(P0, read.length, 70_000)).records.map(({ value }) => String(value)));
    expect(read).toEqual(written);
  });

  it('cuts a large append so that a fetch stays bounded', async () => {
    await append(...Array.from({ length: 3_000 }, () => 'x'.repeat(1_000)));
    const { records } = await log.read(P0, 1_500, 100_000);
    expect(records[0]?.offset).toBe(1_500);
    expect(records.length).toBeLessThan(120);
  });

  it('removes the segments before a truncation, and remembers its start', async () => {
    await log.close();
    log = await open({ segment_bytes: 1 });
    for (const value of ['a', 'b', 'c']) await append(value);
    await log.truncate(P0, 2);
    expect(await segments()).toEqual(['0000000000000002.log']);
    await log.close();
    log = await open();
    expect(await log.bounds(P0)).toEqual({ start: 2, end: 3 });
    expect(await values(2)).toEqual(['c']);
  });

  it('does not keep half a topic', async () => {
    await log.close();
    const draft = join(directory, 'topics/.half/0');
    await mkdir(draft, { recursive: true });
    log = await open();
    expect(log.topics()).toEqual(['t']);
    await log.ensure('half', 2);
    expect(log.partitions('half')).toBe(2);
  });

  it.each(['', '..', 'a/b', '.hidden'])('refuses %j as the name of a topic', async (name) => {
    await expect(log.ensure(name, 1)).rejects.toThrow(/no name for a topic/);
  });

  describe('lock', () => {
    it('keeps a second log out of the directory, and lets it in afterwards', async () => {
      await expect(open()).rejects.toBeInstanceOf(LogLockedError);
      await log.close();
      log = await open();
    });

    it('names the process that holds it', async () => {
      await log.close();
      await writeFile(join(directory, 'lock'), String(process.ppid));
      await expect(open()).rejects.toMatchObject({ name: 'LogLockedError', pid: process.ppid });
      await rm(join(directory, 'lock'));
      log = await open();
    });

    it('keeps what is in use from being erased; the rest goes as a whole', async () => {
      await expect(FileLog.erase(directory)).rejects.toThrow(LogLockedError);
      await log.close();
      await FileLog.erase(directory);
      log = await open();
      expect(log.topics()).toEqual([]);
    });

    it('takes over from a process that died', async () => {
      await log.close();
      const { pid } = spawnSync(process.execPath, ['--version']);
      await writeFile(join(directory, 'lock'), String(pid));
      log = await open();
      expect(await readFile(join(directory, 'lock'), 'utf8')).toBe(String(process.pid));
    });
  });
});
