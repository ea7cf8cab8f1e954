/** 2 ** 8 rows: the arithmetic of slots is done on bits, since it is done for every row of every fact. */
const SLAB_BITS = 8;
const IN_SLAB = (1 << SLAB_BITS) - 1;

/** Rows of numbers, zero at first, in slabs that never move. */
export class Slabs {
  readonly #slabs: Float64Array[] = [];

  constructor(readonly width: number) {}

  /** Makes room for row `row`; rows are made in order. */
  grow(row: number): void {
    if ((row & IN_SLAB) === 0) this.#slabs.push(new Float64Array((IN_SLAB + 1) * this.width));
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
