/**
 * One field of many rows as a MessagePack list of its own: what kind it is, and its parts. Numbers are little-endian.
 *
 * | kind | parts | |
 * |---|---|---|
 * | `CONSTANT` | value | all rows have this scalar |
 * | `DICTIONARY` | values, places | few different scalars, and for each row the place of its own: one or two bytes |
 * | `TEXTS` | lengths, bytes, isAscii | text one after the other; lengths in bytes: one byte each, or one number for all |
 * | `INTEGERS` | base, width, offsets, hasNulls | value less base in 1, 2 or 4 bytes; the largest that fits there says null |
 * | `DOUBLES` | bytes | eight each |
 * | `VALUES` | values | anything else, as MessagePack has it |
 */
export type Column = readonly [kind: number, ...parts: unknown[]];

const CONSTANT = 0;
const DICTIONARY = 1;
const TEXTS = 2;
const INTEGERS = 3;
const DOUBLES = 4;
const VALUES = 5;

/** So many values are looked at to see whether they repeat. */
const SAMPLE = 64;
/** So many frames the answer holds. */
const SAMPLE_HOLDS = 32;
/** A dictionary pays while it is smaller than the column by this factor. */
const REPEATS = 3;
const MAX_DICTIONARY = 1 << 16;
/** A length in one byte; this one says null. */
const NULL_LENGTH = 255;

/** Encodes the same field of one frame after the other; remembers how it was best done. */
export class ColumnWriter {
  readonly #places = new Map<unknown, number>();
  #repeats = false;
  #asked = 0;

  /** The first `count` of `values`. */
  write(values: readonly unknown[], count: number): Column {
    const [first] = values;
    let same = 1;
    while (same < count && values[same] === first) same++;
    if (same >= count && isScalar(first)) return [CONSTANT, first];
    switch (kindOf(values, count)) {
      case 'number':
        return writeNumbers(values, count) ?? [VALUES, values.slice(0, count)];
      case 'string':
        if (this.#asked-- === 0) this.#sample(values, count);
        return (
          (this.#repeats ? this.#writeDictionary(values, count) : writeTexts(values, count)) ??
          this.#writeDictionary(values, count) ?? [VALUES, values.slice(0, count)]
        );
      case 'boolean':
        return this.#writeDictionary(values, count) ?? [VALUES, values.slice(0, count)];
      default:
        return [VALUES, values.slice(0, count)];
    }
  }

  #sample(values: readonly unknown[], count: number): void {
    const seen = Math.min(count, SAMPLE);
    this.#repeats = new Set(values.slice(0, seen)).size * REPEATS <= seen * 2;
    this.#asked = SAMPLE_HOLDS;
  }

  /** Null when there are too many different ones. */
  #writeDictionary(values: readonly unknown[], count: number): Column | null {
    const places = this.#places;
    places.clear();
    const indices = new Uint16Array(count);
    const most = Math.min(MAX_DICTIONARY, Math.max(count / REPEATS, 16));
    for (let i = 0; i < count; i++) {
      const value = values[i];
      let place = places.get(value);
      if (place === undefined) {
        place = places.size;
        if (place >= most || !isScalar(value)) {
          this.#repeats = false;
          return null;
        }
        places.set(value, place);
      }
      indices[i] = place;
    }
    const bytes = places.size <= 256 ? new Uint8Array(indices) : new Uint8Array(indices.buffer);
    return [DICTIONARY, [...places.keys()], bytes];
  }
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

/** What all that are not null have in common. */
function kindOf(values: readonly unknown[], count: number): string {
  for (let i = 0; i < count; i++) if (values[i] !== null) return typeof values[i];
  return 'null';
}

function writeTexts(values: readonly unknown[], count: number): Column | null {
  const lengths = Buffer.allocUnsafe(count);
  const [first] = values;
  const common = typeof first === 'string' ? first.length : -1;
  let isCommon = true;
  let all = '';
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value === 'string') {
      const { length } = value;
      if (length >= NULL_LENGTH) return null;
      if (length !== common) isCommon = false;
      lengths[i] = length;
      all += value;
    } else if (value === null) {
      lengths[i] = NULL_LENGTH;
      isCommon = false;
    } else return null;
  }
  const bytes = Buffer.allocUnsafe(all.length);
  if (Buffer.byteLength(all) !== all.length) return writeUnicode(values, count);
  bytes.write(all, 'latin1');
  return [TEXTS, isCommon ? common : lengths, bytes, true];
}

/** Each by itself: halves of characters that end one text and begin the next must not become one. */
function writeUnicode(values: readonly unknown[], count: number): Column | null {
  const parts = Array.from({ length: count }, (_, i) => (values[i] === null ? null : Buffer.from(values[i] as string)));
  if (parts.some((part) => part !== null && part.length >= NULL_LENGTH)) return null;
  const lengths = Uint8Array.from(parts, (part) => part?.length ?? NULL_LENGTH);
  return [TEXTS, lengths, Buffer.concat(parts.filter((part) => part !== null)), false];
}

