import { type Column, CONSTANT, DICTIONARY, NULL_LENGTH, TEXTS, VALUES } from './column';
import { writeNumbers } from './numbers';
import type { Scratch } from './scratch';
import { writeJoined } from './texts';

/** So many values are looked at to see whether they repeat. */
const SAMPLE = 64;
/** So many frames the answer holds. */
const SAMPLE_HOLDS = 32;
/** A dictionary pays while it is smaller than the column by this factor. */
const REPEATS = 3;
const MAX_DICTIONARY = 1 << 16;

/** Encodes the same field of one frame after the other; remembers how it was best done. */
export class ColumnWriter {
  readonly #places = new Map<unknown, number>();
  #repeats = false;
  #asked = 0;

  /** The first `count` of `values`. */
  write(values: readonly unknown[], count: number, scratch: Scratch): Column {
    const [first] = values;
    let same = 1;
    while (same < count && values[same] === first) same++;
    if (same >= count && isScalar(first)) return [CONSTANT, first];
    switch (kindOf(values, count)) {
      case 'number':
        return writeMixedNumbers(values, count, scratch) ?? [VALUES, values.slice(0, count)];
      case 'string':
        if (this.#asked-- === 0) this.#sample(values, count);
        return (
          (this.#repeats ? this.#writeDictionary(values, count) : writeTexts(values, count, scratch)) ??
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

function writeTexts(values: readonly unknown[], count: number, scratch: Scratch): Column | null {
  const lengths = scratch.take(count);
  let all = '';
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value === 'string') {
      const { length } = value;
      if (length >= NULL_LENGTH) return null;
      lengths[i] = length;
      all += value;
    } else if (value === null) lengths[i] = NULL_LENGTH;
    else return null;
  }
  return writeJoined(all, lengths, count, scratch) ?? writeUnicode(values, count);
}

/** Each by itself: halves of characters that end one text and begin the next must not become one. */
function writeUnicode(values: readonly unknown[], count: number): Column | null {
  const parts = Array.from({ length: count }, (_, i) => (values[i] === null ? null : Buffer.from(values[i] as string)));
  if (parts.some((part) => part !== null && part.length >= NULL_LENGTH)) return null;
  const lengths = Uint8Array.from(parts, (part) => part?.length ?? NULL_LENGTH);
  return [TEXTS, lengths, Buffer.concat(parts.filter((part) => part !== null)), false];
}

function writeMixedNumbers(values: readonly unknown[], count: number, scratch: Scratch): Column | null {
  const numbers = new Float64Array(count);
  let nulls = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (typeof value === 'number') numbers[i] = value;
    else if (value === null) {
      numbers[i] = NaN;
      nulls++;
    } else return null;
  }
  return writeNumbers(numbers, count, nulls, scratch);
}
