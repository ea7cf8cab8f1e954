import { writerOf } from './frame';
import type { TopicPartition } from './operator';

/** Where the newest row taken from one source partition stood. */
export interface Mark {
  /** Of the source: a row of a newer log is new, wherever it stands there; one of an older log is old. */
  epoch: number;
  offset: number;
  ordinal: number;
}

/** As snapshots hold it; the first ones knew of no epochs. */
export type StoredMark = Omit<Mark, 'epoch'> & Partial<Pick<Mark, 'epoch'>>;

/**
 * The high-water marks of one input (design D2). A writer's row k follows its row k-1, so whatever stands at or below the
 * mark was taken before: re-emission after a crash, a zombie's writes and late duplicate appends are all recognised here.
 */
export class Marks {
  readonly #marks = new Map<string, Mark>();

  /** The mark of a source: the caller compares with it and moves it. */
  of(source: TopicPartition): Mark {
    const name = writerOf(source);
    const known = this.#marks.get(name);
    if (known !== undefined) return known;
    const mark = { epoch: 1, offset: -1, ordinal: -1 };
    this.#marks.set(name, mark);
    return mark;
  }

  /** Into fresh marks. */
  restore(marks: Readonly<Record<string, StoredMark>>): void {
    for (const [source, { epoch = 1, offset, ordinal }] of Object.entries(marks))
      this.#marks.set(source, { epoch, offset, ordinal });
  }

  /** Source → mark, as plain data. */
  entries(): Record<string, Mark> {
    const marks: Record<string, Mark> = {};
    for (const [source, { epoch, offset, ordinal }] of this.#marks) marks[source] = { epoch, offset, ordinal };
    return marks;
  }
}
