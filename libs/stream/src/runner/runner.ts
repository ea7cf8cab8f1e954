import { type FrameCodec, writerOf } from '../frame';
import type { Layer, RawLayer, RawRecord, TopicPartition } from '../operator';
import type { Partitioner } from '../output';
import { type Append, type Clock, type Log, LogGapError, type Membership, type Meter, type Span, type Tracing } from '../ports';
import { RawTask } from '../raw-task';
import { type Manifest, SnapshotRulesError } from '../snapshot/manifest';
import type { PartitionTask } from '../task';
import { Assignment } from './assignment';
import type { SnapshotPlaces } from './checkpoint';
import { Checkpoints } from './checkpoints';
import { ContinuityError, decision } from './continuity';
import { Emitter, type Emitted, type Sinks } from './emitter';
import { committedByAny, type Instance } from './groups';
import { layerPlans, type Plan, rawPlans } from './plan';
import { Reach } from './reach';
import { checkReach, readUpTo, rebuild, type RebuildProgress } from './rebuild';
import { type Recovered, recover, type RecoveryEvent } from './recover';
import { Slot } from './slot';

export interface RunnerPorts {
  readonly log: Log;
  readonly codec: FrameCodec;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Told of every batch and every emission; default: nobody. */
  readonly tracing?: Tracing | undefined;
  readonly partitioner: Partitioner;
  /** Where emitting operators' rows go; needed only if there are any. */
  readonly sinks?: Sinks;
  /** Where state is kept; without, every start rebuilds it from the log. */
  readonly snapshots?: SnapshotPlaces;
}

export interface RunnerOptions {
  readonly raw?: readonly RawLayer[];
  readonly layers?: readonly Layer[];
  /** Which of the layers' processes this is: it has the partitions p of layers with state for which p mod replicas = ordinal. */
  readonly instance?: Instance;
  /**
   * Whether a raw topic's end may be told with the wall clock. Not while a file is replayed into it: only at the file's
   * end. Asked anew before every fetch.
   */
  readonly idles?: (topic: string) => boolean;
  /** About how much one fetch takes: what a task holds at a time. */
  readonly fetch_bytes?: number;
  /** How long a task that found nothing waits. */
  readonly poll_ms?: number;
  /** How often a partition that has stopped (D7) looks whether it may go on. */
  readonly decision_poll_ms?: number;
  /** How often partitions without rows hear the clock. */
  readonly tick_interval_ms?: number;
  readonly emission_interval_ms?: number;
  /** An operator that holds more changed rows than this is emitted at once. */
  readonly pending_rows?: number;
  /** How often state is captured, at most; and when the runner stops. */
  readonly snapshot_interval_ms?: number;
  /** Names everything that decides what operators answer (D3): a snapshot of another is refused, unless `rules` accept it. */
  readonly fingerprint?: string;
  readonly rules?: DatedRulesCheck;
  /** Of an input topic: rises when it is recreated (D4). */
  readonly epoch?: (topic: string) => number;
  /** After every emission that the stores have acknowledged; the next one waits for it. An error ends the run. */
  readonly onEmitted?: (emitted: readonly Emitted[]) => void | Promise<void>;
  readonly onRebuild?: (progress: RebuildProgress) => void;
  readonly onRecovery?: (event: RecoveryEvent) => void;
}

/** What decides what operators answer, as data: it may change from a day on that lies ahead (D3). */
export interface DatedRulesCheck {
  /** Plain JSON, kept in every snapshot. */
  readonly data: unknown;
  /**
   * Why state that was made under the rules `before` cannot go on under the present ones; null: it can. `watermark_ms` is the
   * highest that anybody has had who made that state and what came of it.
   */
  readonly refusal: (before: unknown, watermark_ms: number) => string | null;
}

const DEFAULTS: Required<Omit<RunnerOptions, 'rules'>> = {
  raw: [],
  layers: [],
  instance: { ordinal: 0, replicas: 1 },
  idles: () => true,
  fetch_bytes: 1 << 20,
  poll_ms: 20,
  decision_poll_ms: 1_000,
  tick_interval_ms: 1_000,
  emission_interval_ms: 10_000,
  pending_rows: 100_000,
  snapshot_interval_ms: 10_000,
  fingerprint: '',
  epoch: () => 1,
  onEmitted: () => undefined,
  onRebuild: () => undefined,
  onRecovery: () => undefined,
};

