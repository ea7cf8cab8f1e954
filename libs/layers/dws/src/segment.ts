import { Accumulators, CHUNK_BITS, startHash } from './accumulators';
import type { Added } from './plan';
import type { Families } from './families';
import type { Keys } from './keys';

/**
 * The accumulators of one segment of the log, and which of them changed since they were stored. Freed as a whole.
 *
 * Changes are dated by generations. Rows made in the generation of the last change are the last ones: they are dirty, all of
 * them, and nothing need be written down of each. In fast replay these are nearly all rows there are.
 */
export class Segment {
  /** Generation of the last change. */
  #generation = 0;
  /** Rows from here on were made in it and are dirty. */
  #fresh = 0;
  /** By row before these: generation of the last change that is not acknowledged; 0: none. */
  #changed = new Int32Array(0);
  /** Of them those changed and not acknowledged, in the order in which they first changed. */
  #dirty = new Int32Array(0);
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

  /** Rows changed and not yet acknowledged: these (a view, until the next change), and all from `fresh` on. */
  get dirty(): Int32Array {
    return this.#dirty.subarray(0, this.#dirtyRows);
  }

  get fresh(): number {
    return this.#fresh;
  }

  get pending(): number {
    return this.#dirtyRows + this.rows - this.#fresh;
  }

  /** All rows that there are by now are stored. */
  markStored(): void {
    this.#fresh = this.rows;
  }

  /**
   * Adds the same to the rows of some series' windows that start then: `series[from] … series[to - 1]`, 255 at most.
   * `generation` dates the change.
   */
  add(series: Int32Array, from: number, to: number, start_ms: number, what: Added, generation: number): void {
    this.#find(series, from, to, start_ms, generation);
    this.accumulators.add(found, to - from, what, generation);
  }

  /** Adds to the rows of those series that gain a user: behind the series stand the bits of `Fact.uv` of each. */
  addUsers(series: Int32Array, from: number, to: number, uv: number, start_ms: number, users: Added, generation: number): void {
    let count = 0;
    for (let i = from; i < to; i++) {
      if ((uv & (series[to + i - from] as number)) !== 0) gaining[count++] = series[i] as number;
    }
    if (count > 0) this.add(gaining, 0, count, start_ms, users, generation);
  }

  /** The rows of series, into `found`; made where they are not there. They are about to change. */
  #find(series: Int32Array, from: number, to: number, start_ms: number, generation: number): void {
    if (generation !== this.#generation) this.#begin(generation);
    const { accumulators } = this;
    const { last } = this.keys;
    const fresh = this.#fresh;
    const changed = this.#changed;
    const known = accumulators.rows;
    const hashed = startHash(start_ms);
    for (let i = from; i < to; i++) {
      const each = series[i] as number;
      let row: number;
      if (last[each * 2] === start_ms) row = last[each * 2 + 1] as number;
      else {
        row = accumulators.rowOf(each, start_ms, hashed);
        last[each * 2] = start_ms;
        last[each * 2 + 1] = row;
      }
      found[i - from] = row;
      if (row < fresh && changed[row] !== generation) this.#change(row);
    }
    if (accumulators.rows > known) {
      const { narrowRevisions } = accumulators;
      for (let chunk = known >>> CHUNK_BITS; chunk <= (accumulators.rows - 1) >>> CHUNK_BITS; chunk++) narrowRevisions[chunk] = generation;
    }
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
    if (this.#generation <= generation) this.markStored();
  }

  /** The first change of a generation: rows made in the last one are old from now on. */
  #begin(generation: number): void {
    const { rows } = this;
    if (rows > this.#changed.length) this.#grow();
    for (let row = this.#fresh; row < rows; row++) {
      this.#changed[row] = this.#generation;
      this.#dirty[this.#dirtyRows++] = row;
    }
    this.#fresh = rows;
    this.#generation = generation;
  }

  #change(row: number): void {
    if (this.#changed[row] === 0) this.#dirty[this.#dirtyRows++] = row;
    this.#changed[row] = this.#generation;
    this.accumulators.narrowRevisions[row >>> CHUNK_BITS] = this.#generation;
  }

  /** For all rows there is room for. */
  #grow(): void {
    const rows = this.accumulators.series.length;
    const [changed, dirty] = [new Int32Array(rows), new Int32Array(rows)];
    changed.set(this.#changed);
    dirty.set(this.#dirty);
    this.#changed = changed;
    this.#dirty = dirty;
  }
}

/** What `find` works with; used again by all segments. */
const MOST = 256;
const found = new Int32Array(MOST);
const gaining = new Int32Array(MOST);

/**
 * Accumulators of segments that are over; never more than were in use at once. Using them again halves the cost of a fact:
 * fresh memory is found and cleared by the system, page by page.
 */
export class AccumulatorPool {
  readonly #free: Accumulators[] = [];
  readonly #tables: Int32Array<ArrayBuffer>[] = [];

  constructor(readonly families: Families) {}

  take(): Accumulators {
    const accumulators = this.#free.pop() ?? new Accumulators(this.families);
    const table = this.#tables.pop();
    if (table !== undefined) accumulators.takeTable(table);
    return accumulators;
  }

  /** Nothing will be looked for in them any more. */
  retire(accumulators: Accumulators): void {
    this.#tables.push(accumulators.giveTable());
  }

  /** They must not be read any more. */
  give(accumulators: Accumulators): void {
    accumulators.clear();
    this.#free.push(accumulators);
  }
}
