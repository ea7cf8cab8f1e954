import { ManualClock, MemoryLog, MemoryServingStore } from '@millrace/adapters/memory';
import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { partitionOf } from '@millrace/ads';
import type { Block, Log, Meter, OlapStore, RunnerPorts } from '@millrace/stream';
import { setImmediate as turn } from 'node:timers/promises';

const TURN_MS = 20;

/** The runner's ports in memory, with time in the test's hand. What lives here survives a runner, as a cluster would. */
export class MemoryEngine {
  readonly clock = new ManualClock(1_000_000);
  readonly log = new MemoryLog(this.clock);
  readonly codec = new MsgpackFrameCodec();
  readonly meter = new CountingMeter();
  readonly olap = new RecordingOlapStore();
  readonly serving = new MemoryServingStore(this.clock);

  /** For a runner; `log` may stand for the engine's own, to fail where a test wants. */
  ports(log: Log = this.log): RunnerPorts {
    const { codec, clock, meter, olap, serving } = this;
    return { log, codec, clock, meter, partitioner: partitionOf, sinks: { olap, serving } };
  }

  /** Lets time pass until the promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const end = (): void => {
      settled = true;
    };
    promise.then(end, end);
    while (!settled) {
      this.clock.advance(TURN_MS);
      await turn();
    }
    return promise;
  }
}

export class CountingMeter implements Meter {
  readonly counts = new Map<string, number>();
  /** The last value of each, whatever its labels. */
  readonly gauges = new Map<string, number>();
  readonly #series = new Map<string, { name: string; labels: Readonly<Record<string, string>>; value: number }>();

  /** All label values together. */
  count(name: string, by: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + by);
  }
  gauge(name: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    this.gauges.set(name, value);
    this.#series.set(JSON.stringify([name, labels]), { name, labels, value });
  }
  /** Values of a gauge whose labels include these. */
  values(name: string, labels: Readonly<Record<string, string>> = {}): number[] {
    return [...this.#series.values()].filter((of) => of.name === name && includes(of.labels, labels)).map(({ value }) => value);
  }
  observe(): void {
    // Distributions are nobody's concern in a test.
  }
  forget(labels: Readonly<Record<string, string>>): void {
    for (const [text, of] of this.#series) if (includes(of.labels, labels)) this.#series.delete(text);
  }
}

const includes = (labels: Readonly<Record<string, string>>, some: Readonly<Record<string, string>>): boolean =>
  Object.entries(some).every(([name, value]) => labels[name] === value);

/** Keeps what was inserted; `fail` refuses the next insert. */
export class RecordingOlapStore implements OlapStore {
  readonly blocks: Block[] = [];
  fail: Error | null = null;

  async insert(blocks: readonly Block[]): Promise<void> {
    const { fail } = this;
    this.fail = null;
    if (fail !== null) throw fail;
    this.blocks.push(...blocks);
  }
  async query<Row extends object>(): Promise<Row[]> {
    throw new Error('this store cannot be asked');
  }
  async command(): Promise<void> {
    // There is no schema to change.
  }
  async ping(): Promise<void> {
    // Always there.
  }
  async close(): Promise<void> {
    // Nothing is held.
  }
}

/** For specs of the engine, which must not know an adapter. */
export { MemorySnapshotStore, MemoryVolume } from '@millrace/adapters/memory';
export { checksum } from '@millrace/adapters/file';
