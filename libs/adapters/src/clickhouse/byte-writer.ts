const FIRST_BYTES = 1 << 16;
/** Longer strings, and those that are not ASCII, are left to the native encoder; for short ones the call costs more than the loop. */
const SHORT = 48;
/** Up to here a loop is cheaper than the call of a native copy. */
const SHORT_COPY = 96;
/** Bytes behind the end that may be read and written. */
const SLACK = 4;

/** A growing buffer that is written from the front, again and again: what it held is gone with the next `reset`. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
  #at = 0;

  reset(): void {
    this.#at = 0;
  }

  /** Bytes written. */
  get length(): number {
    return this.#at;
  }

  /** A view of what was written: copy it, or use it up before the next `reset`. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#at, value, true);
    this.#at += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** Two's complement, from a safe integer: the same for signed and unsigned. */
  int64(value: number): void {
    this.#reserve(8);
    this.int64At(this.#at, value);
    this.#at += 8;
  }

  /** The same at a place that was reserved by `skip`. */
  int64At(at: number, value: number): void {
    this.#view.setUint32(at, value >>> 0, true);
    this.#view.setInt32(at + 4, Math.floor(value / 2 ** 32), true);
  }

  /** The same of a number of 32 bits. */
  int32As64At(at: number, value: number): void {
    this.#view.setInt32(at, value, true);
    this.#view.setInt32(at + 4, value >> 31, true);
  }

  /** Leaves `count` bytes to be written and says where they begin. */
  skip(count: number): number {
    this.#reserve(count);
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  /** As `skip`, with 0 in all of them. */
  zeros(count: number): number {
    const at = this.skip(count);
    this.#bytes.fill(0, at, at + count);
    return at;
  }

  /** What another has written from `start` to `end`. */
  copy(from: ByteWriter, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    const at = this.#at;
    this.#at = at + length;
    if (length > SHORT_COPY) {
      from.#bytes.copy(this.#bytes, at, start, end);
      return;
    }
    // Up to three bytes too many, which what follows writes over.
    const [view, other] = [this.#view, from.#view];
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, other.getInt32(start + i));
  }

  /** Length as LEB128, then UTF-8. */
  string(value: string): void {
    const { length } = value;
    this.#reserve(1 + SHORT);
    if (length > SHORT || !this.#ascii(value)) this.#utf8(value);
  }

  /** Length as LEB128, then the bytes as they are. */
  bytes(value: Uint8Array): void {
    this.#length(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** A count as LEB128. */
  length128(count: number): void {
    this.#length(count);
  }

  #ascii(value: string): boolean {
    const bytes = this.#bytes;
    const { length } = value;
    let at = this.#at;
    bytes[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#at = at;
    return true;
  }

  #utf8(value: string): void {
    this.#length(Buffer.byteLength(value));
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** Writes it, and makes room for as much. */
  #length(length: number): void {
    this.#reserve(length + 5);
    let rest = length;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes + SLACK <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes + SLACK));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }
}
