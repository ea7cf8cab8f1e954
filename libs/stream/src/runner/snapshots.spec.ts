import { checksum, MemoryEngine, MemorySnapshotStore, MemoryVolume } from '@millrace/testkit';
import type { Emission, Emitting, Layer, Operator, Output, Snapshotting, StatePart, StateParts } from '../operator';
import type { Log, SnapshotStore, SnapshotVolume } from '../ports';
import { StateWriter } from '../state/writer';
import { decodeManifest, encodeManifest } from '../snapshot/manifest';
import type { RecoveryEvent } from './recover';
import { Runner, type RunnerOptions } from './runner';

interface Word {
  readonly text: string;
}
const IN = { topic: 'words', partition: 0 };

/** Numbers words and remembers the first: what it sends on shows its state. */
class Numbering implements Operator<Word>, Snapshotting {
  layout = 1;
  count = 0;
  first = '';
  readonly captured: string[] = [];
  process({ text }: Word, _watermark_ms: number, out: Output): void {
    this.first ||= text;
    out.emit('numbered', text, { text, n: ++this.count, first: this.first });
  }
  advance(): void {
    // Time does not matter here.
  }
  settle(): void {
    // Nor do records.
  }
  snapshot(): StatePart[] {
    const { first } = this;
    const captured = (name: string, to: StateWriter): readonly Uint8Array[] => {
      this.captured.push(name);
      return to.finish();
    };
    return [
      {
        name: 'first',
        revision: first,
        capture: () => captured('first', new StateWriter().string(first)),
        hold: () => () => captured('first', new StateWriter().string(first)),
      },
      { name: 'count', revision: null, capture: () => captured('count', new StateWriter().count(this.count)) },
    ];
  }
  restore(parts: StateParts): void {
    this.count = parts.read('count').count();
    this.first = parts.read('first').string();
  }
}

/** Adds lengths up; a snapshot holds no more than what was collected. */
class Summing implements Operator<Word>, Emitting, Snapshotting {
  readonly layout = 1;
  sum = 0;
  process({ text }: Word): void {
    this.sum += text.length;
  }
  advance(): void {
    // Time does not matter here.
  }
  settle(): void {
    // Nor do records.
  }
  collect(position: number): Emission {
    return { blocks: [{ table: 'sums', columns: [], values: [[this.sum], [position]], rows: 1 }], serving: [] };
  }
  acknowledge(): void {
    // Nothing waits for it.
  }
  snapshot(): StatePart[] {
    return [{ name: 'sum', revision: null, capture: () => new StateWriter().count(this.sum).finish() }];
  }
  restore(parts: StateParts): void {
    this.sum = parts.read('sum').count();
  }
}

/** The machine stops here. */
class Crash extends Error {}

class Bench {
  readonly engine = new MemoryEngine();
  readonly volume = new MemoryVolume();
  store: SnapshotStore | undefined;
  readonly events: RecoveryEvent[] = [];
  readonly operators: Numbering[] = [];
  sums: Summing[] = [];
  layout = 1;

  static async open(): Promise<Bench> {
    const bench = new Bench();
    for (const topic of ['words', 'numbered']) await bench.engine.log.ensure(topic, 1);
    return bench;
  }

  runner(options: RunnerOptions = {}, log?: Log, volume: SnapshotVolume = this.volume): Runner {
    const numbering: Layer = {
      name: 'numbering',
      inputs: ['words'],
      outputs: { numbered: 'numbered' },
      lateness_ms: 0,
      create: () => {
        const operator = new Numbering();
        operator.layout = this.layout;
        this.operators.push(operator);
        return operator;
      },
    };
    const summing: Layer = {
      name: 'summing',
      inputs: ['words'],
      outputs: {},
      lateness_ms: 0,
      create: () => {
        const operator = new Summing();
        this.sums.push(operator);
        return operator;
      },
    };
    return new Runner(
      { ...this.engine.ports(log), snapshots: { volume, store: this.store, checksum } },
      {
        layers: [numbering, summing],
        snapshot_interval_ms: 0,
        emission_interval_ms: 50,
        fetch_bytes: 1,
        fingerprint: 'rules',
        onRecovery: (event) => this.events.push(event),
        ...options,
      },
    );
  }

