import { type ReadColumn } from './column';
import { GroupWriter } from './group-writer';
import type { Scratch } from './scratch';

/** Names that stand in code as they are. Rows of others are written as they stand. */
const PLAIN_NAME = /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/;
const MAX_NAMES = 64;

/** A first field with more values than these says nothing of what a row is. */
const MAX_PARTS = 8;

/** Rows that have the same fields: where they end, and who writes them. */
export class Shape {
  /** Writes rows whatever their first field says. */
  readonly #whole: GroupWriter;
  /** By the first field: what kind of thing a row is often stands there, and most other columns go with it. */
  readonly #parts = new Map<unknown, GroupWriter>();
  readonly #span: Span;
  readonly #first: string;
  readonly #scratch: Scratch;
  #hasParts = true;

  constructor(names: readonly string[], scratch: Scratch) {
    this.#scratch = scratch;
    this.#whole = new GroupWriter(names, scratch);
    this.#span = compileSpan(names);
    this.#first = names[0] ?? '';
  }

  /** How many rows from `from` on have the shape, and, `inParts`, the same first field. */
  span(rows: readonly object[], from: number, inParts: boolean): number {
    return this.#span(rows, from, inParts && this.#hasParts);
  }

  /** Who writes rows like this one. */
  writerOf(row: object, inParts: boolean): GroupWriter {
    if (!inParts || !this.#hasParts) return this.#whole;
    const first = (row as Readonly<Record<string, unknown>>)[this.#first];
    const known = this.#parts.get(first);
    if (known !== undefined) return known;
    if (typeof first !== 'string' || this.#parts.size === MAX_PARTS) {
      this.#hasParts = false;
      this.#parts.clear();
      return this.#whole;
    }
    const part = new GroupWriter(this.#whole.names, this.#scratch);
    this.#parts.set(first, part);
    return part;
  }
}

export const isPlain = (name: string): boolean => PLAIN_NAME.test(name);

/** The names of a row that has a shape; null for one that is written as it stands. */
export function shapeOf(row: object): readonly string[] | null {
  const names = Object.keys(row);
  const hasShape = names.length > 0 && names.length <= MAX_NAMES && names.every(isPlain);
  return hasShape && Object.values(row).every((value) => value !== undefined) ? names : null;
}

/** How many rows from `from` on have the shape, until one has not, or, `inParts`, another first field. */
type Span = (rows: readonly object[], from: number, inParts: boolean) => number;

/** A row has all of the names and no other: as many as counted, and none without a value. */
function compileSpan(names: readonly string[]): Span {
  const code = `
    const first = rows[from].${names[0] ?? ''};
    let i = from;
    for (; i < rows.length; i++) {
      const row = rows[i];
      let left = ${names.length};
      for (const _ in row) left--;
      if (left !== 0 || ${names.map((name) => `row.${name} === undefined`).join(' || ')}) break;
      if (inParts && row.${names[0] ?? ''} !== first) break;
    }
    return i - from;`;
  return new Function('rows', 'from', 'inParts', `'use strict'; ${code}`) as Span;
}

/** Makes the rows of a shape again: all of one hidden class. The names are plain. */
export type RowMaker = (columns: readonly ReadColumn[], count: number) => object[];

export function compileMaker(names: readonly string[]): RowMaker {
  // `i & m` is i, or 0 in a column whose one value all rows share.
  const code = `
    ${names.map((_, i) => `const c${i} = columns[${i}].values, m${i} = columns[${i}].isConstant ? 0 : -1;`).join('\n')}
    const rows = [];
    for (let i = 0; i < count; i++) rows.push({ ${names.map((name, i) => `${name}: c${i}[i & m${i}]`).join(', ')} });
    return rows;`;
  return new Function('columns', 'count', `'use strict'; ${code}`) as RowMaker;
}
