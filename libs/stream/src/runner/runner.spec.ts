import { MemoryEngine } from '@millrace/testkit';
import { cellOf } from '../cells';
import type { Emission, Emitting, Layer, Operator, Output, RawLayer, TopicPartition } from '../operator';
import type { Frame } from '../frame';
import type { Append, Fetched, Log, Member, Membership } from '../ports';
import type { Emitted } from './emitter';
import { Runner, type RunnerOptions } from './runner';

interface Word {
  readonly text: string;
}

/** Two layers of the smallest kind: lines into words, words into sums that are emitted. */
const splitter: RawLayer = {
  name: 'splitter',
  inputs: ['raw.lines'],
  outputs: { word: 'words' },
  create: () => ({
    process({ value }, _from, out) {
      const [time, ...words] = new TextDecoder().decode(value ?? new Uint8Array()).split(' ');
      for (const text of words) out.emit('word', text, { text });
      return Number(time);
    },
  }),
};

/** Numbers each word of its partition: what it emits shows its state. */
class Numbering implements Operator<Word> {
  #count = 0;
  process({ text }: Word, _watermark_ms: number, out: Output): void {
    if (text === 'poison') throw new Error('cannot work on poison');
    out.emit('numbered', text, { text, n: ++this.#count });
  }
  advance(): void {
    // Time does not matter here.
  }
  settle(): void {
    // Nor do records.
  }
}
const numbering: Layer = {
  name: 'numbering',
  inputs: ['words'],
  outputs: { numbered: 'numbered' },
  lateness_ms: 0,
  create: () => new Numbering(),
};

class Summing implements Operator<Word>, Emitting {
  readonly counts = new Map<string, number>();
  acknowledged = 0;
  pending = 0;
  process({ text }: Word): void {
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
    this.pending++;
  }
  advance(): void {
    // Time does not matter here.
  }
  settle(): void {
    // Nor do records.
  }
  collect(position: number): Emission | null {
    if (this.pending === 0) return null;
    this.pending = 0;
    const texts = [...this.counts.keys()];
    const values = [texts, [...this.counts.values()], texts.map(() => position)];
    const serving = texts.map((key) => ({
      key,
      version: position,
      value: Uint8Array.of(this.counts.get(key) ?? 0),
      expires_ms: Infinity,
    }));
    const progress = { table: 'progress', columns: [], values: [[], [], []], rows: 0, closing: true };
    return { blocks: [progress, { table: 'sums', columns: [], values, rows: texts.length }], serving };
  }
  acknowledge(): void {
    this.acknowledged++;
  }
}

const summed = Summing.prototype.collect;

const WORDS = ['to', 'be', 'or', 'not', 'to', 'be', 'that', 'is', 'the', 'question'];

class Bench {
  readonly engine = new MemoryEngine();
  readonly sums: Summing[] = [];
  readonly summing: Layer = {
    name: 'summing',
    inputs: ['numbered'],
    outputs: {},
    lateness_ms: 0,
    create: () => {
      const operator = new Summing();
      this.sums.push(operator);
      return operator;
    },
  };

  static async open(partitions = 2): Promise<Bench> {
    const bench = new Bench();
    for (const topic of ['raw.lines', 'words', 'numbered']) await bench.engine.log.ensure(topic, partitions);
    return bench;
  }

  runner(options: RunnerOptions = {}, log?: Log): Runner {
    this.sums.length = 0;
    return new Runner(this.engine.ports(log), { raw: [splitter], layers: [numbering, this.summing], ...options });
  }

  lines(...lines: string[]): Promise<void> {
    const { log } = this.engine;
    return log.append(
      lines.map((line, i) => ({
        to: { topic: 'raw.lines', partition: i % log.partitions('raw.lines') },
        records: [{ value: Buffer.from(line) }],
      })),
    );
  }

  async frames(topic: string): Promise<Frame[]> {
    const { log, codec } = this.engine;
    const frames: Frame[] = [];
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      const { records } = await log.read({ topic, partition }, 0, 1 << 30);
      for (const { value } of records) frames.push(codec.decode(value ?? new Uint8Array()));
    }
    return frames;
  }

  /** What readers of a topic keep: rows by their position. Two rows at one position must be equal. */
  async rows(topic: string): Promise<string[]> {
    const found = new Map<string, string>();
    for (const { source, rows, offsets, ordinals } of await this.frames(topic)) {
      for (const [i, row] of rows.entries()) {
        const position = `${source.topic}/${source.partition}:${offsets[i]}.${ordinals[i]}`;
        const text = JSON.stringify(row);
        expect(found.get(position) ?? text).toBe(text);
        found.set(position, text);
      }
    }
    return [...found.values()].sort();
  }

  /** Highest version of each word's sum, as the store would answer. */
  stored(): Record<string, number> {
    const best: Record<string, { n: number; position: number }> = {};
    for (const { values } of this.engine.olap.blocks) {
      for (const [i, text] of (values[0] as string[]).entries()) {
        const n = cellOf(values[1] ?? [], i) as number;
        const position = cellOf(values[2] ?? [], i) as number;
        if (position >= (best[text]?.position ?? -1)) best[text] = { n, position };
      }
    }
    return Object.fromEntries(Object.entries(best).map(([text, { n }]) => [text, n]));
  }
}

/** Forwards to a log, and fails where a test says. */
class FaultyLog implements Log {
  constructor(
    private readonly log: Log,
    private readonly faults: {
      append?: () => void;
      appended?: () => void;
      commit?: () => void;
      read?: (from: TopicPartition) => void | Promise<void>;
    },
  ) {}
  ensure = (topic: string, partitions: number): Promise<void> => this.log.ensure(topic, partitions);
  partitions = (topic: string): number => this.log.partitions(topic);
  append = async (batch: readonly Append[]): Promise<void> => {
    this.faults.append?.();
    await this.log.append(batch);
    this.faults.appended?.();
  };
  read = async (from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> => {
    await this.faults.read?.(from);
    return this.fetched(from, await this.log.read(from, offset, max_bytes));
  };
  bounds = (of: TopicPartition): Promise<{ start: number; end: number }> => this.log.bounds(of);
  commit = async (group: string, of: TopicPartition, offset: number): Promise<void> => {
    this.faults.commit?.();
    await this.log.commit(group, of, offset);
  };
  committed = (group: string, of: TopicPartition): Promise<number> => this.log.committed(group, of);
  groups = (prefix: string): Promise<readonly string[]> => this.log.groups(prefix);
  join = async (member: Member): Promise<Membership> => {
    const joined = await this.log.join(member);
    return {
      read: async (from, offset, max_bytes) => {
        await this.faults.read?.(from);
        return this.fetched(from, await joined.read(from, offset, max_bytes));
      },
      commit: async (of, offset) => {
        this.faults.commit?.();
        await joined.commit(of, offset);
      },
      leave: () => joined.leave(),
    };
  };
  /** What comes between a fetch and its reader. */
  fetched = async (_from: TopicPartition, fetched: Fetched): Promise<Fetched> => fetched;
  close = (): Promise<void> => this.log.close();
}

/** An action that throws at its n-th call. */
const failingAt = (n: number, message: string): (() => void) => {
  let calls = 0;
  return () => {
    if (++calls === n) throw new Error(message);
  };
};

describe('Runner', () => {
  const EXPECTED = { to: 2, be: 2, or: 1, not: 1, that: 1, is: 1, the: 1, question: 1 };
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
    await bench.lines(...WORDS.map((word, i) => `${i} ${word}`));
  });
  afterEach(() => jest.restoreAllMocks());

