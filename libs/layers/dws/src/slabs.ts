/** 2 ** 8 rows: the arithmetic of slots is done on bits, since it is done for every row of every fact. */
const SLAB_BITS = 8;
export const ROWS_PER_SLAB = 1 << SLAB_BITS;
const IN_SLAB = (1 << SLAB_BITS) - 1;

/**
 * Slabs that are free; never more than were in use at once. Using them again halves the cost of a fact: fresh memory is
 * found and cleared by the system, page by page.
 */
export class SlabPool {
  readonly #free: Float64Array[] = [];

  constructor(readonly width: number) {}

  take(): Float64Array {
    return this.#free.pop()?.fill(0) ?? new Float64Array((IN_SLAB + 1) * this.width);
  }

  give(slabs: readonly Float64Array[]): void {
    this.#free.push(...slabs);
  }
}

/** Rows of numbers, zero at first, in slabs that never move. */
export class Slabs {
  readonly width: number;
  #slabs: Float64Array[] = [];

  constructor(readonly pool: SlabPool) {
    this.width = pool.width;
  }

  /** Makes room for row `row`; rows are made in order. */
  grow(row: number): void {
    if ((row & IN_SLAB) === 0) this.#slabs.push(this.pool.take());
  }

  /** Gives the memory back; no row is left. */
  free(): void {
    this.pool.give(this.#slabs);
    this.#slabs = [];
  }

  /** The slab that holds a row; the row begins at `offsetOf(row)`. */
  slabOf(row: number): Float64Array {
    const slab = this.#slabs[row >>> SLAB_BITS];
    if (slab === undefined) throw new RangeError(`no row ${row}`);
    return slab;
  }

  offsetOf(row: number): number {
    return (row & IN_SLAB) * this.width;
  }
}
