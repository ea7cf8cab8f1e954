import { type Frame, type TopicPartition, writerOf } from '@millrace/stream';
import type { Brokers } from '../ports/brokers';
import type { Life } from '../world/life';

/**
 * "No loud replay": what a process makes of records before the largest offset that any group of its layer had committed when
 * it began was acknowledged before; it is for its state alone, and is not written again.
 */
export class Loudness {
  readonly #committed = new WeakMap<Life, ReadonlyMap<string, number>>();

  constructor(
    private readonly brokers: Brokers,
    private readonly object: (objection: string) => void,
  ) {}

  /** A life of a layer with state begins. */
  begins(life: Life, layer: string, inputs: readonly TopicPartition[]): void {
    const groups = this.brokers.groups(layer);
    const committed = inputs.map((input): [string, number] => [
      writerOf(input),
      Math.max(0, ...groups.map((group) => this.brokers.committed(group, input))),
    ]);
    this.#committed.set(life, new Map(committed));
  }

  wrote({ source, offsets }: Frame, by: Life | null): void {
    const committed = by === null ? undefined : this.#committed.get(by)?.get(writerOf(source));
    if (committed === undefined) return;
    const loud = offsets.find((offset) => offset < committed);
    if (loud !== undefined)
      this.object(
        `${by?.name ?? ''} writes again what came of ${writerOf(source)}@${loud}; ${committed} was committed before it began`,
      );
  }
}
