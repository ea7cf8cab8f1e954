import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { Segment } from './segment';
import type { SeriesOf } from './series-state';
import { SlabPool } from './slabs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Segments of one bucket of log time, at most; their ids stay safe integers until the year 6000. */
const PER_BUCKET = 2 ** 20;

/**
 * Cuts the log into segments, from what it holds alone: by buckets of log time, which is the largest ingest time read so
 * far; an hour for rows of minutes and hours, a day for rows of days. A segment that has `maxRows` accumulators also ends,
 * so that a fast replay, where much event time passes in little log time, needs no more memory than live traffic.
 */
export class Segments {
  /** Minute and hour rows. */
  fine: Segment;
  day: Segment;
  /** Over, and not known to be stored. */
  ended: readonly Segment[] = [];
  /** Largest ingest time read. */
  log_ms = -Infinity;
  readonly #pool: SlabPool;
  #nextHour = -Infinity;
  #serials = 0;

  constructor(
    width: number,
    readonly maxRows: number,
  ) {
    this.#pool = new SlabPool(width);
    this.fine = this.#next(0);
    this.day = this.#next(0);
  }

  /** Places the next fact. True when it begins a new day segment. */
  advance(ingest_ms: number): boolean {
    if (ingest_ms > this.log_ms) this.log_ms = ingest_ms;
    if (this.log_ms < this.#nextHour && this.fine.rows < this.maxRows && this.day.rows < this.maxRows) return false;

    const hour = Math.floor(this.log_ms / HOUR_MS);
    this.#nextHour = (hour + 1) * HOUR_MS;
    const day = Math.floor(this.log_ms / DAY_MS);
    const dayEnds = bucketOf(this.day) !== day || this.day.rows >= this.maxRows;
    // The keys of both are forgotten with the day segment, so it takes the other with it.
    if (dayEnds || bucketOf(this.fine) !== hour || this.fine.rows >= this.maxRows) this.fine = this.#after(this.fine, hour);
    if (dayEnds) this.day = this.#after(this.day, day);
    return dayEnds;
  }

  /** All that hold rows. */
  all(): readonly Segment[] {
    return [...this.ended, this.day, this.fine];
  }

  /** Frees what is over and stored. */
  acknowledge(generation: number): void {
    for (const segment of this.all()) segment.acknowledge(generation);
    for (const segment of this.ended) if (segment.dirty.length === 0) segment.free();
    this.ended = this.ended.filter(({ dirty }) => dirty.length > 0);
  }

  /** What is over is stored, or about to be: it is no part of the state. */
  write(to: StateWriter): void {
    to.number(this.log_ms).number(this.#nextHour);
    for (const segment of [this.fine, this.day]) segment.write(to);
  }

  parts(): StatePart[] {
    return [...this.fine.parts('fine'), ...this.day.parts('day')];
  }

  restore(from: StateReader, parts: StateParts, seriesOf: SeriesOf): void {
    this.log_ms = from.number();
    this.#nextHour = from.number();
    this.fine = Segment.restored(from, ++this.#serials, this.#pool, 'fine', parts, seriesOf);
    this.day = Segment.restored(from, ++this.#serials, this.#pool, 'day', parts, seriesOf);
  }

  #after(segment: Segment, bucket: number): Segment {
    this.ended = [...this.ended, segment];
    return this.#next(bucketOf(segment) === bucket ? segment.id + 1 : bucket * PER_BUCKET);
  }

  #next(id: number): Segment {
    return new Segment(id, ++this.#serials, this.#pool);
  }
}

const bucketOf = ({ id }: Segment): number => Math.floor(id / PER_BUCKET);