function writeNumbers(values: readonly unknown[], count: number): Column | null {
  let least = Infinity;
  let most = -Infinity;
  let nulls = false;
  let whole = true;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value === 'number') {
      if (value < least) least = value;
      if (value > most) most = value;
      if (!Number.isSafeInteger(value)) whole = false;
    } else if (value === null) nulls = true;
    else return null;
  }
  const width = widthOf(most - least);
  if (whole && width > 0) return [INTEGERS, least, width, writeOffsets(values, count, least, width), nulls];
  return nulls ? null : [DOUBLES, new Uint8Array(Float64Array.from(values.slice(0, count) as number[]).buffer)];
}

/** Bytes for numbers up to `range` and one more, which says null; 0 when there are too many. */
const widthOf = (range: number): number => (range < 0xff ? 1 : range < 0xffff ? 2 : range < 0xffff_ffff ? 4 : 0);

function writeOffsets(values: readonly unknown[], count: number, base: number, width: number): Uint8Array {
  const offsets = width === 1 ? new Uint8Array(count) : width === 2 ? new Uint16Array(count) : new Uint32Array(count);
  const none = 2 ** (8 * width) - 1;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number | null;
    offsets[i] = value === null ? none : value - base;
  }
  return new Uint8Array(offsets.buffer);
}

/** What a reader has of a column: `values[i]`, or `values[0]` for all rows alike. Throws a RangeError when it is damaged. */
export interface ReadColumn {
  readonly values: ArrayLike<unknown>;
  readonly isConstant: boolean;
}

export function readColumn(column: unknown, count: number): ReadColumn {
  const [kind, first, second, third, fourth] = column as Column;
  switch (kind) {
    case CONSTANT:
      return { values: [first], isConstant: true };
    case DICTIONARY:
      return varying(readDictionary(first as readonly unknown[], second as Uint8Array, count), count);
    case TEXTS:
      return varying(readTexts(first as number | Uint8Array, second as Buffer, third === true, count), count);
    case INTEGERS:
      return varying(readIntegers(first as number, second as number, third as Uint8Array, fourth === true, count), count);
    case DOUBLES:
      return varying(new Float64Array(aligned(first as Uint8Array, count * 8)), count);
    case VALUES:
      return varying(first as readonly unknown[], count);
    default:
      throw new RangeError(`column of kind ${String(kind)}`);
  }
}

function varying(values: ArrayLike<unknown>, count: number): ReadColumn {
  if (values.length !== count) throw new RangeError(`${values.length} values in a column of ${count}`);
  return { values, isConstant: false };
}

/** The bytes in a buffer of their own, which begins where numbers may. */
function aligned(bytes: Uint8Array, length: number): ArrayBuffer {
  if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes in a column of ${length}`);
  return new Uint8Array(bytes).buffer;
}

function readDictionary(dictionary: readonly unknown[], indices: Uint8Array, count: number): unknown[] {
  const places = dictionary.length <= 256 ? indices : new Uint16Array(aligned(indices, count * 2));
  if (places.length !== count) throw new RangeError(`${places.length} places in a column of ${count}`);
  const values = new Array<unknown>(count);
  for (let i = 0; i < count; i++) values[i] = dictionary[places[i] as number];
  return values;
}

function readIntegers(base: number, width: number, bytes: Uint8Array, hasNulls: boolean, count: number): ArrayLike<unknown> {
  const buffer = aligned(bytes, count * width);
  const offsets = width === 1 ? new Uint8Array(buffer) : width === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
  if (hasNulls) {
    const none = 2 ** (8 * width) - 1;
    const nullable = new Array<number | null>(count);
    for (let i = 0; i < count; i++) nullable[i] = offsets[i] === none ? null : base + (offsets[i] as number);
    return nullable;
  }
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = base + (offsets[i] as number);
  return values;
}

function readTexts(lengths: number | Uint8Array, bytes: Buffer, isAscii: boolean, count: number): unknown[] {
  const values = new Array<unknown>(count);
  const all = isAscii ? bytes.toString('latin1') : '';
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = typeof lengths === 'number' ? lengths : (lengths[i] as number);
    if (length === NULL_LENGTH) {
      values[i] = null;
      continue;
    }
    values[i] = isAscii ? asciiText(bytes, all, at, length) : bytes.toString('utf8', at, at + length);
    at += length;
  }
  if (at !== bytes.length) throw new RangeError(`${bytes.length} bytes for texts of ${at}`);
  return values;
}

/**
 * A part of `all` that does not keep the whole alive, for rows are kept longer than frames: V8 copies what is shorter than
 * 13 characters, and makes a view of the rest.
 */
function asciiText(bytes: Buffer, all: string, at: number, length: number): string {
  if (length < 13) return all.substring(at, at + length);
  if (length !== 16) return bytes.toString('latin1', at, at + length);
  return String.fromCharCode(
    bytes[at] as number,
    bytes[at + 1] as number,
    bytes[at + 2] as number,
    bytes[at + 3] as number,
    bytes[at + 4] as number,
    bytes[at + 5] as number,
    bytes[at + 6] as number,
    bytes[at + 7] as number,
    bytes[at + 8] as number,
    bytes[at + 9] as number,
    bytes[at + 10] as number,
    bytes[at + 11] as number,
    bytes[at + 12] as number,
    bytes[at + 13] as number,
    bytes[at + 14] as number,
    bytes[at + 15] as number,
  );
}
