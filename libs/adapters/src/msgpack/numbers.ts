import { type Column, CONSTANT, DOUBLES, INTEGERS, readColumn, VALUES } from './column';
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

/** Distances as they were written, where numbers may begin. Throws a RangeError when they are not so many. */
export function distancesFrom(bytes: Uint8Array, width: number, count: number, scratch: Scratch): Uint8Array | Uint16Array | Uint32Array {
  if (bytes.length !== count * width) throw new RangeError(`${bytes.length} bytes in a column of ${count * width}`);
  if (width === 1) return bytes;
  const { buffer, byteOffset } = copied(bytes, scratch);
  return width === 2 ? new Uint16Array(buffer, byteOffset, count) : new Uint32Array(buffer, byteOffset, count);
}

function copied(bytes: Uint8Array, scratch: Scratch): Uint8Array {
  const copy = scratch.take(bytes.length);
  copy.set(bytes);
  return copy;
}

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

/** What a `PositionsWriter` wrote. Throws a RangeError when it is damaged. */
export function readPositions(column: Column, count: number, scratch: Scratch): number[] {
  const [kind, first, width, bytes, hasNulls] = column;
  const positions: number[] = [];
  if (kind !== INTEGERS) {
    const { values, isConstant } = readColumn(column, count);
    for (let i = 0; i < count; i++) positions.push((values[isConstant ? 0 : i] as number | null) ?? -Infinity);
    return positions;
  }
  const distances = distancesFrom(bytes as Uint8Array, width as number, count, scratch);
  const none = hasNulls === true ? 2 ** (8 * (width as number)) - 1 : -1;
  for (let i = 0; i < count; i++) {
    const distance = distances[i] as number;
    positions.push(distance === none ? -Infinity : (first as number) + distance);
  }
  return positions;
}
