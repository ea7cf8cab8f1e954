import type { Families } from './families';
import type { Addends, Booking } from './plan';

/** Rows of one part of a snapshot: 2 ** 14; of the wide family 2 ** 12. */
export const CHUNK_BITS = 14;
export const WIDE_CHUNK_BITS = 12;

const FIRST_ROWS = 1 << 8;
const FIRST_WIDE = 1 << 4;

/**
 * Sums by (series, window start), found through an open-addressed table. Rows lie in arrays beside each other, outside the
 * JS heap, and no row is an object. What effects add to lies apart, and only for the rows that effects have reached.
 */
export class Accumulators {
  rows = 0;
  /** By row. */
  series = new Int32Array(FIRST_ROWS);
  starts = new Float64Array(FIRST_ROWS);
  /** Sums of row r: `narrow[r * narrowWidth …]`. */
  narrow: Float64Array;
  readonly narrowWidth: number;
  /** Place among the wide ones; -1: all of the wide family are 0. */
  wideOf = new Int32Array(FIRST_ROWS);

  /** Rows that an effect has reached. */
  wides = 0;
  /** Place → row. */
  wideRows = new Int32Array(FIRST_WIDE);
  wide: Float64Array;
  readonly wideWidth: number;

  /** Generation of the last change, by chunk. */
  narrowRevisions: number[] = [];
  wideRevisions: number[] = [];

  /** Row + 1; 0: free. At most half of it is taken. */
  #table = new Int32Array(FIRST_ROWS * 2);

  constructor({ narrow, wide }: Pick<Families, 'narrow' | 'wide'>) {
    this.narrowWidth = narrow.length;
    this.wideWidth = wide.length;
    this.narrow = new Float64Array(FIRST_ROWS * narrow.length);
    this.wide = new Float64Array(FIRST_WIDE * wide.length);
  }

