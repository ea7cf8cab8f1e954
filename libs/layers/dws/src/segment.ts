import { Accumulators, CHUNK_BITS } from './accumulators';
import type { Families } from './families';
import type { Keys } from './keys';
import type { Booking } from './plan';

/**
 * The accumulators of one segment of the log, and which of them changed since they were stored. Freed as a whole.
 */
export class Segment {
  /** By row: generation of the last change that is not acknowledged; 0: none. */
  #changed = new Int32Array(1 << 8);
  /** Rows changed and not acknowledged, in the order in which they first changed. */
  #dirty = new Int32Array(1 << 8);
  #dirtyRows = 0;

  constructor(
    /** Part of the row key, a pure function of the log. */
    readonly id: number,
    /** Of the series whose rows these are. */
    readonly keys: Keys,
    readonly accumulators: Accumulators,
  ) {}

  /** Accumulators held. */
  get rows(): number {
    return this.accumulators.rows;
  }

  /** Rows changed and not yet acknowledged: a view, until the next change. */
  get dirty(): Int32Array {
    return this.#dirty.subarray(0, this.#dirtyRows);
  }

  get pending(): number {
    return this.#dirtyRows;
  }

  /** Adds what a fact adds to the row of a series' window. `generation` dates the change. */
  add(series: number, start_ms: number, what: Booking, withUsers: boolean, generation: number): void {
    const { lastStarts, lastSlots } = this.keys;
    let row = lastSlots[series] as number;
    if (lastStarts[series] !== start_ms) {
      row = this.accumulators.rowOf(series, start_ms);
      lastStarts[series] = start_ms;
      lastSlots[series] = row;
    }
    if (this.#changed[row] !== generation) this.#change(row, generation);
    this.accumulators.add(row, what, withUsers, generation);
  }

  /** What changed up to `generation` is stored; what changed again since stays dirty. */
  acknowledge(generation: number): void {
    const changed = this.#changed;
    const dirty = this.#dirty;
    let left = 0;
    for (let i = 0; i < this.#dirtyRows; i++) {
      const row = dirty[i] as number;
      if ((changed[row] as number) > generation) dirty[left++] = row;
      else changed[row] = 0;
    }
    this.#dirtyRows = left;
  }

  #change(row: number, generation: number): void {
    if (row >= this.#changed.length) this.#grow();
    if (this.#changed[row] === 0) this.#dirty[this.#dirtyRows++] = row;
    this.#changed[row] = generation;
    this.accumulators.narrowRevisions[row >>> CHUNK_BITS] = generation;
  }

  #grow(): void {
    const rows = this.accumulators.series.length;
    const [changed, dirty] = [new Int32Array(rows), new Int32Array(rows)];
    changed.set(this.#changed);
    dirty.set(this.#dirty);
    this.#changed = changed;
    this.#dirty = dirty;
  }
}

/**
 * Accumulators of segments that are over; never more than were in use at once. Using them again halves the cost of a fact:
 * fresh memory is found and cleared by the system, page by page.
 */
export class AccumulatorPool {
  readonly #free: Accumulators[] = [];

  constructor(readonly families: Families) {}

  take(): Accumulators {
    return this.#free.pop() ?? new Accumulators(this.families);
  }

  /** They must not be read any more. */
  give(accumulators: Accumulators): void {
    accumulators.clear();
    this.#free.push(accumulators);
  }
}