/**
 * Drives tasks over a log: read, run, append, commit. One loop per partition that the log has assigned to this process, so
 * partitions share it by turns of one bounded fetch. It owns everything that waits; tasks and operators are synchronous.
 * A partition whose log has a gap stops alone (D7); any other error of any loop stops all of them and rejects `run`.
 */
export class Runner {
  readonly #ports: RunnerPorts;
  readonly #options: Required<Omit<RunnerOptions, 'rules'>> & Pick<RunnerOptions, 'rules'>;
  /** Partitions that are worked on. */
  readonly #slots: Slot[] = [];
  #plans: readonly Plan[] = [];
  #assignments: readonly Assignment[] = [];
  readonly #checkpoints: Checkpoints;
  readonly #emitter: Emitter;
  readonly #stopping = new AbortController();
  #begin: () => void = () => undefined;
  /** Resolves when processing may begin. */
  readonly #begun: Promise<void>;
  /** One partition is recovered after another: what that takes of memory, it takes once. */
  #recovering: Promise<void> = Promise.resolve();
  #recovered: Promise<void> | null = null;
  #done: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  /** Rises with every step that did something: nothing is drained while it moves. */
  #work = 0;
  #drains = 0;
  #drain_since_ms = -Infinity;

  constructor(ports: RunnerPorts, options: RunnerOptions) {
    this.#ports = ports;
    this.#options = { ...DEFAULTS, ...options };
    const { snapshot_interval_ms: interval_ms, fingerprint, rules } = this.#options;
    this.#checkpoints = new Checkpoints(
      ports,
      { places: ports.snapshots, interval_ms, fingerprint, rules: rules?.data, onEvent: this.#options.onRecovery },
      (error) => this.#fail(error),
    );
    this.#emitter = new Emitter({ ...ports, sinks: ports.sinks }, this.#slots, this.#checkpoints, this.#options.onEmitted);
    this.#begun = new Promise((resolve) => (this.#begin = resolve));
    this.#stopping.signal.addEventListener('abort', () => this.#begin(), { once: true });
  }

