import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';

/** A piece of an operator's state that outlives the process. */
export interface Stored {
  /** What is small, or changes all the time: into the one part that every snapshot writes anew. */
  write(to: StateWriter): void;
  /** What is large, and mostly unchanged from snapshot to snapshot. Names begin with `prefix`. */
  parts(prefix: string): readonly StatePart[];
  /** Into a fresh one, in the order of `write`. `layout` is the snapshot's: 2 or a later one. */
  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void;
  /** The same from a snapshot of layout 1. */
  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void;
}
