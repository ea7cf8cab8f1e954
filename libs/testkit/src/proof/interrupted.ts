import { partitionOf } from '@millrace/ads';
import {
  type Frame,
  type Layer,
  LoadedParts,
  PartitionTask,
  type Snapshotting,
  type TopicPartition,
  writerOf,
} from '@millrace/stream';
import { HeldFrames } from '../driver/held-frames';

/**
 * Snapshots of one state as the checkpoint makes them. Throws where a part changed and its revision did not, and where what is
 * made later of what was held is not what the part said then.
 */
export class SnapshotMemory {
  #parts = new Map<string, { readonly revision: string | null; readonly content: Buffer; readonly held?: () => readonly Uint8Array[] }>();

  capture(operator: Snapshotting): void {
    const before = this.#parts;
    for (const [name, { content, held }] of before)
      if (held !== undefined && !content.equals(Buffer.concat(held()))) throw new Error(`${name} changed after it was held`);
    this.#parts = new Map();
    for (const { name, revision, capture, hold } of operator.snapshot()) {
      const content = Buffer.concat(capture());
      const last = before.get(name);
      if (revision !== null && last?.revision === revision && !last.content.equals(content))
        throw new Error(`${name} changed, and its revision ${revision} did not`);
      this.#parts.set(name, { revision, content, ...(hold !== undefined && { held: hold() }) });
    }
  }

  /** Throws where the state that comes of it would not be written as it was: something was not kept. */
  restore(operator: Snapshotting): void {
    operator.restore(new LoadedParts(new Map([...this.#parts].map(([name, { content }]) => [name, content]))), operator.layout);
    const again = operator.snapshot();
    for (const { name, revision, capture } of again) {
      const held = this.#parts.get(name);
      if (held === undefined || held.revision !== revision || !held.content.equals(Buffer.concat(capture())))
        throw new Error(`${name} is not what was restored`);
    }
    if (again.length !== this.#parts.size)
      throw new Error(`${this.#parts.size} parts were restored, and ${again.length} came of them`);
  }
}

export interface InterruptedOptions {
  readonly layer: () => Layer;
  readonly input: TopicPartition;
  /** The input's log. */
  readonly frames: readonly Frame[];
  /** After which of them the process ends and another goes on from the snapshot. */
  readonly endsAfter: (frame: number) => boolean;
  /** What an operator says besides rows, after each frame. */
  readonly alsoSays?: (operator: PartitionTask['operator'], position: number) => unknown;
}

/** Everything that comes out of a partition while its process ends again and again: one text per frame of the input. */
export function interrupted({ layer, input, frames, endsAfter, alsoSays }: InterruptedOptions): string[] {
  const codec = new HeldFrames();
  const fresh = (): PartitionTask =>
    new PartitionTask({
      layer: layer(),
      input,
      writers: [writerOf(input)],
      codec,
      partitions: () => 3,
      partitioner: partitionOf,
    });
  const memory = new SnapshotMemory();
  let task = fresh();
  return frames.map((frame, offset) => {
    task.run([{ offset, timestamp_ms: 0, key: null, value: codec.encode(frame) }]);
    const said = textOf([task.take(false), alsoSays?.(task.operator, task.position), task.state()]);
    memory.capture(snapshottingOf(task));
    if (endsAfter(offset)) {
      const next = fresh();
      next.restore(task.state());
      memory.restore(snapshottingOf(next));
      task = next;
    }
    return said;
  });
}

const snapshottingOf = ({ operator }: PartitionTask): Snapshotting => {
  if ('snapshot' in operator && 'restore' in operator) return operator as unknown as Snapshotting;
  throw new TypeError('this operator keeps no state in snapshots');
};

/** JSON, with what JSON cannot say. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_name, each: unknown) => {
    if (typeof each === 'number' && !Number.isFinite(each)) return String(each);
    return ArrayBuffer.isView(each) ? [...(each as Float64Array)] : each;
  });
