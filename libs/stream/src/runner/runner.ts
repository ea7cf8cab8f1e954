import { type FrameCodec, writerOf } from '../frame';
import type { Layer, RawLayer, TopicPartition } from '../operator';
import type { Partitioner } from '../output';
import type { Append, Clock, Log, Meter } from '../ports';
import { RawTask } from '../raw-task';
import { PartitionTask } from '../task';
import type { SnapshotPlaces } from './checkpoint';
import { Checkpoints } from './checkpoints';
import { commit } from './commit';
import { Emitter, type Sinks } from './emitter';
import { rebuild, type RebuildProgress } from './rebuild';
import { ContinuityError, recover, type RecoveryEvent } from './recover';
import { Slot } from './slot';

export interface RunnerPorts {
  readonly log: Log;
  readonly codec: FrameCodec;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly partitioner: Partitioner;
  /** Where emitting operators' rows go; needed only if there are any. */
  readonly sinks?: Sinks;
  /** Where state is kept; without, every start rebuilds it from the log. */
  readonly snapshots?: SnapshotPlaces;
}

export interface RunnerOptions {
  readonly raw?: readonly RawLayer[];
  readonly layers?: readonly Layer[];
  /**
   * Whether a raw topic's end may be told with the wall clock. Not while a file is replayed into it: only at the file's
   * end. Asked anew before every fetch.
   */
  readonly idles?: (topic: string) => boolean;
  /** About how much one fetch takes: what a task holds at a time. */
  readonly fetch_bytes?: number;
  /** How long a task that found nothing waits. */
  readonly poll_ms?: number;
  /** How often partitions without rows hear the clock. */
  readonly tick_interval_ms?: number;
  readonly emission_interval_ms?: number;
  /** An operator that holds more changed rows than this is emitted at once. */
  readonly pending_rows?: number;
  /** How often state is captured, at most; and when the runner stops. */
  readonly snapshot_interval_ms?: number;
  /** Names everything that decides what operators answer (D3): a snapshot of another is not used. */
  readonly fingerprint?: string;
  /** Of an input topic: rises when it is recreated (D4). */
  readonly epoch?: (topic: string) => number;
  /** Groups that read for a layer, this process's own included: how far any of them got need not be said again. */
  readonly groups?: (layer: string) => readonly string[];
  readonly onRebuild?: (progress: RebuildProgress) => void;
  readonly onRecovery?: (event: RecoveryEvent) => void;
}

const DEFAULTS: Required<RunnerOptions> = {
  raw: [],
  layers: [],
  idles: () => true,
  fetch_bytes: 1 << 20,
  poll_ms: 20,
  tick_interval_ms: 1_000,
  emission_interval_ms: 10_000,
  pending_rows: 100_000,
  snapshot_interval_ms: 10_000,
  fingerprint: '',
  epoch: () => 1,
  groups: (layer) => [layer],
  onRebuild: () => undefined,
  onRecovery: () => undefined,
};

/**
 * Drives tasks over a log: read, run, append, commit. One loop per task, so partitions share the process by turns of one
 * bounded fetch. It owns everything that waits; tasks and operators are synchronous. The first error of any loop stops
 * all of them and rejects `run`.
 */
export class Runner {
  readonly #ports: RunnerPorts;
  readonly #options: Required<RunnerOptions>;
  readonly #slots: Slot[] = [];
  readonly #checkpoints: Checkpoints;
  readonly #emitter: Emitter;
  readonly #stopping = new AbortController();
  #ready: Promise<void> | null = null;
  #done: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  /** Rises with every step that did something: nothing is drained while it moves. */
  #work = 0;
  #drains = 0;
  #drain_since_ms = -Infinity;

