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

export const CONSTANT = 0;
export const DICTIONARY = 1;
export const TEXTS = 2;
export const INTEGERS = 3;
export const DOUBLES = 4;
export const VALUES = 5;

/** A length in one byte; this one says null. */
export const NULL_LENGTH = 255;

/** From so many characters on V8 makes of a part of a text a view that keeps the whole alive, for rows are kept longer than frames. */
export const VIEWED_LENGTH = 13;

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
    values[i] = !isAscii
      ? bytes.toString('utf8', at, at + length)
      : length < VIEWED_LENGTH
        ? all.substring(at, at + length)
        : longText(bytes, at, length);
    at += length;
  }
  if (at !== bytes.length) throw new RangeError(`${bytes.length} bytes for texts of ${at}`);
  return values;
}

/** ASCII that is no view. */
export function longText(bytes: Buffer, at: number, length: number): string {
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
