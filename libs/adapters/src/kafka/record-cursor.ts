import type { RawRecord } from '@millrace/stream';

/** Reads records of version 2 one behind the other. Numbers are zigzag varints. Throws a RangeError when they are damaged. */
export class RecordCursor {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** Bytes that are still to be read. */
  get left(): number {
    return this.bytes.length - this.#at;
  }

  skip(): void {
    this.#at = this.#end();
  }

  /** @param append_ms the time of all records of the batch; null: each has its own, from `first_ms` on */
  read(offset: number, delta: number, append_ms: number | null, first_ms: number): RawRecord {
    const end = this.#end();
    // Attributes, of which there are none yet.
    this.#at++;
    const timestamp_ms = first_ms + this.#integer();
    if (this.#integer() !== delta) throw new RangeError(`the record at offset ${offset} says that it is another`);
    const key = this.#slice(end);
    const value = this.#slice(end);
    const headers = this.#headers(end);
    if (this.#at !== end) throw new RangeError(`the record at offset ${offset} does not end where it says`);
    const record = { offset, timestamp_ms: append_ms ?? timestamp_ms, key, value };
    return headers === null ? record : { ...record, headers };
  }

  /** Where the record ends that begins here. */
  #end(): number {
    const length = this.#integer();
    const end = this.#at + length;
    if (!(length > 0 && end <= this.bytes.length))
      throw new RangeError(`a record of ${length} bytes where ${this.left} are left`);
    return end;
  }

  /** Of a header that is given several times the last one counts, as in Kafka's own `lastHeader`; one without a value is none. */
  #headers(end: number): Record<string, string> | null {
    const count = this.#integer();
    if (count === 0) return null;
    const given = new Map<string, string | undefined>();
    for (let i = 0; i < count; i++) given.set(String(this.#slice(end) ?? ''), this.#slice(end)?.toString());
    const texts: Record<string, string> = {};
    for (const [name, text] of given) if (text !== undefined) texts[name] = text;
    return Object.keys(texts).length > 0 ? texts : null;
  }

  #slice(end: number): Buffer | null {
    const length = this.#integer();
    if (length < 0) return null;
    const from = this.#at;
    this.#at += length;
    if (this.#at > end) throw new RangeError('a record is shorter than what stands in it');
    return this.bytes.subarray(from, this.#at);
  }

  /** Most are below 2^28: those take no floating point. */
  #integer(): number {
    const { bytes } = this;
    let byte = bytes[this.#at++] as number;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.#at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    return this.#long(value);
  }

  /** What comes behind the first 28 bits. */
  #long(low: number): number {
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new RangeError('a number that does not end');
  }
}