  constructor(ports: RunnerPorts, options: RunnerOptions) {
    this.#ports = ports;
    this.#options = { ...DEFAULTS, ...options };
    const { snapshot_interval_ms: interval_ms, fingerprint, epoch } = this.#options;
    this.#checkpoints = new Checkpoints(ports, { places: ports.snapshots, interval_ms, fingerprint, epoch }, (error) =>
      this.#fail(error),
    );
    this.#emitter = new Emitter({ ...ports, sinks: ports.sinks }, this.#slots, this.#checkpoints);
  }

  /** Rebuilds, then runs until `stop` or the first error. */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  /** Resolves when the state is rebuilt and processing has begun. */
  async ready(): Promise<void> {
    this.#ready ??= this.#build();
    await this.#ready;
  }

  /** Resolves when every input is read to its end, every clock has been passed on, and everything is emitted. */
  async drain(): Promise<void> {
    await this.ready();
    const since_ms = this.#ports.clock.now_ms();
    this.#drain_since_ms = since_ms;
    this.#drains++;
    try {
      while (!(await this.#drained(since_ms))) {
        this.#throwIfStopped();
        await this.#ports.clock.sleep(this.#options.poll_ms, this.#stopping.signal);
      }
    } finally {
      this.#drains--;
    }
    await this.flush();
  }

  /** Emits what has changed so far, without waiting for the timer. */
  flush(): Promise<void> {
    return this.#emitter.emit();
  }

  /** Stops fetching, lets every batch finish, emits, commits; rejects as `run` does. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    await this.ready();
    if (this.#stopping.signal.aborted) return;
    await Promise.all([
      ...this.#slots.map((slot) => this.#guard(() => this.#follow(slot))),
      this.#guard(() => this.#emitOnTime()),
    ]);
    await this.#end();
  }

  /** Everything is emitted and captured once more. */
  async #end(): Promise<void> {
    await this.#checkpoints.settled();
    this.#throwFailure();
    await this.#emitter.emit(true);
    for (const slot of this.#slots) {
      if (slot.emitting === null && this.#checkpoints.isDue(slot, true)) this.#checkpoints.begin(slot, slot.appended);
    }
    await this.#checkpoints.settled();
    this.#throwFailure();
  }

  async #build(): Promise<void> {
    const { log } = this.#ports;
    const { raw, layers } = this.#options;
    for (const layer of raw) {
      const { inputs, ...wiring } = this.#wire(layer);
      for (const input of inputs) {
        const position = await log.committed(layer.name, input);
        this.#slots.push(new Slot(layer.name, new RawTask({ layer, input, position, ...wiring }), position));
      }
    }
    for (const layer of layers) {
      const { inputs, ...wiring } = this.#wire(layer);
      for (const input of inputs) {
        const { start } = await log.bounds(input);
        const task = new PartitionTask({ layer, input, position: start, ...wiring });
        const slot = new Slot(layer.name, task, await this.#committed(layer.name, input));
        await this.#recover(slot, task);
        this.#slots.push(slot);
      }
    }
  }

  #wire(layer: RawLayer | Layer) {
    const { log, codec, partitioner } = this.#ports;
    const partitions = (topic: string): number => log.partitions(topic);
    const inputs = layer.inputs.flatMap((topic) =>
      Array.from({ length: partitions(topic) }, (_, partition): TopicPartition => ({ topic, partition })),
    );
    return { inputs, writers: inputs.map(writerOf), codec, partitions, partitioner };
  }

  async #committed(layer: string, input: TopicPartition): Promise<number> {
    const all = await Promise.all(this.#options.groups(layer).map((group) => this.#ports.log.committed(group, input)));
    return Math.max(0, ...all);
  }

  async #recover(slot: Slot, task: PartitionTask): Promise<void> {
    const { log, clock, meter, sinks, snapshots } = this.#ports;
    const { fetch_bytes, pending_rows, onRebuild, onRecovery } = this.#options;
    const onProgress = (progress: RebuildProgress): void => {
      meter.gauge('rebuild_remaining_records', progress.target - progress.position, slot.labels);
      onRebuild(progress);
    };
    try {
      if (snapshots !== undefined) await recover(slot, task, this.#checkpoints.ownerOf(slot), snapshots, onRecovery);
      if (task.position >= slot.committed) slot.saved_ms = clock.now_ms();
      await rebuild(slot, task, log, sinks, { fetch_bytes, pending_rows, onProgress, signal: this.#stopping.signal });
    } catch (error) {
      if (error instanceof ContinuityError) meter.gauge('continuity_broken', 1, slot.labels);
      throw slot.failure(error);
    }
  }

  async #guard(loop: () => Promise<void>): Promise<void> {
    try {
      await loop();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #follow(slot: Slot): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (!(await this.#step(slot))) await this.#ports.clock.sleep(this.#options.poll_ms, signal);
      } catch (error) {
        throw slot.failure(error);
      }
    }
  }

  /** One fetch and all that comes of it; false when there was nothing to do. */
  async #step(slot: Slot): Promise<boolean> {
    const { log, clock, meter } = this.#ports;
    const { task } = slot;
    // Both before the fetch: an end that was found while a file was still being appended is not the end of the file.
    const began_ms = clock.now_ms();
    const idles = task instanceof RawTask && this.#options.idles(slot.input.topic);
    const { records, end } = await log.read(slot.input, task.position, this.#options.fetch_bytes);
    slot.busy = true;
    try {
      const draining = this.#drains > 0;
      const ticks = draining || began_ms - slot.ticked_ms >= this.#options.tick_interval_ms;
      if (records.length > 0 || ticks) slot.measure(meter, task.run(records), end);
      if (ticks && idles && task.position >= end) this.#tellEnd(slot, task, began_ms);
      if (ticks) slot.ticked_ms = began_ms;
      const appends = this.#encode(task.take(ticks));
      const worked = records.length > 0 || appends.length > 0;
      if (worked) this.#work++;
      slot.quiet_ms = draining && !worked ? began_ms : -Infinity;
      if (appends.length > 0) {
        slot.appended = log.append(appends);
        await slot.appended;
      }
      if (slot.emitting === null) await this.#keep(slot);
      else if ((slot.emitting.pending ?? 0) > this.#options.pending_rows) await this.flush();
      return worked;
    } finally {
      slot.busy = false;
    }
  }

  /** Everything that came of the records before the position is acknowledged. */
  async #keep(slot: Slot): Promise<void> {
    if (!this.#checkpoints.keeps(slot)) await commit(this.#ports.log, slot, slot.task.position);
    else if (this.#checkpoints.isDue(slot, false)) this.#checkpoints.begin(slot, slot.appended);
  }

  /** While draining once only: every telling moves the clock, and so is work. */
  #tellEnd(slot: Slot, task: RawTask, began_ms: number): void {
    const told = this.#drains > 0 && slot.idle_ms >= this.#drain_since_ms;
    if (told) return;
    slot.idle_ms = began_ms;
    task.idle(began_ms);
  }

  #encode(produced: ReturnType<PartitionTask['take']>): Append[] {
    return produced.map(({ to, frame }) => ({ to, records: [{ value: this.#ports.codec.encode(frame) }] }));
  }

  async #emitOnTime(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#ports.clock.sleep(this.#options.emission_interval_ms, signal);
      await this.flush();
    }
  }

  /** True if, at one instant, every task had found nothing to do since `since_ms` and every input was read to its end. */
  async #drained(since_ms: number): Promise<boolean> {
    const work = this.#work;
    for (const slot of this.#slots) {
      if (slot.quiet_ms < since_ms) return false;
      const { end } = await this.#ports.log.bounds(slot.input);
      if (slot.task.position < end) return false;
    }
    return work === this.#work && this.#slots.every(({ busy }) => !busy);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stopping.abort();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #throwIfStopped(): void {
    this.#throwFailure();
    if (this.#stopping.signal.aborted) throw new Error('the runner was stopped before it had drained');
  }
}
