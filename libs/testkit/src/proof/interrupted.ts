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

/** Snapshots of one state as the checkpoint makes them: a part whose revision stands is not captured again. */
export class SnapshotMemory {
  #parts = new Map<string, { readonly revision: string | null; readonly content: Uint8Array }>();
  /** How many parts were captured, and how many stood. */
  captured = 0;
  reused = 0;

  capture(operator: Snapshotting): LoadedParts {
    const before = this.#parts;
    this.#parts = new Map(
      operator.snapshot().map((part) => {
        const held = before.get(part.name);
        const stands = held !== undefined && part.revision !== null && held.revision === part.revision;
        if (stands) this.reused++;
        else this.captured++;
        return [part.name, stands ? held : { revision: part.revision, content: Buffer.concat(part.capture()) }];
      }),
    );
    return new LoadedParts(new Map([...this.#parts].map(([name, { content }]) => [name, content])));
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
    const parts = memory.capture(snapshottingOf(task));
    if (endsAfter(offset)) {
      const next = fresh();
      next.restore(task.state());
      snapshottingOf(next).restore(parts, snapshottingOf(next).layout);
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
