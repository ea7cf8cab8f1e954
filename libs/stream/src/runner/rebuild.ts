import type { RawRecord, TopicPartition } from '../operator';
import type { Clock } from '../ports';
import type { PartitionTask } from '../task';
import { ContinuityError } from './continuity';
import type { Sinks } from './emitter';
import type { Slot } from './slot';

export interface RebuildProgress {
  readonly layer: string;
  readonly input: TopicPartition;
  readonly position: number;
  readonly target: number;
}

export interface RebuildOptions {
  readonly sinks: Sinks | undefined;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly fetch_bytes: number;
  readonly poll_ms: number;
  readonly pending_rows: number;
  readonly onProgress: (progress: RebuildProgress) => void;
  /** Gives up half-way: the runner is being stopped and will not process. */
  readonly signal: AbortSignal;
}

/** An operator that does not say how much waits is asked for its emission this often. */
const FETCHES_PER_EMISSION = 32;

/**
 * Silent replay: state, marks and watermark of a task from its log, up to the largest position that a group of the layer
 * has committed; from the log's start, or from where a snapshot has brought it. The output is dropped, for it was
 * acknowledged before that position was committed (D5). Values of open days are put again: a serving store may have been
 * lost, and is never the only copy.
 * @throws ContinuityError when the log, which holds `bounds`, does not reach from there to there (D7)
 */
export async function rebuild(
  slot: Slot,
  task: PartitionTask,
  { start, end }: { readonly start: number; readonly end: number },
  options: RebuildOptions,
): Promise<void> {
  const target = slot.committed;
  const gap = (what: 'snapshot' | 'committed offset', position: number): ContinuityError =>
    new ContinuityError(slot.layer, slot.input, what, position, start, end);
  if (task.position < start || task.position > end) throw gap('snapshot', task.position);
  if (target > 0 && (target < start || target > end)) throw gap('committed offset', target);
  task.silent = true;
  let fetches = 0;
  try {
    await readUpTo(slot, task.position, target, options, async (records) => {
      task.run(records);
      options.onProgress({ layer: slot.layer, input: slot.input, position: task.position, target });
      const pending = slot.emitting?.pending ?? 0;
      if (pending > options.pending_rows || ++fetches % FETCHES_PER_EMISSION === 0) await forgetEmission(slot, options.sinks);
    });
    await forgetEmission(slot, options.sinks);
  } finally {
    task.silent = false;
  }
}

/**
 * State that is made anew needs all of the log that it reaches back to: of a truncated one it would be another, and so would be what
 * came of it. By append time, which is at or after the event time of what was in time.
 * @throws ContinuityError when the log begins later than `reach_ms` before where the state is to be brought
 */
export async function checkReach(
  slot: Slot,
  { start, end }: { readonly start: number; readonly end: number },
  reach_ms: number,
): Promise<void> {
  const { layer, input, committed, membership } = slot;
  if (start === 0 || committed <= start || committed > end) return;
  const appended_ms = async (offset: number): Promise<number> => {
    const { records } = await membership.read(input, offset, 1);
    return records.find((record) => record.offset >= offset)?.timestamp_ms ?? NaN;
  };
  const held_ms = (await appended_ms(committed - 1)) - (await appended_ms(start));
  if (!(held_ms >= reach_ms)) throw new ContinuityError(layer, input, 'state', 0, start, end);
}

/** The records of a slot's input from one offset to another, batch by batch; ends early when the slot is not to be worked on. */
export async function readUpTo(
  { input, membership, revoked }: Slot,
  from: number,
  to: number,
  { clock, fetch_bytes, poll_ms, signal }: Pick<RebuildOptions, 'clock' | 'fetch_bytes' | 'poll_ms' | 'signal'>,
  visit: (records: readonly RawRecord[]) => void | Promise<void>,
): Promise<void> {
  for (let position = from; position < to && !signal.aborted && !revoked.aborted;) {
    const { records } = await membership.read(input, position, fetch_bytes);
    const last = records.at(-1);
    // A fetch may find nothing yet.
    if (last === undefined) await clock.sleep(poll_ms, signal);
    else await visit(records.filter(({ offset }) => offset < to));
    position = Math.max(position, (last?.offset ?? -1) + 1);
  }
}

async function forgetEmission({ emitting, task, epoch }: Slot, sinks: Sinks | undefined): Promise<void> {
  const emission = emitting?.collect(task.position, epoch) ?? null;
  if (emitting === null || emission === null) return;
  if (emission.serving.length > 0) await sinks?.serving.put(emission.serving, emission.complete);
  emitting.acknowledge(emission);
}
