import { type Column, ColumnWriter, type ReadColumn } from './column';

/** Names that stand in code as they are. Rows of others are written as they stand. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_NAMES = 64;

/** Takes the rows of one shape apart, column by column: the names of its fields are known. */
export class ShapeWriter {
  readonly names: readonly string[];
  readonly #columns: readonly unknown[][];
  readonly #writers: readonly ColumnWriter[];
  readonly #take: (row: object, at: number) => boolean;
  #count = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#columns = names.map((): unknown[] => []);
    this.#writers = names.map(() => new ColumnWriter());
    this.#take = compileTake(names, this.#columns);
  }

  get count(): number {
    return this.#count;
  }

  /** False when the row has another shape. */
  take(row: object): boolean {
    if (!this.#take(row, this.#count)) return false;
    this.#count++;
    return true;
  }

  /** The columns of the rows taken, which are forgotten. */
  write(): Column[] {
    const count = this.#count;
    this.#count = 0;
    return this.#writers.map((writer, i) => writer.write(this.#columns[i] ?? [], count));
  }

  /** Forgets rows that were taken for a frame that failed. */
  clear(): void {
    this.#count = 0;
  }
}

/** The names of a row that has a shape; null for one that is written as it stands. */
export function shapeOf(row: object): readonly string[] | null {
  const names = Object.keys(row);
  const isPlain = names.length > 0 && names.length <= MAX_NAMES && names.every((name) => PLAIN_NAME.test(name));
  return isPlain && Object.values(row).every((value) => value !== undefined) ? names : null;
}

/** All of the names and no other: as many as counted, and none without a value. */
function compileTake(names: readonly string[], columns: readonly unknown[][]): (row: object, at: number) => boolean {
  const code = `
    return (row, at) => {
      let left = ${names.length};
      for (const _ in row) left--;
      if (left !== 0) return false;
      const { ${names.map((name, i) => `${name}: v${i}`).join(', ')} } = row;
      if (${names.map((_, i) => `v${i} === undefined`).join(' || ')}) return false;
      ${names.map((_, i) => `c${i}[at] = v${i};`).join('\n')}
      return true;
    };`;
  return new Function(...names.map((_, i) => `c${i}`), `'use strict'; ${code}`)(...columns) as (
    row: object,
    at: number,
  ) => boolean;
}

/** Makes the rows of a shape again: all of one hidden class. */
export type RowMaker = (columns: readonly ReadColumn[], count: number) => object[];

export function compileMaker(names: readonly string[]): RowMaker {
  if (!names.every((name) => PLAIN_NAME.test(name))) throw new RangeError('names of fields that no writer writes');
  // `i & m` is i, or 0 in a column whose one value all rows share.
  const code = `
    ${names.map((_, i) => `const c${i} = columns[${i}].values, m${i} = columns[${i}].isConstant ? 0 : -1;`).join('\n')}
    const rows = [];
    for (let i = 0; i < count; i++) rows.push({ ${names.map((name, i) => `${name}: c${i}[i & m${i}]`).join(', ')} });
    return rows;`;
  return new Function('columns', 'count', `'use strict'; ${code}`) as RowMaker;
}
