const SLAB_ROWS = 256;

/** Rows of numbers, zero at first, in slabs that never move. */
export class Slabs {
  readonly #slabs: Float64Array[] = [];

  constructor(readonly width: number) {}

  /** Makes room for row `row`; rows are made in order. */
  grow(row: number): void {
    if (row % SLAB_ROWS === 0) this.#slabs.push(new Float64Array(SLAB_ROWS * this.width));
  }

  /** The slab that holds a row; the row begins at `offsetOf(row)`. */
  slabOf(row: number): Float64Array {
    const slab = this.#slabs[Math.floor(row / SLAB_ROWS)];
    if (slab === undefined) throw new RangeError(`no row ${row}`);
    return slab;
  }

  offsetOf(row: number): number {
    return (row % SLAB_ROWS) * this.width;
  }
}
