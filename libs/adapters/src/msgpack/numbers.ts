import { type Column, CONSTANT, DOUBLES, INTEGERS, VALUES } from './column';
import type { Scratch } from './scratch';

/**
 * The first `count` numbers as a column; NaN stands for null if there are as many of them as `nulls` says. Null when it
 * takes more than numbers to say it.
 */
export function writeNumbers(numbers: Float64Array, count: number, nulls: number, scratch: Scratch): Column | null {
  if (nulls === count) return [CONSTANT, null];
  let least = Infinity;
  let most = -Infinity;
  let whole = 0;
  for (let i = 0; i < count; i++) {
    const value = numbers[i] as number;
    if (value < least) least = value;
    if (value > most) most = value;
    if (value === Math.floor(value)) whole++;
  }
  if (whole === count - nulls && least >= Number.MIN_SAFE_INTEGER && most <= Number.MAX_SAFE_INTEGER) {
    if (least === most && nulls === 0) return [CONSTANT, least];
    const width = widthOf(most - least);
    if (width > 0) return [INTEGERS, least, width, distancesOf(numbers, count, least, width, scratch), nulls > 0];
  }
  return nulls > 0 ? null : [DOUBLES, new Uint8Array(numbers.slice(0, count).buffer)];
}

/** Bytes for numbers up to `range` and one more, which says null; 0 when there are too many. */
const widthOf = (range: number): number => (range < 0xff ? 1 : range < 0xffff ? 2 : range < 0xffff_ffff ? 4 : 0);

/** `none`, the largest that fits, stands for NaN. A loop for each width: one for all three takes three times as long. */
function distancesOf(numbers: Float64Array, count: number, base: number, width: number, scratch: Scratch): Uint8Array {
  const bytes = scratch.take(count * width);
  const none = 2 ** (8 * width) - 1;
  if (width === 1) for (let i = 0; i < count; i++) bytes[i] = distance(numbers[i] as number, base, none);
  else if (width === 2) {
    const distances = new Uint16Array(bytes.buffer, bytes.byteOffset, count);
    for (let i = 0; i < count; i++) distances[i] = distance(numbers[i] as number, base, none);
  } else {
    const distances = new Uint32Array(bytes.buffer, bytes.byteOffset, count);
    for (let i = 0; i < count; i++) distances[i] = distance(numbers[i] as number, base, none);
  }
  return bytes;
}

const distance = (value: number, base: number, none: number): number => (value === value ? value - base : none);

/** Where rows stand in a source, and its clocks: numbers, of which -Infinity is written as null. */
export class PositionsWriter {
  #numbers = new Float64Array(0);

  write(positions: readonly number[], scratch: Scratch): Column {
    const count = positions.length;
    if (this.#numbers.length < count) this.#numbers = new Float64Array(2 * count);
    const numbers = this.#numbers;
    let nulls = 0;
    for (let i = 0; i < count; i++) {
      const value = positions[i] as number;
      if (value === -Infinity) nulls++;
      numbers[i] = value === -Infinity ? NaN : value;
    }
    return writeNumbers(numbers, count, nulls, scratch) ?? [VALUES, positions.map((value) => (value === -Infinity ? null : value))];
  }
}
