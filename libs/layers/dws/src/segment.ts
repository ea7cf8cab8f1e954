import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { Contribution } from './contribution';
import { readSeries, SeriesWriter } from './series-state';
import type { Series } from './series';
import type { SeriesOf } from './series-state';
import { ROWS_PER_SLAB, Slabs, type SlabPool } from './slabs';

/** Rows of one part of a snapshot: 2 ** 14. */
const CHUNK_BITS = 14;

/** A slot that can be read: which row of which segment. */
export interface Row {
  readonly series: Series;
  readonly start_ms: number;
}

/**
 * The accumulators of one segment of the log, found by (series, window start) through an open-addressed table; one slot
 * per row, no object. Freed as a whole.
 */
export class Segment {
  readonly #sums: Slabs;
  readonly #series: Series[] = [];
  readonly #starts: number[] = [];
  /** Generation of the last change that is not acknowledged; 0: none. */
  readonly #changed: number[] = [];
  #dirty: number[] = [];
  /** Generation of the last change, by chunk. */
  #revisions: number[] = [];
  /** Slot + 1; 0: free. */
  #table = new Int32Array(1024);

  constructor(
    /** Part of the row key, a pure function of the log. */
    readonly id: number,
    /** Tells the segments of one operator apart; from 1. */
    readonly serial: number,
    pool: SlabPool,
  ) {
    this.#sums = new Slabs(pool);
  }

  /** Columns per row. */
  get width(): number {
    return this.#sums.width;
  }

  /** Accumulators held. */
  get rows(): number {
    return this.#series.length;
  }

  /** Slots changed and not yet acknowledged. */
  get dirty(): readonly number[] {
    return this.#dirty;
  }

  row(slot: number): Row {
    const series = this.#series[slot];
    const start_ms = this.#starts[slot];
    if (series === undefined || start_ms === undefined) throw new RangeError(`no slot ${slot}`);
    return { series, start_ms };
  }

  /** The sums of a slot are `slab[offset…offset + width]`. */
  slabOf(slot: number): Float64Array {
    return this.#sums.slabOf(slot);
  }

  offsetOf(slot: number): number {
    return this.#sums.offsetOf(slot);
  }

  /** The slot of a series' window, made when first asked for. */
  slotOf(series: Series, start_ms: number): number {
    if (series.lastSegment === this.serial && series.lastStart === start_ms) return series.lastSlot;
    const slot = this.#find(series, start_ms);
    series.lastSegment = this.serial;
    series.lastStart = start_ms;
    series.lastSlot = slot;
    return slot;
  }

  /** Adds what a fact contributes; with its users where the row counts them. `generation` dates the change. */
  add(slot: number, what: Contribution, withUsers: boolean, generation: number): void {
    const slab = this.#sums.slabOf(slot);
    const offset = this.#sums.offsetOf(slot);
    const { columns, values, size } = what;
    for (let i = 0; i < size; i++) {
      const at = offset + (columns[i] ?? 0);
      slab[at] = (slab[at] ?? 0) + (values[i] ?? 0);
    }
    if (withUsers) {
      const { userColumns, userValues, users } = what;
      for (let i = 0; i < users; i++) {
        const at = offset + (userColumns[i] ?? 0);
        slab[at] = (slab[at] ?? 0) + (userValues[i] ?? 0);
      }
    }
    if (this.#changed[slot] === 0) this.#dirty.push(slot);
    this.#changed[slot] = generation;
    this.#revisions[slot >>> CHUNK_BITS] = generation;
  }

  /** What changed up to `generation` is stored; what changed again since stays dirty. */
  acknowledge(generation: number): void {
    const changed = this.#changed;
    this.#dirty = this.#dirty.filter((slot) => {
      if ((changed[slot] ?? 0) > generation) return true;
      changed[slot] = 0;
      return false;
    });
  }

  /** The end of the segment: it must not be read any more. */
  free(): void {
    this.#sums.free();
  }

  write(to: StateWriter): void {
    to.count(this.id).count(this.rows).array(Float64Array.from(this.#revisions));
  }

  /** Which rows there are, and what they hold: of a chunk that is full, the first never changes. */
  parts(prefix: string): StatePart[] {
    return this.#revisions.flatMap((generation, chunk) => {
      const first = chunk << CHUNK_BITS;
      const end = Math.min(this.rows, (chunk + 1) << CHUNK_BITS);
      return [
        statePart(`${prefix}.rows.${chunk}`, `${this.id}.${end}`, (to) => this.#writeRows(first, end, to)),
        statePart(`${prefix}.sums.${chunk}`, `${this.id}.${generation}`, (to) => this.#writeSums(first, end, to)),
      ];
    });
  }

  static restored(
    from: StateReader,
    serial: number,
    pool: SlabPool,
    prefix: string,
    parts: StateParts,
    seriesOf: SeriesOf,
  ): Segment {
    const segment = new Segment(from.count(), serial, pool);
    const rows = from.count();
    segment.#revisions = [...from.array(Float64Array)];
    for (let first = 0; first < rows; first += 1 << CHUNK_BITS) {
      const chunk = first >>> CHUNK_BITS;
      const end = Math.min(rows, first + (1 << CHUNK_BITS));
      const known: Series[] = [];
      const keys = parts.read(`${prefix}.rows.${chunk}`);
      for (let slot = first; slot < end; slot++) segment.slotOf(readSeries(keys, known, seriesOf), keys.number());
      const sums = parts.read(`${prefix}.sums.${chunk}`);
      for (let slot = first; slot < end; slot += ROWS_PER_SLAB) segment.slabOf(slot).set(sums.array(Float64Array));
    }
    return segment;
  }

  #writeRows(first: number, end: number, to: StateWriter): void {
    const series = new SeriesWriter(to);
    for (let slot = first; slot < end; slot++) {
      const row = this.row(slot);
      series.write(row.series);
      to.number(row.start_ms);
    }
  }

  #writeSums(first: number, end: number, to: StateWriter): void {
    for (let slot = first; slot < end; slot += ROWS_PER_SLAB)
      to.array(this.slabOf(slot).subarray(0, Math.min(ROWS_PER_SLAB, end - slot) * this.width));
  }

  #find(series: Series, start_ms: number): number {
    const mask = this.#table.length - 1;
    for (let at = hashOf(series.id, start_ms) & mask; ; at = (at + 1) & mask) {
      const slot = (this.#table[at] ?? 0) - 1;
      if (slot < 0) return this.#insert(at, series, start_ms);
      if (this.#series[slot] === series && this.#starts[slot] === start_ms) return slot;
    }
  }

  #insert(at: number, series: Series, start_ms: number): number {
    const slot = this.#series.length;
    this.#sums.grow(slot);
    this.#series.push(series);
    this.#starts.push(start_ms);
    this.#changed.push(0);
    this.#table[at] = slot + 1;
    if (slot * 2 > this.#table.length) this.#rehash();
    return slot;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let slot = 0; slot < this.#series.length; slot++) {
      const { series, start_ms } = this.row(slot);
      let at = hashOf(series.id, start_ms) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = slot + 1;
    }
    this.#table = table;
  }
}

/** Windows start on whole minutes, or nearly: below that nothing is lost. */
const hashOf = (series: number, start_ms: number): number => {
  let hash = Math.imul(series + 1, 0x9e3779b1) ^ Math.imul(Math.floor(start_ms / 60_000) | 0, 0x85ebca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
};
