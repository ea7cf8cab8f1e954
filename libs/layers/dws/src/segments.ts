import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { accumulatorParts, restoreAccumulators, writeAccumulators } from './accumulator-state';
import type { Families } from './families';
import type { KeyTrees } from './key-trees';
import type { Keys } from './keys';
import { restoreSegment1 } from './layout-1';
import { AccumulatorPool, Segment } from './segment';

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
  readonly #pool: AccumulatorPool;
  #nextHour = -Infinity;

  constructor(
    readonly families: Families,
    readonly maxRows: number,
    keys: Keys,
    /** Keys of a new day segment. */
    readonly newKeys: () => Keys,
  ) {
    this.#pool = new AccumulatorPool(families);
    this.fine = this.#next(0, keys);
    this.day = this.#next(0, keys);
  }

  /** Rows changed and not yet acknowledged. */
  get pending(): number {
    let pending = this.fine.pending + this.day.pending;
    for (const segment of this.ended) pending += segment.pending;
    return pending;
  }

  get rows(): number {
    return this.all().reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Memory taken. */
  get bytes(): number {
    return this.all().reduce((sum, { accumulators }) => sum + accumulators.bytes, 0);
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
    const keys = dayEnds ? this.newKeys() : this.day.keys;
    if (dayEnds || bucketOf(this.fine) !== hour || this.fine.rows >= this.maxRows) {
      this.fine = this.#after(this.fine, hour, keys);
      keys.forgetRows();
    }
    if (dayEnds) this.day = this.#after(this.day, day, keys);
    return dayEnds;
  }

  /** All that hold rows. */
  all(): readonly Segment[] {
    return [...this.ended, this.day, this.fine];
  }

  /** Frees what is over and stored. */
  acknowledge(generation: number): void {
    for (const segment of this.all()) segment.acknowledge(generation);
    for (const segment of this.ended) if (segment.pending === 0) this.#pool.give(segment.accumulators);
    this.ended = this.ended.filter(({ pending }) => pending > 0);
  }

  /** What is over is stored, or about to be: it is no part of the state. */
  write(to: StateWriter): void {
    to.number(this.log_ms).number(this.#nextHour);
    for (const { id, accumulators } of [this.fine, this.day]) writeAccumulators(to.count(id), accumulators);
  }

  parts(): StatePart[] {
    const of = (prefix: string, { id, keys, accumulators }: Segment): StatePart[] =>
      accumulatorParts(prefix, String(id), keys, accumulators);
    return [...of('fine', this.fine), ...of('day', this.day)];
  }

  restore(from: StateReader, parts: StateParts, layout: number, trees: KeyTrees): void {
    this.log_ms = from.number();
    this.#nextHour = from.number();
    const restored = (prefix: string): Segment => {
      const id = from.count();
      const segment = this.#next(id, trees.keys);
      if (layout === 1) restoreSegment1(from, prefix, parts, trees, this.families, segment.accumulators);
      else restoreAccumulators(from, prefix, parts, layout, trees, segment.accumulators);
      segment.markStored();
      return segment;
    };
    this.fine = restored('fine');
    this.day = restored('day');
  }

  #after(segment: Segment, bucket: number, keys: Keys): Segment {
    this.ended = [...this.ended, segment];
    this.#pool.retire(segment.accumulators);
    return this.#next(bucketOf(segment) === bucket ? segment.id + 1 : bucket * PER_BUCKET, keys);
  }

  #next(id: number, keys: Keys): Segment {
    return new Segment(id, keys, this.#pool.take());
  }
}

const bucketOf = ({ id }: Segment): number => Math.floor(id / PER_BUCKET);
