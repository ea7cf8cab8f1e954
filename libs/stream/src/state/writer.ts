import { isTyped, type Typed } from './typed';

/** Typed arrays above this become chunks of their own, so that they are copied once. */
const OWN_CHUNK_BYTES = 1 << 16;
/** Longest text, in code units, that is written and read without an encoder. */
export const MAX_SHORT = 64;
const FIRST_BYTES = 1 << 12;
/** Integers up to this fit a varint after zigzag; beyond, they are written as doubles. */
const MAX_VARINT = 2 ** 51;

export const TAG = { null: 0, false: 1, true: 2, integer: 3, double: 4, text: 5, list: 6, record: 7, undefined: 8 } as const;
/** In place of a text's number: what follows is a new text, as UTF-8, or, where that would lose lone surrogates, as UTF-16. */
export const NEW_UTF8 = 0;
export const NEW_UTF16 = 1;
export const KNOWN_FROM = 2;

const encoder = new TextEncoder();
const LONE = /\p{Surrogate}/u;

/** Where that begins which is written once, and what follows refers to by number: each text, and the names of each shape of record. */
export interface Definitions {
  readonly texts: ArrayLike<number>;
  readonly shapes: ArrayLike<number>;
}

/**
 * State as bytes: varints, doubles, texts that are written once each, typed arrays as they lie in memory (little endian,
 * as on every machine that Node runs on), and plain values. Not self-describing: `StateReader` asks in the same order.
 */
export class StateWriter {
  readonly #chunks: Uint8Array[] = [];
  readonly #texts = new Map<string, number>();
  readonly #defined = { texts: new Array<number>(), shapes: new Array<number>() };
  readonly #shapes: (readonly string[])[] = [];
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  /** Bytes of the chunks. */
  #before = 0;
  #end = 0;

  /** Bytes so far, to be written one behind the other. The writer is of no use afterwards. */
  finish(): readonly Uint8Array[] {
    this.#cut();
    return this.#chunks;
  }

  /** Bytes so far, copied; more may follow. */
  copy(): Uint8Array {
    const copy = new Uint8Array(this.length);
    let at = 0;
    for (const chunk of this.#chunks) {
      copy.set(chunk, at);
      at += chunk.length;
    }
    copy.set(this.#bytes.subarray(0, this.#end), at);
    return copy;
  }

  get length(): number {
    return this.#before + this.#end;
  }

  /** With these a `StateReader` can begin anywhere. */
  get defined(): Definitions {
    return this.#defined;
  }

  /** A whole number from 0 to 2^53. */
  count(value: number): this {
    this.#reserve(8);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#end++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#end++] = rest;
    return this;
  }

  /** Any number, infinite ones too. */
  number(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#end, value, true);
    this.#end += 8;
    return this;
  }

  /** A text that others may equal: written in full the first time only. */
  text(value: string): this {
    const known = this.#texts.get(value);
    if (known !== undefined) return this.count(known + KNOWN_FROM);
    this.#texts.set(value, this.#texts.size);
    this.#defined.texts.push(this.length);
    return this.string(value);
  }

  /** A text that no other equals. */
  string(value: string): this {
    return this.#shortAscii(value) ? this : this.#anyText(value);
  }

  array(values: Typed): this {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#typed(bytes, bytes.length >= OWN_CHUNK_BYTES ? bytes.slice() : null);
  }

  /** The same of what nobody will change: it need not be copied. */
  frozen(values: Typed): this {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.#typed(bytes, bytes.length >= OWN_CHUNK_BYTES ? bytes : null);
  }

  #typed(bytes: Uint8Array, chunk: Uint8Array | null): this {
    this.count(bytes.length);
    if (chunk !== null) {
      this.#cut();
      this.#push(chunk);
      return this;
    }
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
    return this;
  }

  /** Null, booleans, numbers, texts, and lists and records of these. */
  value(value: unknown): this {
    if (typeof value === 'string') return this.#tag(TAG.text).text(value);
    if (typeof value === 'number') return this.#numeric(value);
    if (typeof value === 'boolean') return this.#tag(value ? TAG.true : TAG.false);
    if (value === null) return this.#tag(TAG.null);
    if (value === undefined) return this.#tag(TAG.undefined);
    if (Array.isArray(value)) {
      this.#tag(TAG.list).count(value.length);
      for (const each of value) this.value(each);
      return this;
    }
    if (typeof value !== 'object' || isTyped(value)) throw new TypeError(`a ${typeof value} is no plain value`);
    return this.#record(value as Readonly<Record<string, unknown>>);
  }

  /** Nearly every text: its length is one byte, and nothing is allocated. */
  #shortAscii(value: string): boolean {
    const { length } = value;
    if (length > MAX_SHORT) return false;
    this.#reserve(2 + length);
    const at = this.#end + 2;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      this.#bytes[at + i] = unit;
    }
    this.#bytes[this.#end] = NEW_UTF8;
    this.#bytes[this.#end + 1] = length;
    this.#end = at + length;
    return true;
  }

  #anyText(value: string): this {
    if (!LONE.test(value)) return this.count(NEW_UTF8).array(encoder.encode(value));
    return this.count(NEW_UTF16).array(Uint16Array.from({ length: value.length }, (_, i) => value.charCodeAt(i)));
  }

  #numeric(value: number): this {
    const isSmall = Number.isInteger(value) && Math.abs(value) < MAX_VARINT && !Object.is(value, -0);
    if (!isSmall) return this.#tag(TAG.double).number(value);
    return this.#tag(TAG.integer).count(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** Records of one shape name their fields once. */
  #record(record: Readonly<Record<string, unknown>>): this {
    const names = Object.keys(record);
    const known = this.#shapes.findIndex((shape) => sameNames(shape, names));
    this.#tag(TAG.record).count(known < 0 ? this.#shapes.length : known);
    if (known < 0) {
      this.#shapes.push(names);
      this.#defined.shapes.push(this.length);
      this.count(names.length);
      for (const field of names) this.text(field);
    }
    for (const field of names) this.value(record[field]);
    return this;
  }

  #tag(tag: number): this {
    this.#reserve(1);
    this.#bytes[this.#end++] = tag;
    return this;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + bytes));
    grown.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  #cut(): void {
    if (this.#end > 0) this.#push(this.#bytes.slice(0, this.#end));
    this.#end = 0;
  }

  #push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#before += chunk.length;
  }
}

/** Shapes are few, and differ early: cheaper than a name for each. */
const sameNames = (a: readonly string[], b: readonly string[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};
