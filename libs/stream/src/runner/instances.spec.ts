import { checksum, CountingMeter, MemoryEngine, MemoryVolume } from '@millrace/testkit';
import type { Layer, Operator, Output, RawLayer, Snapshotting, StatePart, StateParts, TopicPartition } from '../operator';
import type { SnapshotVolume } from '../ports';
import { StateWriter } from '../state/writer';
import { proceed } from './continuity';
import type { RecoveryEvent } from './recover';
import { Runner, type RunnerOptions } from './runner';

interface Word {
  readonly text: string;
}

/** Numbers the words of a partition: what it sends on shows its state. */
class Numbering implements Operator<Word>, Snapshotting {
  readonly layout = 1;
  count = 0;
  process({ text }: Word, _watermark_ms: number, out: Output): void {
    out.emit('numbered', text, { text, n: ++this.count });
  }
  advance(): void {
    // Time does not matter here.
  }
  settle(): void {
    // Nor do records.
  }
  snapshot(): StatePart[] {
    return [{ name: 'count', revision: null, capture: () => new StateWriter().count(this.count).finish() }];
  }
  restore(parts: StateParts): void {
    this.count = parts.read('count').count();
  }
}
const numbering: Layer = {
  name: 'numbering',
  inputs: ['words'],
  outputs: { numbered: 'numbered' },
  lateness_ms: 0,
  reach_ms: { words: 0 },
  create: () => new Numbering(),
};
const splitter: RawLayer = {
  name: 'splitter',
  inputs: ['raw'],
  outputs: { word: 'words' },
  create: () => ({
    process({ value }, _from, out) {
      const text = new TextDecoder().decode(value ?? new Uint8Array());
      out.emit('word', text, { text });
      return 1;
    },
  }),
};

/** A cluster of processes over one log; each ordinal has its volume. */
class Cluster {
  readonly engine = new MemoryEngine();
  readonly volumes = [new MemoryVolume(), new MemoryVolume(), new MemoryVolume()];
  readonly events: RecoveryEvent[] = [];
  #written = 0;

  static async of(partitions: number): Promise<Cluster> {
    const cluster = new Cluster();
    for (const topic of ['raw', 'words']) await cluster.engine.log.ensure(topic, partitions);
    await cluster.engine.log.ensure('numbered', 1);
    return cluster;
  }

  process(
    ordinal = 0,
    replicas = 1,
    options: RunnerOptions = {},
    volume: SnapshotVolume = this.volumes[ordinal] ?? new MemoryVolume(),
  ): Runner {
    return new Runner(
      { ...this.engine.ports(), snapshots: { volume, checksum } },
      {
        layers: [numbering],
        instance: { ordinal, replicas },
        snapshot_interval_ms: 0,
        decision_poll_ms: 20,
        onRecovery: (event) => this.events.push(event),
        ...options,
      },
    );
  }

  /** So many words, one a record, in turn over the partitions. */
  async words(count: number, clock_ms = 0): Promise<void> {
    const { log, codec } = this.engine;
    const partitions = log.partitions('words');
    for (let i = 0; i < count; i++) {
      const n = this.#written++;
      const to = { topic: 'words', partition: n % partitions };
      const tick = { writer: 'raw/0', next_offset: n, clock_ms, known: ['raw/0'] };
      const frame = {
        source: { topic: 'raw', partition: 0 },
        rows: [{ text: `w${n}` }],
        offsets: [n],
        ordinals: [0],
        clocks: [clock_ms],
        tick,
      };
      await log.append([{ to, records: [{ value: codec.encode(frame) }] }]);
    }
  }

  /** All of them at once, until everything is worked off; then they stop in order. */
  async run(...processes: readonly Runner[]): Promise<void> {
    const runs = processes.map((process) => process.run());
    await this.engine.until(Promise.all(processes.map((process) => process.drain())));
    await this.engine.until(Promise.all(processes.map((process) => process.stop())));
    await Promise.all(runs);
  }

