import { type Column, CONSTANT, DICTIONARY, INTEGERS, longText, readColumn, TEXTS, VIEWED_LENGTH } from './column';
import { distancesFrom } from './numbers';
import type { Scratch } from './scratch';
import { compileMaker, isPlain, type RowMaker } from './shape';

/** Columns alike are read by code of their own from the third frame on: fewer are not worth compiling for. */
const COMPILED_AFTER = 2;
/** As columns may be alike in many ways, at most so many get code of their own. */
const MAX_COMPILED = 16;

/**
 * How compiled code takes a value out of its column: the column's one value, a number from its least, a place in the
 * dictionary, a part of a text; `other`: of the column as `readColumn` gives it.
 */
type Way = 'constant' | 'number' | 'dictionary' | 'short' | 'long' | 'other';

/** Two values that are all that the code of a column's way needs. */
type Parts = readonly [unknown, unknown];

type Maker = (columns: readonly Parts[], count: number, text: typeof longText) => object[];

interface Alike {
  frames: number;
  make: Maker | null;
}

/** Makes the rows of one shape again, frame after frame. */
export class GroupReader {
  readonly #names: readonly string[];
  readonly #general: RowMaker;
  readonly #alike = new Map<string, Alike>();

  constructor(names: readonly string[]) {
    if (!names.every(isPlain)) throw new RangeError('names of fields that no writer writes');
    this.#names = names;
    this.#general = compileMaker(names);
  }

  /** Throws a RangeError when the columns are damaged. */
  read(columns: readonly Column[], count: number, scratch: Scratch): object[] {
    if (columns.length !== this.#names.length) throw new RangeError(`${columns.length} columns of ${this.#names.length}`);
    const ways = columns.map(wayOf);
    const make = this.#makerOf(ways);
    if (make === null)
      return this.#general(
        columns.map((column) => readColumn(column, count)),
        count,
      );
    return make(
      columns.map((column, i) => partsOf(ways[i] as Way, column, count, scratch)),
      count,
      longText,
    );
  }

  #makerOf(ways: readonly Way[]): Maker | null {
    const key = ways.join(' ');
    const alike = this.#alike.get(key);
    if (alike === undefined) {
      if (this.#alike.size < MAX_COMPILED) this.#alike.set(key, { frames: 1, make: null });
      return null;
    }
    if (alike.make === null && alike.frames++ >= COMPILED_AFTER) alike.make = compile(this.#names, ways);
    return alike.make;
  }
}

function wayOf([kind, first, second, third, fourth]: Column): Way {
  if (kind === CONSTANT) return 'constant';
  if (kind === INTEGERS) return fourth === true ? 'other' : 'number';
  if (kind === DICTIONARY) return (first as readonly unknown[]).length <= 256 ? 'dictionary' : 'other';
  if (kind === TEXTS && typeof first === 'number' && third === true && second instanceof Uint8Array)
    return first < VIEWED_LENGTH ? 'short' : 'long';
  return 'other';
}

function partsOf(way: Way, column: Column, count: number, scratch: Scratch): Parts {
  const [, first, second, third] = column;
  switch (way) {
    case 'constant':
      return [first, null];
    case 'number':
      return [first, distancesFrom(third as Uint8Array, second as number, count, scratch)];
    case 'dictionary':
      return [first, ofLength(second as Uint8Array, count)];
    case 'short':
      return [ofLength(second as Buffer, count * (first as number)).toString('latin1'), first];
    case 'long':
      return [ofLength(second as Buffer, count * (first as number)), first];
    case 'other': {
      const { values, isConstant } = readColumn(column, count);
      return [values, isConstant];
    }
  }
}

function ofLength<Bytes extends Uint8Array>(bytes: Bytes, length: number): Bytes {
  if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes in a column of ${length}`);
  return bytes;
}

const VALUES: Readonly<Record<Way, (i: number) => string>> = {
  constant: (i) => `x${i}`,
  number: (i) => `x${i} + y${i}[i]`,
  dictionary: (i) => `x${i}[y${i}[i]]`,
  short: (i) => `x${i}.substring(i * y${i}, i * y${i} + y${i})`,
  long: (i) => `text(x${i}, i * y${i}, y${i})`,
  other: (i) => `x${i}[y${i} ? 0 : i]`,
};

function compile(names: readonly string[], ways: readonly Way[]): Maker {
  const code = `
    ${ways.map((_, i) => `const [x${i}, y${i}] = columns[${i}];`).join('\n')}
    const rows = [];
    for (let i = 0; i < count; i++) rows.push({ ${ways.map((way, i) => `${names[i] ?? ''}: ${VALUES[way](i)}`).join(', ')} });
    return rows;`;
  return new Function('columns', 'count', 'text', `'use strict'; ${code}`) as Maker;
}
