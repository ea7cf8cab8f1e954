import type { SourceDeclaration } from '../declaration/declaration';
import { DELIMITERS, isQuoted } from './decoder';

/** One record of a file. */
export interface SplitRecord {
  /** Without its line end; the splitter's own copy. */
  readonly bytes: Uint8Array;
  /** It was longer than the limit; `bytes` is its beginning, one byte over the limit, so that ODS rejects it as too large. */
  readonly cut: boolean;
}

export interface RecordSplitterOptions {
  readonly maxRecordBytes: number;
  /** Delimiter of columns in which a quoted line end does not end the record; null when quotes mean nothing. */
  readonly quotedColumns: string | null;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Held beyond the limit: a byte order mark and a carriage return, which do not count, or else the byte that proves the excess. */
const SPARE_BYTES = 4;

/** The splitter for the files of a source. */
export function splitterOf({ format }: SourceDeclaration, maxRecordBytes: number): RecordSplitter {
  const quotedColumns = format.type !== 'json' && isQuoted(format) ? DELIMITERS[format.type] : null;
  return new RecordSplitter({ maxRecordBytes, quotedColumns });
}

/**
 * Cuts the bytes of a file into records at its line ends (LF or CRLF), wherever the chunks are cut. Blank lines and a byte order mark are
 * skipped. Holds one record at most, and no more of it than the limit.
 */
export class RecordSplitter {
  readonly #limit: number;
  readonly #quotes: QuoteScanner | null;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Of the current record, held or not. */
  #recordBytes = 0;
  #first = true;

  constructor({ maxRecordBytes, quotedColumns }: RecordSplitterOptions) {
    this.#limit = maxRecordBytes;
    this.#quotes = quotedColumns === null ? null : new QuoteScanner(quotedColumns.charCodeAt(0));
  }

  /** The records that end in this chunk. */
  push(chunk: Uint8Array): SplitRecord[] {
    const records: SplitRecord[] = [];
    let at = 0;
    while (at < chunk.length) {
      const end = this.#lineEnd(chunk, at);
      if (end < 0) break;
      this.#hold(chunk, at, end);
      this.#finish(records);
      at = end + 1;
    }
    this.#hold(chunk, at, chunk.length);
    return records;
  }

  /** The last record, when the file does not end with a line end. */
  end(): SplitRecord[] {
    const records: SplitRecord[] = [];
    this.#finish(records);
    return records;
  }

  #lineEnd(chunk: Uint8Array, from: number): number {
    if (this.#quotes === null) return chunk.indexOf(LINE_FEED, from);
    return this.#quotes.lineEnd(chunk, from, this.#limit - this.#recordBytes);
  }

  #hold(chunk: Uint8Array, from: number, to: number): void {
    const taken = Math.min(to - from, this.#limit + SPARE_BYTES - this.#heldBytes);
    if (taken > 0) this.#held.push(chunk.slice(from, from + taken));
    this.#heldBytes += Math.max(taken, 0);
    this.#recordBytes += to - from;
  }

  #finish(records: SplitRecord[]): void {
    let bytes = joined(this.#held, this.#heldBytes);
    if (this.#first && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) bytes = bytes.subarray(BYTE_ORDER_MARK.length);
    const whole = this.#recordBytes === this.#heldBytes;
    if (whole && bytes[bytes.length - 1] === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
    const cut = bytes.length > this.#limit;
    if (bytes.length > 0) records.push({ bytes: cut ? bytes.subarray(0, this.#limit + 1) : bytes, cut });
    this.#first = false;
    this.#held = [];
    this.#heldBytes = 0;
    this.#recordBytes = 0;
  }
}

/** Finds line ends outside quotes. A quote opens at the start of a field only; inside an unquoted field it is a character. */
class QuoteScanner {
  #inside = false;
  /** Just behind a closing quote: another quote makes the two an escaped one. */
  #closed = false;
  #fieldStart = true;

  constructor(readonly delimiter: number) {}

  #leave(): void {
    this.#inside = false;
    this.#closed = false;
    this.#fieldStart = false;
  }

  /** @param room bytes that may still be quoted before the record is too long */
  lineEnd(chunk: Uint8Array, from: number, room: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      // A record that is too long has an opening quote that nothing closes: the rest of the file must not be lost with it.
      if (this.#inside && at - from > room) this.#leave();
      if (this.#inside) {
        this.#inside = byte !== QUOTE;
        this.#closed = !this.#inside;
      } else if (byte === QUOTE && (this.#fieldStart || this.#closed)) {
        this.#inside = true;
        this.#closed = false;
        this.#fieldStart = false;
      } else if (byte === LINE_FEED) {
        this.#closed = false;
        this.#fieldStart = true;
        return at;
      } else {
        this.#closed = false;
        // The byte order mark's bytes stand before the first field.
        this.#fieldStart = byte === this.delimiter || (this.#fieldStart && BYTE_ORDER_MARK.includes(byte ?? 0));
      }
    }
    return -1;
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
