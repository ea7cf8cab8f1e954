import type { TopicPartition } from '../operator';
import type { Log } from '../ports';
import type { PartitionTask } from '../task';
import type { Sinks } from './emitter';
import { ContinuityError } from './recover';
import type { Slot } from './slot';

export interface RebuildProgress {
  readonly layer: string;
  readonly input: TopicPartition;
  readonly position: number;
  readonly target: number;
}

export interface RebuildOptions {
  readonly fetch_bytes: number;
  readonly pending_rows: number;
  readonly onProgress: (progress: RebuildProgress) => void;
  /** Gives up half-way: the runner is being stopped and will not process. */
  readonly signal: AbortSignal;
}

/** An operator that does not say how much waits is asked for its emission this often. */
const FETCHES_PER_EMISSION = 32;

/**
 * Silent replay: state, marks and watermark of a task from its log, up to the position that its group committed; from the
 * log's start, or from where a snapshot has brought it. The
 * output is dropped, for it was acknowledged before that position was committed (D5). Values of open days are put again:
 * a serving store may have been lost, and is never the only copy.
 */
export async function rebuild(
  slot: Slot,
  task: PartitionTask,
  log: Log,
  sinks: Sinks | undefined,
  options: RebuildOptions,
): Promise<void> {
  const target = slot.committed;
  const { start, end } = await log.bounds(slot.input);
  const gap = (what: 'snapshot' | 'committed offset', position: number): ContinuityError =>
    new ContinuityError(slot.layer, slot.input, what, position, start, end);
  if (task.position < start || task.position > end) throw gap('snapshot', task.position);
  if (target > 0 && (target < start || target > end)) throw gap('committed offset', target);
  task.silent = true;
  for (let fetches = 1; task.position < target && !options.signal.aborted; fetches++) {
    const { records } = await log.read(slot.input, task.position, options.fetch_bytes);
    task.run(records.filter(({ offset }) => offset < target));
    options.onProgress({ layer: slot.layer, input: slot.input, position: task.position, target });
    const pending = slot.emitting?.pending ?? 0;
    if (pending > options.pending_rows || fetches % FETCHES_PER_EMISSION === 0) await forgetEmission(slot, sinks);
  }
  await forgetEmission(slot, sinks);
  task.silent = false;
}

async function forgetEmission({ emitting, task }: Slot, sinks: Sinks | undefined): Promise<void> {
  const emission = emitting?.collect(task.position) ?? null;
  if (emitting === null || emission === null) return;
  if (emission.serving.length > 0) await sinks?.serving.put(emission.serving);
  emitting.acknowledge(emission);
}
