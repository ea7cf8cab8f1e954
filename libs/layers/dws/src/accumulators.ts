import { enlarged } from '@millrace/stream';
import type { Families } from './families';
import type { Added, Addends } from './plan';

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

  /**
   * Row + 1, and above it the bits of the hash that do not choose the place; 0: free. At most half of it is taken. Where
   * accumulators are filled one after the other they take it over from each other: so it stays in the cache.
   */
  #table = NO_TABLE;
  /** By chunk of the wide family: what is to be done before it changes. */
  readonly #held = new Map<number, readonly (() => void)[]>();

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
    for (const chunk of [...this.#held.keys()]) this.#release(chunk);
    this.rows = 0;
    this.wides = 0;
    this.narrowRevisions = [];
    this.wideRevisions = [];
  }

  /** Rows are not looked for any more: gives away what they are found with. */
  giveTable(): Int32Array<ArrayBuffer> {
    const table = this.#table;
    this.#table = NO_TABLE;
    return table.fill(0);
  }

  /** While it holds no rows. */
  takeTable(table: Int32Array<ArrayBuffer>): void {
    this.#table = table;
  }

  /** -1: there is none. */
  find(series: number, start_ms: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const hashed = startHash(start_ms);
    const hash = hashOf(series, hashed);
    const near = nearOf(series, hashed);
    for (let probe = 0; ; probe++) {
      const entry = table[placeOf(probe, near, hash, mask)] as number;
      if (entry === 0) return -1;
      if (((entry ^ hash) & ~mask) !== 0) continue;
      const row = (entry & mask) - 1;
      if (this.series[row] === series && this.starts[row] === start_ms) return row;
    }
  }

  /** Made when first asked for. `hashed`: `startHash` of the start, for who asks for many of it. */
  rowOf(series: number, start_ms: number, hashed = startHash(start_ms)): number {
    const table = this.#table;
    const mask = table.length - 1;
    const hash = hashOf(series, hashed);
    const near = nearOf(series, hashed);
    for (let probe = 0; ; probe++) {
      const at = placeOf(probe, near, hash, mask);
      const entry = table[at] as number;
      if (entry === 0) return this.#insert(at, hash, series, start_ms);
      // The bits above those of rows are the hash's: others' rows are not looked at.
      if (((entry ^ hash) & ~mask) !== 0) continue;
      const row = (entry & mask) - 1;
      if (this.series[row] === series && this.starts[row] === start_ms) return row;
    }
  }

  /** Adds the same to the first `count` of some rows, column by column. `generation` dates the change of the wide ones. */
  add(rows: Int32Array, count: number, { narrow, wide }: Added, generation: number): void {
    const sums = this.narrow;
    const width = this.narrowWidth;
    const { columns, values } = narrow;
    for (let i = 0; i < columns.length; i++) {
      const value = values[i] as number;
      if (value === 0) continue;
      const column = columns[i] as number;
      for (let r = 0; r < count; r++) {
        const at = (rows[r] as number) * width + column;
        sums[at] = (sums[at] as number) + value;
      }
    }
    if (wide.columns.length > 0) for (let r = 0; r < count; r++) this.#addWide(rows[r] as number, wide, generation);
  }

  /** Once `write` is called, before a chunk of the wide family changes or its rows go; unless what is returned is called earlier. */
  holdWide(chunk: number, write: () => void): () => void {
    this.#held.set(chunk, [...(this.#held.get(chunk) ?? []), write]);
    return () => {
      const others = (this.#held.get(chunk) ?? []).filter((other) => other !== write);
      if (others.length > 0) this.#held.set(chunk, others);
      else this.#held.delete(chunk);
    };
  }

  #release(chunk: number): void {
    const held = this.#held.get(chunk);
    if (held === undefined) return;
    this.#held.delete(chunk);
    for (const write of held) write();
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
      this.#changeWide(wide >>> WIDE_CHUNK_BITS, generation);
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
    this.#changeWide(place >>> WIDE_CHUNK_BITS, generation);
    addTo(this.wide, place * this.wideWidth, what);
  }

  #changeWide(chunk: number, generation: number): void {
    if (this.#held.size > 0) this.#release(chunk);
    this.wideRevisions[chunk] = generation;
  }

  #insert(at: number, hash: number, series: number, start_ms: number): number {
    const row = this.rows++;
    if (row >= this.series.length) this.#grow();
    this.series[row] = series;
    this.starts[row] = start_ms;
    this.wideOf[row] = -1;
    const { narrow, narrowWidth } = this;
    for (let i = row * narrowWidth, end = i + narrowWidth; i < end; i++) narrow[i] = 0;
    const table = this.#table;
    if (this.rows * 2 <= table.length) table[at] = entryOf(hash, row, table.length - 1);
    else this.#rehash();
    return row;
  }

  #grow(): void {
    const rows = this.series.length * 2;
    this.series = enlarged(this.series, new Int32Array(rows));
    this.starts = enlarged(this.starts, new Float64Array(rows));
    this.wideOf = enlarged(this.wideOf, new Int32Array(rows));
    this.narrow = enlarged(this.narrow, new Float64Array(rows * this.narrowWidth));
  }

  #growWide(): void {
    const places = this.wideRows.length * 2;
    this.wideRows = enlarged(this.wideRows, new Int32Array(places));
    this.wide = enlarged(this.wide, new Float64Array(places * this.wideWidth));
  }

  /** All rows there are, the newest among them. */
  #rehash(): void {
    const table = new Int32Array(Math.max(FIRST_ROWS, this.#table.length) * 2);
    const mask = table.length - 1;
    for (let row = 0; row < this.rows; row++) {
      const series = this.series[row] as number;
      const hashed = startHash(this.starts[row] as number);
      const hash = hashOf(series, hashed);
      const near = nearOf(series, hashed);
      let probe = 0;
      while (table[placeOf(probe, near, hash, mask)] !== 0) probe++;
      table[placeOf(probe, near, hash, mask)] = entryOf(hash, row, mask);
    }
    this.#table = table;
  }
}

/** Of one place, which is always free. */
const NO_TABLE = new Int32Array(1);

const entryOf = (hash: number, row: number, mask: number): number => (hash & ~mask) | (row + 1);

const addTo = (sums: Float64Array, first: number, { columns, values }: Addends): void => {
  for (let i = 0; i < columns.length; i++) {
    const at = first + (columns[i] as number);
    sums[at] = (sums[at] as number) + (values[i] as number);
  }
};

/**
 * Rows of one window are looked for near each other at first, so that those of the minutes that are just being filled stay in
 * the cache; where too many rows are in one window, as in an hour of ads or a day, anywhere in the table.
 */
const NEAR_PLACES = 2048;
const NEAR_PROBES = 8;
const nearOf = (series: number, hashed: number): number => hashed + ((Math.imul(series, 0x9e3779b1) >>> 16) & (NEAR_PLACES - 1));
const placeOf = (probe: number, near: number, hash: number, mask: number): number =>
  (probe < NEAR_PROBES ? near + probe : hash + probe - NEAR_PROBES) & mask;

/** Windows start on whole minutes, or nearly: below that nothing is lost. */
export const startHash = (start_ms: number): number => Math.imul(Math.floor(start_ms / 60_000) | 0, 0x85ebca6b);

const hashOf = (series: number, hashed: number): number => {
  let hash = Math.imul(series + 1, 0x9e3779b1) ^ hashed;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
};