  /** Memory taken, used or not. */
  get bytes(): number {
    const arrays = [this.series, this.starts, this.narrow, this.wideOf, this.wideRows, this.wide, this.#table];
    return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** No row is left; the memory is. */
  clear(): void {
    this.rows = 0;
    this.wides = 0;
    this.narrowRevisions = [];
    this.wideRevisions = [];
    this.#table.fill(0);
  }

  /** -1: there is none. */
  find(series: number, start_ms: number): number {
    const mask = this.#table.length - 1;
    for (let at = hashOf(series, start_ms) & mask; ; at = (at + 1) & mask) {
      const row = (this.#table[at] as number) - 1;
      if (row < 0 || (this.series[row] === series && this.starts[row] === start_ms)) return row;
    }
  }

  /** Made when first asked for. */
  rowOf(series: number, start_ms: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hashOf(series, start_ms) & mask; ; at = (at + 1) & mask) {
      const row = (table[at] as number) - 1;
      if (row < 0) return this.#insert(at, series, start_ms);
      if (this.series[row] === series && this.starts[row] === start_ms) return row;
    }
  }

  /** Adds what a fact adds, with its users where the row counts them. `generation` dates the change of the wide ones. */
  add(row: number, { narrow, wide, narrowUsers, wideUsers }: Booking, withUsers: boolean, generation: number): void {
    const sums = this.narrow;
    const at = row * this.narrowWidth;
    addTo(sums, at, narrow);
    if (withUsers) addTo(sums, at, narrowUsers);
    if (wide.columns.length > 0) this.#addWide(row, wide, generation);
    if (withUsers && wideUsers.columns.length > 0) this.#addWide(row, wideUsers, generation);
  }

  /** Adds the sums of a row of others. */
  addRow(row: number, from: Accumulators, other: number, generation: number): void {
    for (let place = 0; place < this.narrowWidth; place++)
      this.addSum(row, false, place, from.narrow[other * this.narrowWidth + place] as number, generation);
    const wide = from.wideOf[other] as number;
    if (wide < 0) return;
    for (let place = 0; place < this.wideWidth; place++) {
      const sum = from.wide[wide * this.wideWidth + place] as number;
      if (sum !== 0) this.addSum(row, true, place, sum, generation);
    }
  }

  /** Adds the sums of a row to others, by column. */
  addTo(sums: Float64Array, row: number, { narrow, wide }: Pick<Families, 'narrow' | 'wide'>): void {
    for (let place = 0; place < narrow.length; place++) {
      const column = narrow[place] as number;
      sums[column] = (sums[column] as number) + (this.narrow[row * narrow.length + place] as number);
    }
    const wideRow = this.wideOf[row] as number;
    if (wideRow < 0) return;
    for (let place = 0; place < wide.length; place++) {
      const column = wide[place] as number;
      sums[column] = (sums[column] as number) + (this.wide[wideRow * wide.length + place] as number);
    }
  }

  /** Adds to one column: `place` is that in its family. */
  addSum(row: number, isWide: boolean, place: number, sum: number, generation: number): void {
    if (isWide) {
      const wide = this.wideOfRow(row);
      this.wideRevisions[wide >>> WIDE_CHUNK_BITS] = generation;
      const at = wide * this.wideWidth + place;
      this.wide[at] = (this.wide[at] as number) + sum;
      return;
    }
    this.narrowRevisions[row >>> CHUNK_BITS] = generation;
    const at = row * this.narrowWidth + place;
    this.narrow[at] = (this.narrow[at] as number) + sum;
  }

  /** The place of a row's wide family, made when first asked for. */
  wideOfRow(row: number): number {
    const known = this.wideOf[row] as number;
    if (known >= 0) return known;
    const place = this.wides++;
    if (place >= this.wideRows.length) this.#growWide();
    this.wideRows[place] = row;
    this.wideOf[row] = place;
    this.wide.fill(0, place * this.wideWidth, (place + 1) * this.wideWidth);
    return place;
  }

  #addWide(row: number, what: Addends, generation: number): void {
    const place = this.wideOfRow(row);
    addTo(this.wide, place * this.wideWidth, what);
    this.wideRevisions[place >>> WIDE_CHUNK_BITS] = generation;
  }

  #insert(at: number, series: number, start_ms: number): number {
    const row = this.rows++;
    if (row >= this.series.length) this.#grow();
    this.series[row] = series;
    this.starts[row] = start_ms;
    this.wideOf[row] = -1;
    const { narrow, narrowWidth } = this;
    for (let i = row * narrowWidth, end = i + narrowWidth; i < end; i++) narrow[i] = 0;
    // A table that grew has it by now.
    if (this.#table.length >= this.series.length * 2) this.#table[at] = row + 1;
    else this.#rehash();
    return row;
  }

  #grow(): void {
    const rows = this.series.length * 2;
    this.series = copied(this.series, new Int32Array(rows));
    this.starts = copied(this.starts, new Float64Array(rows));
    this.wideOf = copied(this.wideOf, new Int32Array(rows));
    this.narrow = copied(this.narrow, new Float64Array(rows * this.narrowWidth));
  }

  #growWide(): void {
    const places = this.wideRows.length * 2;
    this.wideRows = copied(this.wideRows, new Int32Array(places));
    this.wide = copied(this.wide, new Float64Array(places * this.wideWidth));
  }

  /** All rows there are, the newest among them. */
  #rehash(): void {
    const table = new Int32Array(this.series.length * 2);
    const mask = table.length - 1;
    for (let row = 0; row < this.rows; row++) {
      let at = hashOf(this.series[row] as number, this.starts[row] as number) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = row + 1;
    }
    this.#table = table;
  }
}

const addTo = (sums: Float64Array, first: number, { columns, values }: Addends): void => {
  for (let i = 0; i < columns.length; i++) {
    const at = first + (columns[i] as number);
    sums[at] = (sums[at] as number) + (values[i] as number);
  }
};

const copied = <Typed extends { set(from: ArrayLike<number>): void }>(from: ArrayLike<number>, to: Typed): Typed => {
  to.set(from);
  return to;
};

/** Windows start on whole minutes, or nearly: below that nothing is lost. */
const hashOf = (series: number, start_ms: number): number => {
  let hash = Math.imul(series + 1, 0x9e3779b1) ^ Math.imul(Math.floor(start_ms / 60_000) | 0, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};