  /** Each text is a record of its own. */
  async words(...texts: readonly string[]): Promise<void> {
    const { log, codec } = this.engine;
    const source = { topic: 'raw', partition: 0 };
    for (const text of texts) {
      const offset = (await log.bounds(IN)).end;
      const value = codec.encode({ source, rows: [{ text }], offsets: [offset], ordinals: [0], clocks: [offset] });
      await log.append([{ to: IN, records: [{ value }] }]);
    }
  }

  /** Runs until everything is worked off, then stops in order. */
  async run(options: RunnerOptions = {}): Promise<Runner> {
    const runner = this.runner(options);
    const done = runner.run();
    done.catch(() => undefined);
    await this.engine.until(Promise.race([runner.drain(), done]));
    await this.engine.until(runner.stop());
    return runner;
  }

  /** Rows as their readers keep them: one per position, and equal if there are two. */
  async numbered(): Promise<string[]> {
    const rows = new Map<number, string>();
    const { log, codec } = this.engine;
    const { records } = await log.read({ topic: 'numbered', partition: 0 }, 0, 1 << 30);
    for (const { value } of records) {
      const frame = codec.decode(value ?? new Uint8Array());
      frame.rows.forEach((row, i) => {
        const text = JSON.stringify(row);
        expect(rows.get(frame.offsets[i]!) ?? text).toBe(text);
        rows.set(frame.offsets[i]!, text);
      });
    }
    return [...rows].sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  committed(layer = 'numbering'): Promise<number> {
    return this.engine.log.committed(`${layer}.0`, IN);
  }
}

const WORDS = ['to', 'be', 'or', 'not', 'to', 'be', 'that', 'is', 'the', 'question'];
const expected = (words: readonly string[]): string[] =>
  words.map((text, i) => JSON.stringify({ text, n: i + 1, first: words[0] }));

/** Passes everything on, and stops the machine before, or after, the `at`-th operation that changes something. */
const crashing = <Port extends object>(port: Port, names: readonly string[], budget: { left: number }, after: boolean): Port =>
  new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      // A member reads and commits as the log itself.
      if (name === 'join')
        return async (...args: unknown[]) => crashing((await method.apply(target, args)) as object, names, budget, after);
      if (!names.includes(String(name))) return method.bind(target);
      return async (...args: unknown[]) => {
        const isLast = budget.left-- === 0;
        if (isLast && !after) throw new Crash(String(name));
        if (budget.left < -1) throw new Crash('the machine has stopped');
        const result: unknown = await method.apply(target, args);
        if (isLast) throw new Crash(String(name));
        return result;
      };
    },
  });

