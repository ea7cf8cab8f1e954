import { type Column, ColumnWriter, type ReadColumn } from './column';

/** Names that stand in code as they are. Rows of others are written as they stand. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_NAMES = 64;

/** Takes the rows of one shape apart, column by column: the names of its fields are known. */
export class ShapeWriter {
  readonly names: readonly string[];
  readonly #writers: readonly ColumnWriter[];
  readonly #take: Take;
  /** New for every frame: into old lists the collector would have to be told of each young value. */
  #columns: unknown[][] | null = null;
  #count = 0;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#writers = names.map(() => new ColumnWriter());
    this.#take = compileTake(names);
  }

  get count(): number {
    return this.#count;
  }

  /** How many rows from `from` on have the shape, up to the first that has not. */
  take(rows: readonly object[], from: number): number {
    this.#columns ??= this.names.map(() => new Array<unknown>(rows.length - from));
    const taken = this.#take(rows, from, this.#columns, this.#count);
    this.#count += taken;
    return taken;
  }

  /** The columns of the rows taken. */
  write(): Column[] {
    return this.#writers.map((writer, i) => writer.write(this.#columns?.[i] ?? [], this.#count));
  }

  /** Before the next frame. */
  clear(): void {
    this.#columns = null;
    this.#count = 0;
  }
}

/** The names of a row that has a shape; null for one that is written as it stands. */
export function shapeOf(row: object): readonly string[] | null {
  const names = Object.keys(row);
  const isPlain = names.length > 0 && names.length <= MAX_NAMES && names.every((name) => PLAIN_NAME.test(name));
  return isPlain && Object.values(row).every((value) => value !== undefined) ? names : null;
}

/** Takes rows from `from` on into the columns at `at`, until one has another shape; returns how many. */
type Take = (rows: readonly object[], from: number, columns: readonly unknown[][], at: number) => number;

/** A row has all of the names and no other: as many as counted, and none without a value. */
function compileTake(names: readonly string[]): Take {
  const code = `
    const [${names.map((_, i) => `c${i}`).join(', ')}] = columns;
    let i = from;
    for (; i < rows.length; i++, at++) {
      const row = rows[i];
      let left = ${names.length};
      for (const _ in row) left--;
      if (left !== 0) break;
      const { ${names.map((name, i) => `${name}: v${i}`).join(', ')} } = row;
      if (${names.map((_, i) => `v${i} === undefined`).join(' || ')}) break;
      ${names.map((_, i) => `c${i}[at] = v${i};`).join('\n')}
    }
    return i - from;`;
  return new Function('rows', 'from', 'columns', 'at', `'use strict'; ${code}`) as Take;
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