  /** Rows that were sent on: `partition/offset` → what it says; equal where it was said again. */
  async numbered(): Promise<{ rows: Map<string, string>; said: number }> {
    const { log, codec } = this.engine;
    const rows = new Map<string, string>();
    let said = 0;
    const { records } = await log.read({ topic: 'numbered', partition: 0 }, 0, 1 << 30);
    for (const { value } of records) {
      const { source, epoch = 1, offsets, rows: found } = codec.decode(value ?? new Uint8Array());
      found.forEach((row, i) => {
        const position = `${source.topic}.${epoch}/${source.partition}@${String(offsets[i])}`;
        const text = JSON.stringify(row);
        expect(rows.get(position) ?? text).toBe(text);
        rows.set(position, text);
        said++;
      });
    }
    return { rows, said };
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind).filter((kind) => kind !== 'recovered');
  }
}

const P = (partition: number): TopicPartition => ({ topic: 'words', partition });
/** What ended it. */
const endOf = (run: Promise<void>): Promise<unknown> =>
  run.then(
    () => null,
    (error: unknown) => error,
  );

describe('instances', () => {
  it('2 → 3 → 2: each goes on where the partition was, whoever had it; nothing is lost, and nothing old is said again', async () => {
    const cluster = await Cluster.of(6);
    const all = (replicas: number): Runner[] =>
      Array.from({ length: replicas }, (_, ordinal) => cluster.process(ordinal, replicas));
    for (const replicas of [2, 3, 2, 3]) {
      await cluster.words(30);
      await cluster.run(...all(replicas));
    }
    const { rows, said } = await cluster.numbered();
    expect(said).toBe(120);
    // The last word of each partition knows of all before it.
    for (let partition = 0; partition < 6; partition++)
      expect(rows.get(`words.1/${partition}@19`)).toBe(JSON.stringify({ text: `w${114 + partition}`, n: 20 }));
    expect(cluster.kinds()).not.toContain('passed over');
  });

  it('a volume so old that the log has gone on without it is passed over: the state is made from what the log holds', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(4);
    await cluster.run(cluster.process(0, 1));
    await cluster.words(4);
    await cluster.run(cluster.process(0, 1, {}, new MemoryVolume()));
    await cluster.engine.log.truncate(P(0), 6);
    await cluster.words(1);
    await cluster.run(cluster.process(0, 1));
    expect(cluster.events.find(({ kind }) => kind === 'passed over')).toMatchObject({ reason: { name: 'SnapshotStaleError' } });
    expect((await cluster.numbered()).said).toBe(9);
  });

  it('state that reaches back before what the log still holds is not made of a stump: the partition stops until an operator proceeds', async () => {
    const cluster = await Cluster.of(1);
    const { engine } = cluster;
    const layers = [{ ...numbering, reach_ms: { words: 1_000 } }];
    await cluster.words(4);
    engine.clock.advance(600);
    await cluster.words(4);
    await cluster.run(cluster.process(0, 1, { layers }));
    await engine.log.truncate(P(0), 1);
    await cluster.words(1);
    const lost = (): Runner => cluster.process(0, 1, { layers }, new MemoryVolume());

    const stopped = lost();
    const run = endOf(stopped.run());
    await engine.until(stopped.recovered());
    expect(stopped.unready()).toEqual([
      expect.stringMatching(/^stopped: there is no snapshot of numbering for words\/0, .* holds \[1, 9\)/),
    ]);
    await engine.until(engine.clock.sleep(500));
    expect((await cluster.numbered()).said).toBe(8);
    await proceed(engine.log, { layer: 'numbering', input: P(0), offset: 1 });
    await engine.until(stopped.ready());
    await engine.until(stopped.drain());
    // Knowingly without the first word.
    expect((await cluster.numbered()).rows.get('words.1/0@8')).toBe(JSON.stringify({ text: 'w8', n: 8 }));
    await engine.until(stopped.stop());
    await run;
  });

  it('a log that comes back to a process without state is not gone on with from where its stump began: a start makes the state', async () => {
    const cluster = await Cluster.of(1);
    const { engine } = cluster;
    await cluster.words(4);
    await cluster.run(cluster.process());
    await cluster.words(4);
    const away = jest.spyOn(engine.log, 'bounds').mockResolvedValue({ start: 6, end: 8 });
    const lost = new MemoryVolume();
    const stopped = cluster.process(0, 1, {}, lost);
    const run = endOf(stopped.run());
    await engine.until(stopped.recovered());
    expect(stopped.unready()).toEqual([expect.stringContaining('the committed offset of numbering stands at offset 4')]);

    away.mockRestore();
    await engine.until(engine.clock.sleep(500));
    expect((await cluster.numbered()).said).toBe(4);
    expect(stopped.unready()).toHaveLength(1);
    await engine.until(stopped.stop());
    await run;

    await cluster.run(cluster.process(0, 1, {}, lost));
    const { said, rows } = await cluster.numbered();
    expect(said).toBe(8);
    expect(rows.get('words.1/0@7')).toBe(JSON.stringify({ text: 'w7', n: 8 }));
  });

  it('a log that goes back as far as the state is enough, wherever it begins', async () => {
    const cluster = await Cluster.of(1);
    const { engine } = cluster;
    const layers = [{ ...numbering, reach_ms: { words: 1_000 } }];
    await cluster.words(2);
    engine.clock.advance(1_000);
    await cluster.words(2);
    await cluster.run(cluster.process(0, 1, { layers }));
    await engine.log.truncate(P(0), 1);
    await cluster.words(1);
    await cluster.run(cluster.process(0, 1, { layers }, new MemoryVolume()));
    expect((await cluster.numbered()).said).toBe(5);
  });

  it('members of a raw layer share its partitions; what one leaves, the others go on with', async () => {
    const cluster = await Cluster.of(4);
    const { log } = cluster.engine;
    const lines = (): Promise<void> =>
      log.append([0, 1, 2, 3].map((partition) => ({ to: { topic: 'raw', partition }, records: [{ value: Buffer.from('x') }] })));
    const [one, two] = [0, 1].map(() => cluster.process(0, 1, { raw: [splitter], layers: [] }));
    await lines();
    const runs = [one?.run(), two?.run()];
    await cluster.engine.until(Promise.all([one?.drain(), two?.drain()]));
    await cluster.engine.until(one?.stop() ?? Promise.resolve());
    await lines();
    await cluster.engine.until(two?.drain() ?? Promise.resolve());
    await cluster.engine.until(two?.stop() ?? Promise.resolve());
    await Promise.all(runs);
    for (let partition = 0; partition < 4; partition++)
      expect(await log.committed('splitter', { topic: 'raw', partition })).toBe(2);
  });

  it('measures the partitions that are its own, and forgets what went to another', async () => {
    const cluster = await Cluster.of(4);
    const { engine } = cluster;
    const meters = [new CountingMeter(), new CountingMeter()] as const;
    const [one, two] = meters.map(
      (meter) => new Runner({ ...engine.ports(), meter }, { raw: [splitter], layers: [], poll_ms: 20 }),
    ) as [Runner, Runner];
    const owned = (): string[] => {
      one.measure();
      two.measure();
      return meters.map((meter) => meter.values('partition_owned').join(''));
    };
    const to = { topic: 'raw', partition: 0 };
    await engine.log.append([{ to, records: [1, 2, 3].map(() => ({ value: Buffer.from('x') })) }]);
    const runs = [one.run()];
    await engine.until(one.drain());
    expect(owned()).toEqual(['1111', '']);
    const of = (name: string): number[] => meters[0].values(name, { topic: 'raw', partition: '0' });
    expect(['position_offset', 'log_end_offset', 'committed_offset'].map(of)).toEqual([[3], [3], [3]]);
    expect(['lag_records', 'lag_seconds', 'partition_stopped'].map(of)).toEqual([[0], [0], [0]]);
    expect(of('watermark_timestamp_seconds')[0]).toBeGreaterThan(0);
    // Of a partition without a record too: a source that is silent from the start has a counter that does not rise.
    expect(meters[0].counts.get('records_in')).toBe(3);

    runs.push(two.run());
    await engine.until(Promise.all([one.drain(), two.drain()]));
    expect(owned()).toEqual(['11', '11']);
    for (const name of ['position_offset', 'committed_offset', 'lag_records', 'watermark_timestamp_seconds'])
      expect(meters[0].values(name)).toHaveLength(2);
    await engine.until(Promise.all([one.stop(), two.stop()]));
    await Promise.all(runs);
  });

  it('vector 22: an old owner that goes on writing after its partition moved changes nothing, and stops', async () => {
    const cluster = await Cluster.of(2);
    await cluster.words(6);
    const old = cluster.process(0, 1, { emission_interval_ms: 20 });
    const ended = endOf(old.run());
    await cluster.engine.until(old.drain());
    await cluster.words(6);
    const young = cluster.process(0, 1, {}, new MemoryVolume());
    const run = young.run();
    expect(await cluster.engine.until(ended)).toMatchObject({ name: 'OwnershipLostError', group: 'numbering.0' });
    expect(cluster.engine.meter.counts.get('ownership_lost')).toBe(2);
    await cluster.words(6);
    await cluster.engine.until(young.drain());
    await cluster.engine.until(young.stop());
    await run;
    // Said twice it may be, said differently never (`numbered` compares).
    expect((await cluster.numbered()).rows.size).toBe(18);
    for (const partition of [0, 1]) expect(await cluster.engine.log.committed('numbering.0', P(partition))).toBe(9);
  });

  it('is ready only when it has got to where it was, and says how far it is', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(5);
    const process = cluster.process();
    let ready = false;
    await cluster.engine.until(process.recovered());
    const wait = process.ready().then(() => (ready = true));
    await cluster.engine.until(cluster.engine.clock.sleep(500));
    expect([ready, process.unready()]).toEqual([false, ['numbering words/0 is at 0 of 5']]);
    const run = process.run();
    await cluster.engine.until(wait);
    expect(process.unready()).toEqual([]);
    await cluster.engine.until(process.stop());
    await run;
  });
});