describe('snapshots', () => {
  it('a start goes on where the snapshot stands, and reads nothing before it', async () => {
    const bench = await Bench.open();
    await bench.words(...WORDS.slice(0, 6));
    await bench.run();
    expect(await bench.committed()).toBe(6);
    await bench.words(...WORDS.slice(6));
    await bench.engine.log.truncate(IN, 6);
    await bench.run();
    expect(await bench.numbered()).toEqual(expected(WORDS));
    expect(bench.sums.at(-1)?.sum).toBe(WORDS.join('').length);
    const restored = bench.events.filter(({ kind }) => kind === 'restored');
    expect(restored.map((event) => [event.layer, event.kind])).toEqual([
      ['numbering', 'restored'],
      ['summing', 'restored'],
    ]);
  });

  it.each([false, true])('a crash at any step costs work, never a row (after the step: %p)', async (after) => {
    const changes = ['append', 'commit', 'insert', 'write', 'sync', 'rename', 'syncFolder', 'put', 'delete'];
    let crashes = 0;
    for (let at = 0; ; at++) {
      const bench = await Bench.open();
      const store = new MemorySnapshotStore();
      bench.store = store;
      await bench.words(...WORDS.slice(0, 5));
      const budget = { left: at };
      bench.store = crashing(store, changes, budget, after);
      const runner = bench.runner(
        {},
        crashing(bench.engine.log, changes, budget, after),
        crashing(bench.volume, changes, budget, after),
      );
      const done = runner.run();
      const failure = await bench.engine.until(
        Promise.race([done, runner.drain().then(() => runner.stop())]).then(
          () => null,
          (error: unknown) => error,
        ),
      );
      await bench.engine.until(done.catch(() => undefined));
      bench.volume.crash();
      bench.store = store;
      // committed ≤ snapshot ≤ acknowledged output
      const acknowledged = (await bench.numbered()).length;
      const snapshot = Math.max(0, ...(await positions(bench.volume)));
      expect(await bench.committed()).toBeLessThanOrEqual(snapshot);
      expect(snapshot).toBeLessThanOrEqual(acknowledged);
      await bench.words(...WORDS.slice(5));
      await bench.run();
      expect(await bench.numbered()).toEqual(expected(WORDS));
      expect(bench.sums.at(-1)?.sum).toBe(WORDS.join('').length);
      // A crash leaves nothing half: whatever has a name is whole.
      expect(bench.events.filter(({ kind }) => kind === 'passed over')).toEqual([]);
      if (failure === null) break;
      crashes++;
    }
    expect(crashes).toBeGreaterThan(40);
  });

  it('tells how old the newest snapshot is, also when none is finished any more', async () => {
    const bench = await Bench.open();
    const { engine } = bench;
    const age = (): number => engine.meter.gauges.get('snapshot_age_seconds') ?? NaN;
    const volume = new MemoryVolume();
    let hangs = false;
    volume.sync = () => (hangs ? new Promise(() => undefined) : Promise.resolve());
    const runner = bench.runner({ snapshot_interval_ms: 100 }, undefined, volume);
    runner.run().catch(() => undefined);
    await bench.words('to', 'be');
    await engine.until(engine.clock.sleep(2_000));
    // Nothing came since: the state is all in it.
    expect(age()).toBe(0);
    hangs = true;
    await bench.words('or');
    await engine.until(engine.clock.sleep(30_000));
    expect(age()).toBeGreaterThan(25);
    expect(age()).toBeLessThanOrEqual(30);
  });

  it('captures at once, and makes the content of what is held when its turn comes', async () => {
    const bench = await Bench.open();
    await bench.words('to');
    await bench.run();
    expect(bench.operators[0]?.captured).toEqual(['count', 'first']);
  });

  it('writes a part again only if it may have changed, and keeps two snapshots', async () => {
    const bench = await Bench.open();
    for (const word of ['a', 'b', 'c', 'd']) {
      await bench.words(word);
      await bench.run();
    }
    const files = await bench.volume.list('numbering/');
    expect(files.map((file) => file.replace(/\.[0-9a-f]{8}$/, ''))).toEqual([
      'numbering/words-0.1/count@3',
      'numbering/words-0.1/count@4',
      'numbering/words-0.1/first@1',
      'numbering/words-0.1/manifest@3',
      'numbering/words-0.1/manifest@4',
    ]);
  });

  it.each(['manifest@4', 'count@4'])('passes over a snapshot with a damaged or lost %s, and says so', async (part) => {
    for (const harm of ['flip', 'cut', 'lose']) {
      const bench = await Bench.open();
      await bench.words('to', 'be', 'or');
      await bench.run();
      await bench.words('not');
      await bench.run();
      const [file] = (await bench.volume.list('numbering/')).filter((name) => name.includes(part));
      const content = Buffer.from((await bench.volume.get(file!))!);
      content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
      if (harm === 'lose') await bench.volume.delete(file!);
      else await bench.volume.write(file!, [harm === 'flip' ? content : content.subarray(0, -1)]);
      bench.events.length = 0;
      await bench.words('to');
      await bench.run();
      expect(await bench.numbered()).toEqual(expected(WORDS.slice(0, 5)));
      const told = bench.events
        .filter(({ layer, kind }) => layer === 'numbering' && kind !== 'recovered')
        .map(({ kind }) => kind);
      // A manifest that is lost was never there, as far as anybody can tell.
      expect(told).toEqual(part.startsWith('manifest') && harm === 'lose' ? ['restored'] : ['passed over', 'restored']);
      expect(bench.events.find(({ kind }) => kind === 'restored')).toMatchObject({ position: 3 });
      const passed = bench.events.filter(({ kind }) => kind === 'passed over').length;
      expect(bench.engine.meter.counts.get('snapshots_passed_over') ?? 0).toBe(passed);
    }
  });

  it('a lost volume is made good from the store; of an old volume and the store the newer counts', async () => {
    const bench = await Bench.open();
    bench.store = new MemorySnapshotStore();
    await bench.words('to', 'be');
    await bench.run();
    const old = new MemoryVolume();
    for (const file of await bench.volume.list('')) await old.write(file, [(await bench.volume.get(file))!]);
    await bench.words('or', 'not');
    await bench.run();
    for (const volume of [new MemoryVolume(), old]) {
      bench.events.length = 0;
      const runner = bench.runner({}, undefined, volume);
      const done = runner.run();
      await bench.engine.until(runner.drain());
      await bench.engine.until(runner.stop());
      await done;
      expect(bench.events[0]).toMatchObject({ kind: 'restored', from: 'store', position: 4 });
      expect(bench.operators.at(-1)).toMatchObject({ count: 4, first: 'to' });
    }
  });

  it('refuses a snapshot of other rules that it cannot compare with these', async () => {
    const bench = await Bench.open();
    await bench.words(...WORDS.slice(0, 4));
    await bench.run();
    await expect(bench.run({ fingerprint: 'other rules' })).rejects.toMatchObject({
      name: 'TaskError',
      cause: { name: 'SnapshotRulesError', message: expect.stringMatching(/other rules \(rules, not other rules\)/) },
    });
    await bench.run();
    expect(bench.operators.at(-1)).toMatchObject({ count: 4 });
  });

  it('stops at a snapshot that only another version reads', async () => {
    const bench = await Bench.open();
    bench.layout = 2;
    await bench.words('to');
    await bench.run();
    bench.layout = 1;
    await expect(bench.run()).rejects.toMatchObject({
      name: 'TaskError',
      cause: { name: 'SnapshotVersionError', message: expect.stringMatching(/layout 2, and this version .* reads up to 1/) },
    });
  });

  it('stops at a manifest whose format only another version knows', async () => {
    const bench = await Bench.open();
    await bench.words('to');
    await bench.run();
    const [name = ''] = (await bench.volume.list('')).filter((file) => file.includes('manifest@'));
    const manifest = decodeManifest((await bench.volume.get(name)) ?? new Uint8Array(), checksum);
    await bench.volume.write(name, [encodeManifest({ ...manifest, format: 2 }, checksum)]);
    await expect(bench.run()).rejects.toMatchObject({
      cause: { name: 'SnapshotVersionError', message: expect.stringMatching(/format 2, and this version .* reads format 1/) },
    });
  });

  it('takes what a crash left of a copy for none', async () => {
    const bench = await Bench.open();
    await bench.words('to');
    await bench.run();
    const [name = ''] = (await bench.volume.list('')).filter((file) => file.includes('manifest@'));
    await bench.volume.write(name.replace(/@\d+/, '@99') + '.draft', [new Uint8Array([1])]);
    await bench.words('be');
    await bench.run();
    expect(bench.events.map(({ kind }) => kind)).not.toContain('passed over');
    expect(bench.operators.at(-1)).toMatchObject({ count: 2 });
  });

  it('captures nothing whose output is not acknowledged', async () => {
    const bench = await Bench.open();
    await bench.words('to');
    const { log } = bench.engine;
    const stuck = new Proxy(log, {
      get: (target, name) =>
        name === 'append'
          ? () => new Promise<void>(() => undefined)
          : (Reflect.get(target, name, target) as (...args: unknown[]) => unknown).bind(target),
    });
    bench.engine.olap.insert = () => new Promise<void>(() => undefined);
    const runner = bench.runner({}, stuck);
    void runner.run().catch(() => undefined);
    await bench.engine.until(bench.engine.clock.sleep(500));
    expect(bench.sums.at(-1)?.sum).toBe(2);
    expect((await bench.volume.list('')).filter((name) => name.includes('manifest'))).toEqual([]);
  });

  it('goes on while the store of copies is away, says so once, and copies what is missing when it is back', async () => {
    const bench = await Bench.open();
    const store = new MemorySnapshotStore();
    let away: readonly string[] = [];
    bench.store = new Proxy(store, {
      get: (target, name) =>
        away.includes(String(name))
          ? () => Promise.reject(new Error('503'))
          : (Reflect.get(target, name, target) as (...args: unknown[]) => unknown).bind(target),
    });
    const runner = bench.runner();
    const done = runner.run();
    const work = async (word: string): Promise<void> => {
      await bench.words(word);
      await bench.engine.until(Promise.race([runner.drain(), done]));
      // Each checkpoint ends, whatever the store does.
      await bench.engine.until(bench.engine.clock.sleep(1_000));
    };
    const told = (): string[] =>
      bench.events.filter(({ layer, kind }) => layer === 'numbering' && kind.startsWith('cop')).map(({ kind }) => kind);
    const failed = (): number => bench.engine.meter.gauges.get('snapshot_copy_failed') ?? NaN;
    await work('to');
    expect([told(), failed()]).toEqual([[], 0]);
    away = ['put'];
    await work('be');
    away = ['list', 'put', 'delete'];
    await work('or');
    expect([told(), failed()]).toEqual([['copy failed'], 1]);
    expect([await bench.committed(), await bench.committed('summing')]).toEqual([3, 3]);
    expect(await positions(bench.volume)).toContain(3);
    expect(Math.max(...(await positions(store)))).toBe(1);
    away = [];
    await work('not');
    expect([told(), failed()]).toEqual([['copy failed', 'copied'], 0]);
    await bench.engine.until(runner.stop());
    const lost = bench.runner({}, undefined, new MemoryVolume());
    lost.run().catch(() => undefined);
    await bench.engine.until(lost.drain());
    await bench.engine.until(lost.stop());
    expect(bench.events.find(({ kind }) => kind === 'restored')).toMatchObject({ from: 'store', position: 4 });
    expect(bench.operators.at(-1)).toMatchObject({ count: 4, first: 'to' });
  });

  it('collects what older epochs of the input left, on the volume and in the store, once a snapshot of the new one stands', async () => {
    const bench = await Bench.open();
    bench.store = new MemorySnapshotStore();
    await bench.words('to', 'be');
    await bench.run();
    const neighbour = 'numbering/words-0.1-0.1/count@1.00000000';
    for (const place of [bench.volume, bench.store]) expect(await place.list('numbering/words-0.1/')).not.toEqual([]);
    await bench.volume.write(neighbour, [new Uint8Array([1])]);
    await bench.run({ epoch: () => 2 });
    await bench.words('or');
    await bench.run({ epoch: () => 2 });
    for (const place of [bench.volume, bench.store]) {
      expect(await place.list('numbering/words-0.1/')).toEqual([]);
      expect((await place.list('numbering/words-0.2/')).filter((file) => file.includes('manifest@'))).not.toEqual([]);
    }
    expect(await bench.volume.list(neighbour)).toEqual([neighbour]);
  });

  it('goes no further after an error of the disk', async () => {
    const bench = await Bench.open();
    await bench.words('to');
    bench.volume.sync = () => Promise.reject(new Error('EIO'));
    await expect(bench.run()).rejects.toMatchObject({ name: 'TaskError', message: expect.stringMatching(/EIO/) });
    expect(await bench.committed()).toBe(0);
  });
});

const positions = async (volume: Pick<SnapshotVolume, 'list'>): Promise<number[]> =>
  (await volume.list('numbering/')).flatMap((name) => Number(/manifest@(\d+)/.exec(name)?.[1] ?? []));