  /** Recovers, then runs until `stop` or the first error. */
  run(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  /** Resolves when the log has assigned partitions, and their state is what it was when their group last committed. */
  async recovered(): Promise<void> {
    this.#recovered ??= this.#recover();
    await this.#recovered;
  }

  /** Resolves when `run` has brought every partition to where it was: to the end that its log had when it was taken up. */
  async ready(): Promise<void> {
    await this.recovered();
    while (this.unready().length > 0) {
      this.#throwIfStopped('it was ready');
      await this.#ports.clock.sleep(this.#options.poll_ms, this.#stopping.signal);
    }
  }

  /** Why it is not ready, a sentence each; empty when it is. */
  unready(): string[] {
    const open = new Set(this.#slots.map(({ layer, input }) => `${layer} ${writerOf(input)}`));
    const missing = this.#plans.flatMap(({ layer, pinned }) =>
      pinned.map((input) => `${layer} ${writerOf(input)}`).filter((name) => !open.has(name)),
    );
    return [
      ...(this.#assignments.length === 0 ? ['the log has assigned no partitions yet'] : []),
      ...missing.map((name) => `${name} is being recovered`),
      ...this.#slots
        .filter(({ isCaughtUp }) => !isCaughtUp)
        .map(({ layer, input, task, end, broken }) =>
          broken === null ? `${layer} ${writerOf(input)} is at ${task.position} of ${end}` : `stopped: ${broken.message}`,
        ),
    ];
  }

  /**
   * Resolves when every input is read to its end, every clock has been passed on, and everything is emitted. Rejects when a
   * partition has stopped (D7).
   */
  async drain(): Promise<void> {
    await this.recovered();
    const since_ms = this.#ports.clock.now_ms();
    this.#drain_since_ms = since_ms;
    this.#drains++;
    try {
      while (!(await this.#drained(since_ms))) {
        this.#throwIfStopped('it had drained');
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

  /** Tells the meter how every partition stands: before whoever asks is answered. */
  measure(): void {
    const now_ms = this.#ports.clock.now_ms();
    for (const slot of this.#slots) slot.gauge(this.#ports.meter, now_ms);
  }

  /** Stops fetching, lets every batch finish, emits, captures, commits, and leaves the groups; rejects as `run` does. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await (this.#done ?? this.#leave());
  }

  async #run(): Promise<void> {
    try {
      await this.recovered();
      if (this.#stopping.signal.aborted) return;
      this.#begin();
      await this.#emitOnTime();
      await Promise.all(this.#assignments.map((assignment) => assignment.ended()));
      await this.#end();
    } catch (error) {
      this.#fail(error);
    } finally {
      await this.#leave();
    }
    this.#throwFailure();
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

  /** Another process may have the partitions. What a failed one did not finish is begun anew there. */
  async #leave(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#assignments.map((assignment) => assignment.ended()));
    await Promise.allSettled(this.#assignments.map((assignment) => assignment.leave()));
  }

  async #recover(): Promise<void> {
    const { log } = this.#ports;
    const { raw, layers, epoch, instance } = this.#options;
    this.#plans = [
      ...raw.flatMap((layer) => rawPlans(layer, this.#ports, epoch)),
      ...layers.flatMap((layer) => layerPlans(layer, this.#ports, epoch, instance)),
    ];
    this.#assignments = this.#plans.map(
      (plan) =>
        new Assignment(
          plan.member,
          (input, membership, revoked) => this.#attend(plan, input, membership, revoked),
          (lost) => {
            this.#ports.meter.count('ownership_lost', lost.lost.length, { layer: plan.layer });
            this.#fail(lost);
          },
        ),
    );
    for (const { layer } of this.#plans) this.#ports.meter.count('ownership_lost', 0, { layer });
    for (const assignment of this.#assignments) await assignment.join(log);
    // Each was put in the queue when it was assigned.
    for (let last: Promise<void> | null = null; last !== this.#recovering;) {
      last = this.#recovering;
      await last;
    }
    this.#throwFailure();
  }

  /** All that is done about one partition, from its assignment until it is revoked or the runner stops. */
  async #attend(plan: Plan, input: TopicPartition, membership: Membership, revoked: AbortSignal): Promise<void> {
    const opened = this.#recovering.then(() => this.#open(plan, input, membership, revoked));
    this.#recovering = opened.then(
      () => undefined,
      () => undefined,
    );
    try {
      const slot = await opened;
      if (slot === null) return;
      await this.#begun;
      await this.#follow(slot);
      // What it has not written is read again by whoever has the partition now.
      if (!revoked.aborted) return;
      this.#slots.splice(this.#slots.indexOf(slot), 1);
      this.#ports.meter.forget(slot.labels);
      this.#options.onRecovery({ layer: slot.layer, input, kind: 'revoked', position: slot.task.position });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A slot whose state is what it was; null when it is not to be worked on any more. */
  async #open(plan: Plan, input: TopicPartition, membership: Membership, revoked: AbortSignal): Promise<Slot | null> {
    const { log, clock, meter } = this.#ports;
    if (this.#stopping.signal.aborted || revoked.aborted) return null;
    const began_ms = clock.now_ms();
    const { layer, epoch, stateless, member } = plan;
    const committed = stateless ? await log.committed(member.group, input) : await committedByAny(log, layer, input, epoch);
    const bounds = await log.bounds(input);
    // A group that never committed has read nothing: it begins with what there is.
    const task = plan.task(input, stateless && committed > 0 ? committed : bounds.start);
    const slot = new Slot(layer, task, membership, committed, epoch, revoked);
    slot.end = slot.log_end = bounds.end;
    try {
      if (!stateless && !(task instanceof RawTask)) await this.#restore(slot, task, bounds, plan.reach_ms(input.topic));
    } catch (error) {
      const gap = gapIn(slot, error);
      if (gap === null) throw slot.failure(error);
      // Told of only if nobody has decided yet.
      if (!(await this.#pass(slot, gap))) this.#break(slot, gap);
    }
    if (this.#stopping.signal.aborted || revoked.aborted) return null;
    slot.beginCounting(meter);
    this.#slots.push(slot);
    const seconds = (clock.now_ms() - began_ms) / 1000;
    meter.gauge('recovery_seconds', seconds, slot.labels);
    if (slot.broken === null)
      this.#options.onRecovery({ layer, input, kind: 'recovered', position: task.position, end: bounds.end, seconds });
    return slot;
  }

  async #restore(
    slot: Slot,
    task: PartitionTask,
    bounds: { readonly start: number; readonly end: number },
    reach_ms: number,
  ): Promise<void> {
    const { clock, meter, snapshots } = this.#ports;
    const { onRecovery } = this.#options;
    let recovered: Recovered = 'nothing';
    if (snapshots !== undefined) {
      recovered = await recover(slot, task, {
        owner: this.#checkpoints.ownerOf(slot),
        places: snapshots,
        start: bounds.start,
        judge: (name, manifest) => this.#judge(slot, task, name, manifest),
        onEvent: (event) => {
          if (event.kind === 'restored') meter.gauge('restored_position', event.position, { ...slot.labels, from: event.from });
          if (event.kind === 'passed over')
            meter.count('snapshots_passed_over', 1, { ...slot.labels, from: event.from, reason: REASONS[event.reason.name] });
          onRecovery(event);
        },
      });
      if (recovered === 'state of other rules') await this.#takeUp(slot);
    }
    if (recovered === 'nothing') await checkReach(slot, bounds, reach_ms);
    if (task.position >= slot.committed) slot.saved_ms = clock.now_ms();
    await this.#rebuild(slot, task, bounds);
  }

  async #rebuild(slot: Slot, task: PartitionTask, bounds: { readonly start: number; readonly end: number }): Promise<void> {
    const { clock, meter, sinks } = this.#ports;
    const { fetch_bytes, poll_ms, pending_rows, onRebuild } = this.#options;
    const reading = { clock, fetch_bytes, poll_ms, signal: this.#stopping.signal };
    const onProgress = (progress: RebuildProgress): void => {
      meter.gauge('rebuild_remaining_records', progress.target - progress.position, slot.labels);
      onRebuild(progress);
    };
    meter.gauge('rebuild_remaining_records', Math.max(0, slot.committed - task.position), slot.labels);
    await rebuild(slot, task, bounds, { ...reading, sinks, pending_rows, onProgress });
  }

  /**
   * State that was made under other rules is kept under the present ones before anything is processed: from here on the log holds
   * what came of these, and no start may judge by it again whether they were to be taken up.
   */
  async #takeUp(slot: Slot): Promise<void> {
    // A judgement that was broken off is none.
    if (this.#stopping.signal.aborted || slot.revoked.aborted) return;
    this.#checkpoints.begin(slot, Promise.resolve());
    await this.#checkpoints.settled();
    this.#throwFailure();
  }

  /** Why state made under other rules may not go on (D3); null: it may. What was written under them may have got further than the snapshot. */
  async #judge(slot: Slot, task: PartitionTask, name: string, manifest: Manifest): Promise<SnapshotRulesError | null> {
    const { clock, codec } = this.#ports;
    const { rules, fetch_bytes, poll_ms } = this.#options;
    const { rules: before, fingerprint, header } = manifest;
    if (rules === undefined || before === undefined)
      return new SnapshotRulesError(
        `the snapshot ${name} was made under other rules (${fingerprint}, not ${this.#options.fingerprint}), and cannot be compared with these`,
      );
    const reach = new Reach(codec, task.lateness_ms, header.watermark);
    const from = Math.max(header.position, task.position);
    await readUpTo(slot, from, slot.end, { clock, fetch_bytes, poll_ms, signal: this.#stopping.signal }, (records) =>
      reach.read(records),
    );
    const refusal = rules.refusal(before, reach.watermark_ms);
    return refusal === null ? null : new SnapshotRulesError(`the snapshot ${name} was made under other rules: ${refusal}`);
  }

  async #follow(slot: Slot): Promise<void> {
    const { signal } = this.#stopping;
    const { poll_ms, decision_poll_ms } = this.#options;
    while (!signal.aborted && !slot.revoked.aborted) {
      this.#checkpoints.measureAge(slot);
      try {
        if (slot.broken !== null) {
          if (!(await this.#mend(slot, slot.broken))) await this.#ports.clock.sleep(decision_poll_ms, signal);
        } else if (slot.task.position < slot.committed && (await this.#replayRest(slot))) continue;
        else if (!(await this.#step(slot))) await this.#ports.clock.sleep(poll_ms, signal);
      } catch (error) {
        const gap = gapIn(slot, error);
        if (gap === null) throw slot.failure(error);
        if (!(await this.#pass(slot, gap))) this.#break(slot, gap);
      }
    }
  }

  /** A gap in the middle of the silent replay is over: the rest of it is as silent as its beginning was. False: there is none. */
  async #replayRest(slot: Slot): Promise<boolean> {
    const { task, input, committed } = slot;
    if (task instanceof RawTask) return false;
    const bounds = await this.#ports.log.bounds(input);
    // An operator has decided to go on with a log that has lost its end.
    if (committed > bounds.end) return false;
    await this.#rebuild(slot, task, bounds);
    return true;
  }

  /** Stops one partition (D7). */
  #break(slot: Slot, error: ContinuityError): void {
    slot.broken = error;
    this.#options.onRecovery({ layer: slot.layer, input: slot.input, kind: 'stopped', error });
  }

  /** Goes on if the log has again what was missing, or if an operator has decided to do without it. */
  async #mend(slot: Slot, broken: ContinuityError): Promise<boolean> {
    if (await this.#pass(slot, broken)) return true;
    if (!(await this.#isWhole(slot, broken))) return false;
    this.#resume(slot, slot.task.position);
    return true;
  }

  /** Goes on where an operator has decided; false: nobody has. */
  async #pass(slot: Slot, broken: ContinuityError): Promise<boolean> {
    const from = slot.task.position;
    const decided = await decision(this.#ports.log, broken);
    if (decided === null || (await this.#wouldSkip(slot, decided))) return false;
    if (decided > from) slot.task.proceed(decided);
    this.#resume(slot, from);
    return true;
  }

  /** Whether records that the log holds lie before `offset`: the decision was about another gap. */
  async #wouldSkip({ input, membership, task }: Slot, offset: number): Promise<boolean> {
    const { start } = await this.#ports.log.bounds(input);
    if (task.position < start || task.position >= offset) return false;
    const { records } = await membership.read(input, task.position, this.#options.fetch_bytes);
    const first = records.find((record) => record.offset >= task.position)?.offset ?? offset;
    return first < offset;
  }

  #resume(slot: Slot, from: number): void {
    const { layer, input, task } = slot;
    slot.broken = null;
    this.#options.onRecovery({ layer, input, kind: 'resumed', from, position: task.position });
  }

  async #isWhole({ input, membership, task, restored }: Slot, { what, position }: ContinuityError): Promise<boolean> {
    // Of a log that has come back, or a snapshot, a start makes the state: here it would be made of the log's stump.
    if (what === 'state' || (what === 'committed offset' && !restored && task.position > 0)) return false;
    const { start, end } = await this.#ports.log.bounds(input);
    if (position < start || position > end || task.position < start || task.position > end) return false;
    const { records } = await membership.read(input, task.position, this.#options.fetch_bytes);
    const first = records.find(({ offset }) => offset >= task.position)?.offset ?? null;
    return first === null ? task.position === end : first === task.position;
  }

  /** One fetch and all that comes of it; false when there was nothing to do. */
  async #step(slot: Slot): Promise<boolean> {
    const { log, clock, meter } = this.#ports;
    const { task } = slot;
    // Both before the fetch: an end that was found while a file was still being appended is not the end of the file.
    const began_ms = clock.now_ms();
    const idles = task instanceof RawTask && this.#options.idles(slot.input.topic);
    const { records, end } = await slot.membership.read(slot.input, task.position, this.#options.fetch_bytes);
    // Of a partition that went to another meanwhile, nothing is known.
    if (slot.revoked.aborted) return false;
    slot.saw(records, end);
    slot.busy = true;
    const span = records.length > 0 ? this.#spanOf(slot, records) : null;
    let failure: unknown;
    try {
      const draining = this.#drains > 0;
      const ticks = draining || began_ms - slot.ticked_ms >= this.#options.tick_interval_ms;
      const gap = records.length > 0 || ticks ? runUpToGap(slot, records, meter) : null;
      if (ticks && idles && gap === null && task.position >= end) this.#tellEnd(slot, task, began_ms);
      if (ticks) slot.ticked_ms = began_ms;
      const appends = this.#encode(slot, task.take(ticks));
      const worked = records.length > 0 || appends.length > 0;
      if (worked) this.#work++;
      slot.quiet_ms = draining && !worked ? began_ms : -Infinity;
      if (appends.length > 0) {
        slot.appended = log.append(appends);
        await slot.appended;
      }
      if (slot.emitting === null) await this.#keep(slot);
      else if ((slot.emitting.pending ?? 0) > this.#options.pending_rows) await this.flush();
      // What came before it is said; the rest waits.
      if (gap !== null) throw gap;
      return worked;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      slot.busy = false;
      span?.end(failure);
    }
  }

  /** From a batch that was read until what came of it is in the log. */
  #spanOf({ layer, input }: Slot, records: readonly RawRecord[]): Span | null {
    const { tracing } = this.#ports;
    if (tracing === undefined) return null;
    const offset = records[0]?.offset ?? 0;
    const last_offset = records.at(-1)?.offset ?? offset;
    return tracing.span(`${layer} batch`, { layer, ...input, offset, last_offset, records: records.length });
  }

  /** Everything that came of the records before the position is acknowledged. */
  async #keep(slot: Slot): Promise<void> {
    if (!this.#checkpoints.keeps(slot)) await slot.commit(slot.task.position);
    else if (this.#checkpoints.isDue(slot, false)) this.#checkpoints.begin(slot, slot.appended);
  }

  /** While draining once only: every telling moves the clock, and so is work. */
  #tellEnd(slot: Slot, task: RawTask, began_ms: number): void {
    const told = this.#drains > 0 && slot.idle_ms >= this.#drain_since_ms;
    if (told) return;
    slot.idle_ms = began_ms;
    task.idle(began_ms);
  }

  #encode({ layer }: Slot, produced: ReturnType<PartitionTask['take']>): Append[] {
    const { codec, meter } = this.#ports;
    return produced.map(({ to, frame }) => {
      const value = codec.encode(frame);
      const labels = { layer, topic: to.topic };
      meter.observe('frame_rows', frame.rows.length, labels);
      meter.observe('frame_bytes', value.length, labels);
      return { to, records: [{ value }] };
    });
  }

  async #emitOnTime(): Promise<void> {
    const { clock } = this.#ports;
    const { signal } = this.#stopping;
    const interval_ms = this.#options.emission_interval_ms;
    let began_ms = clock.now_ms();
    while (!signal.aborted) {
      // From beginning to beginning, or the stores' time would come on top of it; where they take longer, as soon as they are done. A clock that was
      // set back must not stop it.
      const left_ms = began_ms + interval_ms - clock.now_ms();
      await clock.sleep(Math.max(0, Math.min(left_ms, interval_ms)), signal);
      began_ms = clock.now_ms();
      if (this.#failure === null) await this.flush();
    }
  }

  /** True if, at one instant, every task had found nothing to do since `since_ms` and every input was read to its end. */
  async #drained(since_ms: number): Promise<boolean> {
    const work = this.#work;
    for (const slot of [...this.#slots]) {
      if (slot.broken !== null) throw slot.failure(slot.broken);
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

  #throwIfStopped(before: string): void {
    this.#throwFailure();
    if (this.#stopping.signal.aborted) throw new Error(`the runner was stopped before ${before}`);
  }
}

/** Why a snapshot was passed over, as a label. */
const REASONS = { SnapshotDamagedError: 'damaged', SnapshotMismatchError: 'mismatch', SnapshotStaleError: 'stale' } as const;

/** The gap that an error tells of; null: it is another error. */
const gapIn = ({ layer, input }: Slot, error: unknown): ContinuityError | null => {
  if (error instanceof ContinuityError) return error;
  if (error instanceof LogGapError) return new ContinuityError(layer, input, 'position', error.expected, error.start, error.end);
  return null;
};

/** Runs what stands before a gap, and returns the gap. */
const runUpToGap = (slot: Slot, records: readonly RawRecord[], meter: Meter): LogGapError | null => {
  try {
    slot.countBatch(meter, slot.task.run(records));
    return null;
  } catch (error) {
    if (error instanceof LogGapError) return error;
    throw error;
  }
};