describe('recreated topics (D4)', () => {
  it('with the epoch raised, state goes on with the new log, under positions of its own', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(4);
    await cluster.run(cluster.process());
    cluster.engine.log.recreate('words');
    await cluster.words(2);
    for (let runs = 0; runs < 2; runs++) await cluster.run(cluster.process(0, 1, { epoch: () => 2 }));
    const { rows, said } = await cluster.numbered();
    expect(said).toBe(6);
    expect(rows.get('words.2/0@1')).toBe(JSON.stringify({ text: 'w5', n: 6 }));
    expect(await cluster.engine.log.committed('numbering.0.e2', P(0))).toBe(2);
  });

  it('a process that does not know of the raised epoch is refused: its versions would lose', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(2);
    await cluster.run(cluster.process(0, 1, { epoch: () => 2 }));
    const run = endOf(cluster.process().run());
    expect(await cluster.engine.until(run)).toMatchObject({
      cause: {
        name: 'SnapshotEpochError',
        message: expect.stringMatching(/snapshots of numbering for epoch 2 of words, .* epoch 1/),
      },
    });
  });

  it('without, nothing of the new log is taken for the old', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(4);
    await cluster.run(cluster.process());
    cluster.engine.log.recreate('words');
    await cluster.words(2);
    const process = cluster.process();
    const run = process.run();
    await expect(cluster.engine.until(process.drain())).rejects.toThrow(
      /lost its end, or was made anew.*raise the topic's epoch/,
    );
    await cluster.engine.until(process.stop());
    await run;
    expect((await cluster.numbered()).said).toBe(4);
  });
});

