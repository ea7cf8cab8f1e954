import { writerOf } from '../frame';
import type { Counting, Emitting, RawRecord, Sized, Snapshotting, TopicPartition } from '../operator';
import type { Membership, Meter } from '../ports';
import type { RawTask } from '../raw-task';
import type { StoredPart } from '../snapshot/manifest';
import type { BatchCounts, PartitionTask } from '../task';
import type { ContinuityError } from './continuity';
import { Tally } from './tally';

/** A snapshot's manifest and the files that it names. */
export interface SavedSnapshot {
  readonly name: string;
  readonly parts: readonly StoredPart[];
}

/** A task and what the runner knows about it. */
export class Slot {
  readonly labels: Readonly<Record<string, string>>;
  readonly emitting: Emitting | null;
  readonly snapshotting: Snapshotting | null;
  readonly tally: Tally | null;
  /** The group's position as last written. */
  committed: number;
  /** When ticks were last due, and when the end of a raw log was last told. */
  ticked_ms = -Infinity;
  idle_ms = -Infinity;
  /** From records read, or ticks to send, until the log has what came of them. */
  busy = false;
  /** Start of the last step, if that step found nothing at all to do while draining. */
  quiet_ms = -Infinity;
  /** Snapshots on the volume that may be restored from, the newest last. */
  saved: readonly SavedSnapshot[] = [];
  /** When the last checkpoint began, and up to where the state is saved. */
  saved_ms = -Infinity;
  saved_position: number;
  /** When the state was last seen to be all in a finished snapshot, and up to where that one goes. */
  whole_ms = -Infinity;
  whole_position: number;
  /** A checkpoint is under way. */
  saving = false;
  /** The last checkpoint could not be copied to the store. */
  lacksCopy = false;
  /** Resolves when what the last batch emitted is acknowledged. */
  appended: Promise<void> = Promise.resolve();
  /** The log's end when the slot was opened: whatever was processed before lies before it. */
  end = 0;
  /** The log's end as the last fetch saw it, and when the newest record that was read was appended. */
  log_end = 0;
  newest_ms = -Infinity;
  /** Its state is that of a snapshot. */
  restored = false;
  /** Why it stands still (D7). */
  broken: ContinuityError | null = null;

  constructor(
    readonly layer: string,
    readonly task: PartitionTask | RawTask,
    readonly membership: Pick<Membership, 'read' | 'commit'>,
    committed: number,
    /** Of the input (D4). */
    readonly epoch: number,
    /** Aborted when the partition is another's. */
    readonly revoked: AbortSignal,
  ) {
    this.labels = { layer, topic: task.input.topic, partition: String(task.input.partition) };
    this.committed = committed;
    // A fresh task holds nothing that could be lost.
    this.saved_position = this.whole_position = task.position;
    const { operator } = task;
    this.emitting = isEmitting(operator) ? operator : null;
    this.snapshotting = isSnapshotting(operator) ? operator : null;
    this.tally = isCounting(operator) ? new Tally(operator) : null;
  }

  get input(): TopicPartition {
    return this.task.input;
  }

  /** It has got to where it was, and beyond. */
  get isCaughtUp(): boolean {
    return this.broken === null && this.task.position >= this.end;
  }

  /** Writes the group's position if it moved. */
  async commit(position: number): Promise<void> {
    if (position <= this.committed) return;
    await this.membership.commit(this.input, position);
    this.committed = position;
  }

  /** A fetch brought `records`, and `end` for the log's end. */
  saw(records: readonly RawRecord[], end: number): void {
    this.log_end = end;
    this.newest_ms = records.at(-1)?.timestamp_ms ?? this.newest_ms;
  }

  /** Names the task in an error that stops the process. */
  failure(cause: unknown): TaskError {
    return cause instanceof TaskError ? cause : new TaskError(this.layer, this.input, this.task.position, cause);
  }

  /** From now on it counts: a counter that is there from the beginning shows that nothing comes. */
  beginCounting(meter: Meter): void {
    for (const name of COUNTED) meter.count(name, 0, this.labels);
    this.tally?.skip();
    this.tally?.tell(meter, this.layer, this.input.topic);
  }

  /** Once per batch. */
  countBatch(meter: Meter, counts: BatchCounts): void {
    if (counts.records === 0) return;
    const { layer, input, labels } = this;
    for (const name of COUNTED) meter.count(name, counts[FIELDS[name]], labels);
    meter.observe('batch_rows', counts.rows_in, { layer, topic: input.topic });
    this.tally?.tell(meter, layer, input.topic);
  }

  /** What is known at any time: for whoever asks now and then. */
  gauge(meter: Meter, now_ms: number): void {
    const { labels, task, emitting } = this;
    const { position, clock_ms, operator } = task;
    const lag = Math.max(0, this.log_end - position);
    meter.gauge('partition_owned', 1, labels);
    meter.gauge('partition_stopped', this.broken === null ? 0 : 1, labels);
    meter.gauge('position_offset', position, labels);
    meter.gauge('log_end_offset', this.log_end, labels);
    meter.gauge('committed_offset', this.committed, labels);
    meter.gauge('lag_records', lag, labels);
    if (lag === 0) meter.gauge('lag_seconds', 0, labels);
    else if (this.newest_ms > 0) meter.gauge('lag_seconds', Math.max(0, now_ms - this.newest_ms) / 1000, labels);
    if (Number.isFinite(clock_ms)) meter.gauge('watermark_timestamp_seconds', clock_ms / 1000, labels);
    if (emitting !== null) meter.gauge('pending_rows', emitting.pending ?? 0, labels);
    if (!isSized(operator)) return;
    const { entries, bytes } = operator.state;
    meter.gauge('state_entries', entries, labels);
    meter.gauge('state_bytes', bytes, labels);
  }
}

const FIELDS = { records_in: 'records', rows_in: 'rows_in', rows_skipped: 'skipped', rows_out: 'rows_out' } as const;
const COUNTED = Object.keys(FIELDS) as (keyof typeof FIELDS)[];

/** What ended a task, and where: the record at `position` is the first that was not finished. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  constructor(
    readonly layer: string,
    readonly input: TopicPartition,
    readonly position: number,
    override readonly cause: unknown,
  ) {
    super(
      `${layer} stopped at offset ${position} of ${writerOf(input)}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

const isEmitting = (operator: object): operator is Emitting => 'collect' in operator && 'acknowledge' in operator;
const isSnapshotting = (operator: object): operator is Snapshotting => 'snapshot' in operator && 'restore' in operator;
const isCounting = (operator: object): operator is Counting => 'counters' in operator;
const isSized = (operator: object): operator is Sized => 'state' in operator;