  const drained = async (runner: Runner): Promise<void> => {
    const run = runner.run();
    await bench.engine.until(Promise.race([runner.drain(), run]));
    await bench.engine.until(runner.stop());
    await run;
  };
  /** Runs until it fails by itself. */
  const failed = (runner: Runner): Promise<unknown> =>
    bench.engine.until(
      runner.run().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  it('drains a chain of layers: all is read, passed on, emitted and committed', async () => {
    await drained(bench.runner());
    expect(bench.stored()).toEqual(EXPECTED);
    const { log, serving, meter } = bench.engine;
    for (const [group, topic] of [
      ['splitter', 'raw.lines'],
      ['numbering.0', 'words'],
      ['summing.0', 'numbered'],
    ] as const) {
      for (const partition of [0, 1]) {
        const { end } = await log.bounds({ topic, partition });
        expect(await log.committed(group, { topic, partition })).toBe(end);
      }
    }
    expect((await serving.get(['be']))[0]?.value[0]).toBe(2);
    expect(meter.counts.get('rows_in')).toBe(3 * WORDS.length);
  });

  it('tells the end of a raw log with the time before that fetch, through the chain', async () => {
    const drained_ms = bench.engine.clock.now_ms();
    const runner = bench.runner();
    await drained(runner);
    runner.measure();
    expect(bench.engine.meter.gauges.get('watermark_timestamp_seconds')).toBeGreaterThanOrEqual(drained_ms / 1000);
  });

  it('is not drained while a slow reader has not seen what was written meanwhile', async () => {
    const { clock, log } = bench.engine;
    const began_ms = clock.now_ms();
    // The raw log is slow, so the readers of words find nothing at first; then they are slow themselves.
    const read = async ({ topic }: TopicPartition): Promise<void> => {
      if (topic === 'raw.lines') await clock.sleep(200);
      if (topic === 'words' && clock.now_ms() > began_ms + 100) await clock.sleep(2_000);
    };
    const runner = bench.runner({}, new FaultyLog(log, { read }));
    const run = runner.run();
    await bench.engine.until(runner.drain());
    expect(bench.stored()).toEqual(EXPECTED);
    await bench.engine.until(runner.stop());
    await run;
  });

  it('is not drained before the end of a slow raw log was told once more', async () => {
    const { clock, log } = bench.engine;
    const read = async ({ topic }: TopicPartition): Promise<void> => {
      if (topic === 'raw.lines') await clock.sleep(200);
    };
    const runner = bench.runner({ tick_interval_ms: 1e9 }, new FaultyLog(log, { read }));
    const run = runner.run();
    for (let drains = 0; drains < 2; drains++) {
      const since_ms = clock.now_ms();
      await bench.engine.until(runner.drain());
      const clocks = (await bench.frames('numbered')).map(({ tick }) => tick?.clock_ms ?? 0);
      expect(Math.max(...clocks)).toBeGreaterThanOrEqual(since_ms);
      await bench.engine.until(clock.sleep(1_000));
    }
    await bench.engine.until(runner.stop());
    await run;
  });

  it('does not tell the end of a log into which a file is replayed', async () => {
    const runner = bench.runner({ idles: () => false });
    await drained(runner);
    runner.measure();
    expect(bench.stored()).toEqual(EXPECTED);
    expect(bench.engine.meter.gauges.get('watermark_timestamp_seconds')).toBeLessThan(1);
  });

  it('does not take the end of a file for told that was found while the file was still being appended', async () => {
    const { clock, log } = bench.engine;
    let appended = false;
    const slow = new FaultyLog(log, {});
    slow.fetched = async (from, fetched) => {
      await clock.sleep(50);
      if (from.topic === 'raw.lines' && !appended) {
        appended = true;
        await bench.lines('10 end', '11 end');
      }
      return fetched;
    };
    await drained(bench.runner({ idles: () => appended }, slow));
    const told = (await bench.frames('words')).flatMap(({ tick }) => (tick !== undefined && tick.clock_ms > 1_000 ? [tick] : []));
    expect(told.length).toBeGreaterThan(0);
    for (const { next_offset } of told) expect(next_offset).toBe(6);
  });

  it('emits on its timer, at once above the bound of waiting rows, and when it is stopped', async () => {
    const { engine } = bench;
    const timed = bench.runner({ emission_interval_ms: 500 });
    const run = timed.run();
    while (engine.olap.blocks.length === 0) await engine.until(engine.clock.sleep(100));
    await engine.until(timed.stop());
    await run;
    expect(bench.stored()).toEqual(EXPECTED);

    await bench.lines('20 more', '21 more');
    engine.olap.blocks.length = 0;
    const bounded = bench.runner({ emission_interval_ms: 1e9, pending_rows: 0 });
    const second = bounded.run();
    while (engine.olap.blocks.length === 0) await engine.until(engine.clock.sleep(100));
    await engine.until(bounded.stop());
    await second;
    expect(bench.stored()).toMatchObject({ more: 2 });
  });

  it('begins an emission at every interval, whatever time the stores take', async () => {
    const { clock, olap } = bench.engine;
    const began_ms = new Set<number>();
    jest.spyOn(Summing.prototype, 'collect').mockImplementation(function (this: Summing, position) {
      began_ms.add(clock.now_ms());
      this.pending++;
      return summed.call(this, position);
    });
    const insert = olap.insert.bind(olap);
    olap.insert = async (blocks) => {
      await clock.sleep(200);
      await insert(blocks);
    };
    const runner = bench.runner({ emission_interval_ms: 500 });
    const run = runner.run();
    while (began_ms.size < 4) await bench.engine.until(clock.sleep(100));
    expect([...began_ms].map((at_ms) => at_ms - Math.min(...began_ms))).toEqual([0, 500, 1_000, 1_500]);
    await bench.engine.until(runner.stop());
    await run;
  });

  it('tells of an emission only when the stores have it, with its position and watermark', async () => {
    const { olap } = bench.engine;
    const told: Emitted[] = [];
    const onEmitted = (emitted: readonly Emitted[]): void => void told.push(...emitted);
    olap.fail = new Error('store is away');
    await failed(bench.runner({ emission_interval_ms: 500, onEmitted }));
    expect(told).toEqual([]);

    await drained(bench.runner({ onEmitted }));
    const { end } = await bench.engine.log.bounds({ topic: 'numbered', partition: 0 });
    const last = told.filter(({ input }) => input.partition === 0).at(-1);
    expect(last).toMatchObject({ layer: 'summing', input: { topic: 'numbered', partition: 0 } });
    expect(last?.position).toBeLessThanOrEqual(end);
    expect(last?.position).toBe(
      Math.max(...olap.blocks.flatMap(({ values }) => [...(values[2] as number[])].filter((at) => at <= end))),
    );
    expect(last?.watermark_ms).toBeGreaterThan(0);
  });

  it('writes what says how far the rows are only when the store has acknowledged all rows', async () => {
    const { engine } = bench;
    const inserts: string[][] = [];
    let acknowledged = 0;
    const { olap } = engine;
    const insert = olap.insert.bind(olap);
    olap.insert = async (blocks) => {
      inserts.push([...new Set(blocks.map(({ table }) => table))]);
      if (blocks.some(({ closing }) => closing === true)) expect(acknowledged).toBe(inserts.length - 1);
      await engine.clock.sleep(500);
      await insert(blocks);
      acknowledged++;
    };
    await drained(bench.runner());
    expect(inserts.slice(0, 2)).toEqual([['sums'], ['progress']]);
    expect(bench.stored()).toEqual(EXPECTED);
  });

  it('goes on after a restart where it was, from a silent replay', async () => {
    await drained(bench.runner());
    const before = await bench.rows('numbered');
    const appended = (await bench.engine.log.bounds({ topic: 'numbered', partition: 0 })).end;
    const progress: number[] = [];
    await bench.engine.serving.close();
    const runner = bench.runner({ onRebuild: ({ position }) => progress.push(position), idles: () => false });
    await bench.engine.until(runner.recovered());
    expect(progress.length).toBeGreaterThan(0);
    expect((await bench.engine.log.bounds({ topic: 'numbered', partition: 0 })).end).toBe(appended);
    // Lost with the process, and put again from state alone.
    expect((await bench.engine.serving.get(['be']))[0]?.value[0]).toBe(2);
    await bench.lines('30 to', '31 to');
    await drained(runner);
    expect(bench.stored()).toEqual({ ...EXPECTED, to: 4 });
    expect(await bench.rows('numbered')).toHaveLength(before.length + 2);
    const written = (await bench.frames('numbered')).reduce((sum, { rows }) => sum + rows.length, 0);
    expect(written).toBe(before.length + 2);
  });

  it.each([
    ['before an append', { append: failingAt(3, 'crash') }],
    ['after an append', { appended: failingAt(3, 'crash') }],
    ['between append and commit', { commit: failingAt(2, 'crash') }],
    ['at a read', { read: failingAt(7, 'crash') }],
  ])('counts nothing twice and loses nothing after a crash %s', async (_, faults) => {
    expect(String(await failed(bench.runner({ fetch_bytes: 1 }, new FaultyLog(bench.engine.log, faults))))).toMatch(/crash/);
    await drained(bench.runner());
    expect(bench.stored()).toEqual(EXPECTED);
    expect(await bench.rows('numbered')).toHaveLength(WORDS.length);
  });

  it('vector 21: a crash after the insert and before the commit doubles nothing', async () => {
    const { olap, log } = bench.engine;
    const commit = (): void => {
      if (olap.blocks.length > 0) throw new Error('crash');
    };
    expect(String(await failed(bench.runner({ emission_interval_ms: 100 }, new FaultyLog(log, { commit }))))).toMatch(/crash/);
    expect(olap.blocks.length).toBeGreaterThan(0);
    await drained(bench.runner());
    expect(bench.stored()).toEqual(EXPECTED);
  });

  it('commits an emitting task only when the stores have its rows (D5)', async () => {
    bench.engine.olap.fail = new Error('store is away');
    expect(await failed(bench.runner({ emission_interval_ms: 500 }))).toMatchObject({ message: 'store is away' });
    expect(bench.sums.map(({ acknowledged }) => acknowledged)).toEqual([0, 0]);
    for (const partition of [0, 1])
      expect(await bench.engine.log.committed('summing.0', { topic: 'numbered', partition })).toBe(0);
    await drained(bench.runner());
    expect(bench.stored()).toEqual(EXPECTED);
  });

  it('stops loudly, and says where, when an operator fails; who waits for it to drain hears so', async () => {
    await bench.lines('40 poison');
    const runner = bench.runner();
    const failure = runner.run();
    await expect(bench.engine.until(runner.drain())).rejects.toMatchObject({
      name: 'TaskError',
      layer: 'numbering',
      input: { topic: 'words' },
    });
    await expect(failure).rejects.toThrow(/numbering stopped at offset \d+ of words\/\d: cannot work on poison/);
    await expect(runner.stop()).rejects.toThrow(/poison/);
  });
});