describe('a gap (D7)', () => {
  const broken = async (): Promise<{ cluster: Cluster; process: Runner; run: Promise<void> }> => {
    const cluster = await Cluster.of(2);
    await cluster.words(4);
    await cluster.run(cluster.process());
    await cluster.words(6);
    await cluster.engine.log.truncate(P(0), 4);
    const process = cluster.process();
    const run = process.run();
    await cluster.engine.until(cluster.engine.clock.sleep(500));
    return { cluster, process, run };
  };

  it('stops its partition with an alarm and a command, and the others go on', async () => {
    const { cluster, process, run } = await broken();
    process.measure();
    expect(cluster.engine.meter.values('partition_stopped', { partition: '0' })).toEqual([1]);
    expect(cluster.engine.meter.values('partition_stopped', { partition: '1' })).toEqual([0]);
    // It was at 2 of 5.
    expect(cluster.engine.meter.values('lag_records', { partition: '0' })).toEqual([3]);
    expect(process.unready()).toEqual([expect.stringMatching(/Records 2 to 3 are gone.* proceed with numbering:words\/0@4\.$/)]);
    expect(cluster.events.at(-1)).toMatchObject({ kind: 'recovered', input: P(1) });
    await cluster.words(4);
    await cluster.engine.until(cluster.engine.clock.sleep(500));
    await cluster.engine.until(process.stop());
    await run;
    const { rows } = await cluster.numbered();
    expect([...rows.keys()].filter((position) => position.startsWith('words.1/1@'))).toHaveLength(7);
    expect([...rows.keys()].filter((position) => position.startsWith('words.1/0@'))).toHaveLength(2);
  });

  it('is passed when an operator says so: knowingly, without a restart, and once', async () => {
    const { cluster, process, run } = await broken();
    const { log } = cluster.engine;
    await expect(proceed(log, { layer: 'numbering', input: P(0), offset: 3 })).rejects.toThrow(/words\/0 holds \[4, 5\)/);
    await proceed(log, { layer: 'numbering', input: P(0), offset: 4 });
    await cluster.engine.until(process.ready());
    expect(cluster.events.at(-1)).toMatchObject({ kind: 'resumed', from: 2, position: 4 });
    process.measure();
    expect(cluster.engine.meter.values('partition_stopped')).toEqual([0, 0]);
    await cluster.engine.until(process.drain());
    await cluster.engine.until(process.stop());
    await run;
    expect((await cluster.numbered()).rows.get('words.1/0@4')).toBe(JSON.stringify({ text: 'w8', n: 3 }));
    // The next gap is not covered by it.
    await cluster.words(4);
    await log.truncate(P(0), 6);
    const next = cluster.process();
    const again = next.run();
    await cluster.engine.until(cluster.engine.clock.sleep(500));
    expect(next.unready()).toEqual([expect.stringMatching(/numbering:words\/0@6/)]);
    await cluster.engine.until(next.stop());
    await again;
  });

  it.each([
    ['', null],
    [', whatever was once decided about another', 3],
  ])('that a fetch only seemed to have is passed by itself, and nothing is missing%s', async (_, decided) => {
    const cluster = await Cluster.of(1);
    await cluster.words(5);
    const { log } = cluster.engine;
    if (decided !== null) await proceed(log, { layer: 'numbering', input: P(0), offset: decided });
    const read = log.read.bind(log);
    let faults = 1;
    log.read = async (from, offset, max_bytes) => {
      const fetched = await read(from, offset, max_bytes);
      return faults-- > 0 ? { ...fetched, records: fetched.records.slice(1) } : fetched;
    };
    const process = cluster.process();
    const run = process.run();
    await cluster.engine.until(process.ready());
    expect(cluster.kinds()).toEqual(['stopped', 'resumed']);
    await cluster.engine.until(process.stop());
    await run;
    expect((await cluster.numbered()).said).toBe(5);
  });
});

