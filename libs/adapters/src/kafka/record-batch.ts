import type { RawRecord } from '@millrace/stream';
import { RecordCursor } from './record-cursor';

/** Kafka's record batch, version 2: where its header's fields stand, and where the records begin. */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const COUNT_AT = 57;
const RECORDS_AT = 61;
/** What stands before that which `LENGTH_AT` counts. */
const BEFORE_LENGTH = 12;
const VERSION_2 = 2;

const CODEC = 0x07;
const LOG_APPEND_TIME = 0x08;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

/** Makes the records' bytes of a compressed batch; null: they are as they stand. */
export type Unpack = (attributes: number) => ((bytes: Buffer) => Promise<Buffer>) | null;

/** Some records of a partition, one behind the other, which are made when they are taken. */
export interface RecordRun {
  /** Offsets of those that are left. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
  /** What they hold in memory, about. */
  readonly bytes: number;
  /** Null when none is left. */
  next(): RawRecord | null;
}

/**
 * A batch in the bytes that the broker sent. A record becomes an object when its reader comes for it: those that wait would only be copied
 * by the garbage collector, again and again, for they are young and many.
 */
export class RecordBatch implements RecordRun {
  readonly last: number;
  readonly #base: number;
  readonly #first_ms: number;
  /** Of all records, where the broker has set it. */
  readonly #append_ms: number | null;
  readonly #records: RecordCursor;
  #first: number;

  private constructor(header: Buffer, records: Buffer) {
    const attributes = header.readInt16BE(ATTRIBUTES_AT);
    this.#base = this.#first = Number(header.readBigInt64BE(0));
    this.last = this.#base + header.readInt32BE(LAST_DELTA_AT);
    this.#first_ms = Number(header.readBigInt64BE(FIRST_TIMESTAMP_AT));
    this.#append_ms = (attributes & LOG_APPEND_TIME) === 0 ? null : Number(header.readBigInt64BE(MAX_TIMESTAMP_AT));
    this.#records = new RecordCursor(records);
  }

  /** How many bytes the batch at `at` has; null when it does not end within the bytes. */
  static sizeAt(bytes: Buffer, at: number): number | null {
    if (at + RECORDS_AT > bytes.length) return null;
    const size = BEFORE_LENGTH + bytes.readInt32BE(at + LENGTH_AT);
    return size < RECORDS_AT || at + size > bytes.length ? null : size;
  }

  /** Before it messages stood alone, in another layout. */
  static isOfVersion2(bytes: Buffer): boolean {
    return bytes[MAGIC_AT] === VERSION_2;
  }

  /** Whether offsets can be counted from its header alone: of no transaction, and none is missing. */
  static isPlain(batch: Buffer): boolean {
    const count = batch.readInt32BE(COUNT_AT);
    return (
      RecordBatch.isOfVersion2(batch) &&
      (batch.readInt16BE(ATTRIBUTES_AT) & (TRANSACTIONAL | CONTROL)) === 0 &&
      count > 0 &&
      count === batch.readInt32BE(LAST_DELTA_AT) + 1
    );
  }

  /** Of a batch that is plain. */
  static async of(batch: Buffer, unpack: Unpack): Promise<RecordBatch> {
    const records = batch.subarray(RECORDS_AT);
    const unpacked = unpack(batch.readInt16BE(ATTRIBUTES_AT) & CODEC)?.(records);
    return new RecordBatch(batch, unpacked === undefined ? records : await unpacked);
  }

  get first(): number {
    return this.#first;
  }
  get count(): number {
    return this.last - this.#first + 1;
  }
  get bytes(): number {
    return this.#records.left;
  }

  /** Leaves out what comes before an offset. */
  skipTo(offset: number): void {
    for (; this.#first < Math.min(offset, this.last + 1); this.#first++) this.#records.skip();
  }

  next(): RawRecord | null {
    if (this.#first > this.last) return null;
    const offset = this.#first++;
    return this.#records.read(offset, offset - this.#base, this.#append_ms, this.#first_ms);
  }
}
