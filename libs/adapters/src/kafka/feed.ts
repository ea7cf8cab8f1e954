import { LogGapError, type RawRecord, type TopicPartition } from '@millrace/stream';
import type { RecordRun } from './record-batch';
import { bytesOf } from './records';

/** What one fetch brought of a partition. */
export interface Delivery {
  readonly runs: readonly RecordRun[];
  /** The first offset that the fetch covered, be it of a control record. */
  readonly first: number;
  /** The offset after all that the fetch covered: control records and what was filtered out included. */
  readonly next: number;
  /** The log's end as the fetch saw it. */
  readonly end: number;
  /** When the fetch was begun, ms on the monotonic clock. */
  readonly began_ms: number;
}

/** What a reader takes at a time. */
export interface Taken extends Pick<Delivery, 'next' | 'end' | 'began_ms'> {
  readonly records: readonly RawRecord[];
}

/** Records are missing from `expected` on: certainly lost, or perhaps compacted away by whoever fills the topic. */
export interface Doubt {
  readonly expected: number;
  readonly certain: boolean;
}

/**
 * The records of one partition between the client, which pushes, and the reader, who pulls. Bounded: above `bound_bytes`
 * the client must not fetch the partition until the reader has caught up.
 */
export class PartitionFeed {
  /** The offset the reader comes for next; null before the first read. */
  #head: number | null = null;
  /** The offset the next delivery covers first. */
  #next = 0;
  #waiting: Delivery[] = [];
  #bytes = 0;
  #gap: LogGapError | null = null;
  #wake: () => void = () => undefined;

  constructor(
    readonly at: TopicPartition,
    /** Whether every offset must be there (an inside topic), or some may be missing (D7). */
    private readonly dense: boolean,
    private readonly bound_bytes: number,
  ) {}

  get head(): number | null {
    return this.#head;
  }
  get next(): number {
    return this.#next;
  }
  /** Whether there is something to take. */
  get waits(): boolean {
    return this.#waiting.length > 0;
  }
  /** Records are lost: nothing more comes until the reader goes elsewhere. */
  get gap(): LogGapError | null {
    return this.#gap;
  }
  /** Whether the client should leave the partition alone for now. */
  get full(): boolean {
    return this.#head === null || this.#bytes >= this.bound_bytes;
  }

  /** The reader wants to go on from here; what waits is of another place. */
  seek(offset: number): void {
    this.#head = this.#next = offset;
    this.#waiting = [];
    this.#bytes = 0;
    this.#gap = null;
  }

  breakOff(gap: LogGapError): void {
    this.#gap = gap;
    this.#wake();
  }

  /** What is missing before or in a delivery; null: nothing. */
  doubt({ runs, first }: Delivery): Doubt | null {
    const expected = this.#next;
    let at = expected;
    // Offsets that are counted, and lie between the first and the last, are all there.
    const whole = runs.every(({ first: from, last, count }) => from === at && (at = last + 1) - from === count);
    const certain = first < expected || (this.dense && !whole);
    return certain || first > expected ? { expected, certain } : null;
  }

  accept(delivery: Delivery): void {
    this.#next = delivery.next;
    if (delivery.runs.length > 0) {
      this.#waiting.push(delivery);
      for (const { bytes } of delivery.runs) this.#bytes += bytes;
    }
    this.#wake();
  }

  /** At most about `max_bytes`, but one record if there is any; null if nothing waits. */
  take(max_bytes: number): Taken | null {
    const records: RawRecord[] = [];
    let bytes = 0;
    for (;;) {
      const delivery = this.#waiting[0];
      if (delivery === undefined) return null;
      const { runs, next, end, began_ms } = delivery;
      for (const run of runs) {
        const held = run.bytes;
        for (let record; bytes < max_bytes || records.length === 0; bytes += bytesOf(record)) {
          record = run.next();
          if (record === null) break;
          records.push(record);
        }
        this.#bytes -= held - run.bytes;
      }
      this.#head = (records[records.length - 1]?.offset ?? 0) + 1;
      const isEmptied = runs.every(({ count }) => count === 0);
      if (isEmptied) this.#waiting.shift();
      if (!isEmptied) return { records, next: this.#head, end, began_ms };
      if (bytes >= max_bytes || this.#waiting.length === 0) return { records, next, end, began_ms };
    }
  }

  /** Resolves at the next delivery, when `wake` is called, or after `ms`. */
  arrival(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => undefined;
        resolve();
      };
    });
  }

  wake(): void {
    this.#wake();
  }

  gapAt({ start, end }: { readonly start: number; readonly end: number }): LogGapError {
    return new LogGapError(this.at, this.#next, start, end);
  }
}