describe('other rules (D3)', () => {
  /** Rules are the time from which they hold; they may differ from a time on that is ahead. */
  const under = (fingerprint: string, from_ms: number, watermarks: number[] = []): RunnerOptions => ({
    fingerprint,
    rules: {
      data: { fingerprint, from_ms },
      refusal: (_before, watermark_ms) => {
        watermarks.push(watermark_ms);
        return from_ms > watermark_ms ? null : `the earliest is ${watermark_ms + 1}`;
      },
    },
  });

  it('a change ahead is taken up, and after a crash behind the change, again', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(3, 100);
    await cluster.run(cluster.process(0, 1, under('old', 0)));
    await cluster.words(3, 300);
    for (let starts = 0; starts < 2; starts++) {
      await cluster.run(cluster.process(0, 1, under('new', 400)));
      cluster.volumes[0]?.crash();
    }
    expect((await cluster.numbered()).said).toBe(6);
    expect(cluster.kinds()).toEqual(['restored', 'restored']);
  });

  it('a change behind what anybody can have decided is refused with the earliest possible, though the snapshot is older', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(3, 100);
    await cluster.run(cluster.process(0, 1, under('old', 0)));
    // Worked off, but not captured: the disk is full.
    await cluster.words(3, 300);
    const full = new Proxy(cluster.volumes[0] ?? new MemoryVolume(), {
      get: (target, name) =>
        name === 'write'
          ? () => Promise.reject(new Error('ENOSPC'))
          : (Reflect.get(target, name, target) as (...args: unknown[]) => unknown).bind(target),
    });
    expect(await cluster.engine.until(endOf(cluster.process(0, 1, under('old', 0), full).run()))).toMatchObject({
      message: /ENOSPC/,
    });
    const watermarks: number[] = [];
    const refused = await cluster.engine.until(endOf(cluster.process(0, 1, under('new', 200, watermarks)).run()));
    expect(refused).toMatchObject({
      cause: { name: 'SnapshotRulesError', message: expect.stringMatching(/other rules: the earliest is 301/) },
    });
    expect(watermarks).toEqual([300]);
    await cluster.run(cluster.process(0, 1, under('new', 301)));
    expect((await cluster.numbered()).rows.size).toBe(6);
  });

  it('a change that was taken up is not judged again by what came of it, wherever the process then crashes', async () => {
    for (let writes = 0; ; writes++) {
      const cluster = await Cluster.of(1);
      await cluster.words(3, 100);
      await cluster.run(cluster.process(0, 1, under('old', 0)));
      const volume = cluster.volumes[0] ?? new MemoryVolume();
      let left = writes;
      const dying = new Proxy(volume, {
        get: (target, name) => {
          const method = Reflect.get(target, name, target) as (...args: unknown[]) => unknown;
          const changes = ['write', 'sync', 'rename', 'syncFolder', 'delete'].includes(String(name));
          return (...args: unknown[]) => (changes && left-- <= 0 ? Promise.reject(new Error('EIO')) : method.apply(target, args));
        },
      });
      const failure = await cluster.engine.until(endOf(cluster.process(0, 1, under('new', 200), dying).recovered()));
      volume.crash();
      const manifests = (await volume.list('')).filter((file) => file.includes('manifest'));
      const contents = await Promise.all(manifests.map((file) => volume.get(file)));
      const taken = contents.some((content) => Buffer.from(content ?? []).includes('"fingerprint": "new"'));
      // Only then does anybody work under the new rules, and the log goes past the change.
      if (taken) await cluster.words(3, 300);
      await cluster.run(cluster.process(0, 1, under('new', 200)));
      expect((await cluster.numbered()).said).toBe(taken ? 6 : 3);
      if (failure !== null) continue;
      expect(taken).toBe(true);
      break;
    }
  });

  it('a snapshot of other rules is stale where a group has gone on beyond it', async () => {
    const cluster = await Cluster.of(1);
    await cluster.words(3, 100);
    await cluster.run(cluster.process(0, 1, under('old', 0)));
    const found = new MemoryVolume();
    for (const file of (await cluster.volumes[0]?.list('')) ?? [])
      await found.write(file, [(await cluster.volumes[0]?.get(file)) ?? new Uint8Array()]);
    await cluster.run(cluster.process(0, 1, under('new', 200)));
    await cluster.words(3, 300);
    await cluster.run(cluster.process(0, 1, under('new', 200)));
    await cluster.words(1, 300);
    await cluster.run(cluster.process(0, 1, under('new', 200), found));
    expect(cluster.events.find(({ kind }) => kind === 'passed over')).toMatchObject({
      reason: { name: 'SnapshotStaleError', message: 'it stands at offset 3, it is of other rules, and 6 is committed' },
    });
    const { rows, said } = await cluster.numbered();
    expect([said, rows.get('words.1/0@6')]).toEqual([7, JSON.stringify({ text: 'w6', n: 7 })]);
  });
});
