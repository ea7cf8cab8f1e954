import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import { replay } from './replay';
import type { ReplayInput } from './replay-input';
import { Stopped } from './stopping';

const TOPIC = 'raw.test';
const ALL = Array.from({ length: 23 }, (_, n) => `record ${n}`);

/** Some records, in batches of 5; stops after `until` of them, as a crash between two batches would. */
const inputOf = (records: readonly string[], until = Infinity, stop = (): void => undefined): ReplayInput => ({
  name: 'test',
  source: { name: 'test', format: { type: 'json' }, mappings: [] },
  topic: TOPIC,
  fingerprint: 'same',
  async *records() {
    for (let at = 0; at < records.length; at += 5) {
      if (at >= until) stop();
      yield { values: records.slice(at, at + 5).map((text) => Buffer.from(text)), progress: null };
    }
  },
  totals: () => null,
});

/** Remembers the first replay, as a data directory does. */
const memory = () => {
  let starts: readonly number[] | null = null;
  return {
    replay: (topic: string, fingerprint: string | null, ends: readonly number[]) => ({
      topic,
      fingerprint,
      starts: (starts ??= ends),
    }),
  };
};

const logOf = async (partitions: number): Promise<MemoryLog> => {
  const log = new MemoryLog(new ManualClock());
  await log.ensure(TOPIC, partitions);
  return log;
};
const contents = async (log: MemoryLog): Promise<string[][]> =>
  Promise.all(
    Array.from({ length: log.partitions(TOPIC) }, async (_, partition) => {
      const { records } = await log.read({ topic: TOPIC, partition }, 0, 1 << 20);
      return records.map(({ value }) => Buffer.from(value ?? []).toString());
    }),
  );
const put = (
  input: ReplayInput,
  log: MemoryLog,
  data: ReturnType<typeof memory>,
  signal = new AbortController().signal,
): Promise<number> => replay(input, log, data, { signal, onProgress: () => undefined, sleep: async () => undefined });

describe.each([1, 2, 3, 8])('%d partitions', (partitions) => {
  const dealt = (records: readonly string[]): string[][] =>
    Array.from({ length: partitions }, (_, p) => records.filter((_record, n) => n % partitions === p));

  test('record n goes into partition n mod P', async () => {
    const log = await logOf(partitions);
    expect(await put(inputOf(ALL), log, memory())).toBe(ALL.length);
    expect(await contents(log)).toEqual(dealt(ALL));
  });

  test('again: nothing is put twice', async () => {
    const log = await logOf(partitions);
    const data = memory();
    await put(inputOf(ALL), log, data);
    await put(inputOf(ALL), log, data);
    expect(await contents(log)).toEqual(dealt(ALL));
  });

  test.each([5, 10, 20])('stopped after %d records it goes on with the first that is missing', async (until) => {
    const log = await logOf(partitions);
    const data = memory();
    const stopping = new AbortController();
    await expect(
      put(
        inputOf(ALL, until, () => stopping.abort()),
        log,
        data,
        stopping.signal,
      ),
    ).rejects.toThrow(Stopped);
    await put(inputOf(ALL), log, data);
    expect(await contents(log)).toEqual(dealt(ALL));
  });

  test('a crash that left the partitions at different lengths leaves no gap and no double', async () => {
    const log = await logOf(partitions);
    const data = memory();
    data.replay(
      TOPIC,
      'same',
      Array.from({ length: partitions }, () => 0),
    );
    // The last batch reached some partitions only.
    const lanes = dealt(ALL.slice(0, 10)).map((lane, p) => (p % 2 === 0 ? lane : lane.slice(0, -1)));
    await log.append(
      lanes.map((lane, partition) => ({
        to: { topic: TOPIC, partition },
        records: lane.map((text) => ({ value: Buffer.from(text) })),
      })),
    );
    await put(inputOf(ALL), log, data);
    expect(await contents(log)).toEqual(dealt(ALL));
  });
});

test('it does not run away from ODS, and stops while it waits', async () => {
  const log = await logOf(1);
  const stopping = new AbortController();
  const many = inputOf(Array.from({ length: 250_000 }, () => 'x'));
  let waits = 0;
  const batches: ReplayInput = {
    ...many,
    async *records() {
      for (let i = 0; i < 25; i++) yield { values: Array.from({ length: 10_000 }, () => Buffer.from('x')), progress: null };
    },
  };
  const running = replay(batches, log, memory(), {
    signal: stopping.signal,
    onProgress: () => undefined,
    sleep: async () => {
      if (++waits === 3) stopping.abort();
    },
  });
  await expect(running).rejects.toThrow(Stopped);
  expect((await log.bounds({ topic: TOPIC, partition: 0 })).end).toBe(110_000);
});
