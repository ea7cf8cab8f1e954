import { type Column, CONSTANT, DICTIONARY, NULL_LENGTH } from './column';
import { ColumnWriter } from './column-writer';
import { Dictionary } from './dictionary';
import { writeNumbers } from './numbers';
import { type Plan, planFor } from './plan';
import type { Scratch } from './scratch';
import { MAX_PLANNED_LENGTH, writeJoined } from './texts';

/** With fewer rows there is little to gain by a plan, and little to learn one from. */
const PLANNED_ROWS = 8;
/** Plans are looked at again after so many frames, then after twice as many, and so on. */
const FIRST_REVIEW = 64;
const LAST_REVIEW = 1 << 12;

const NONE: readonly unknown[] = [];

/** A column while the rows are visited: what its plan needs. */
interface Visited {
  constant: unknown;
  numbers: Float64Array;
  nulls: number;
  /** Lengths of texts, or places in the dictionary. */
  bytes: Uint8Array;
  text: string;
  readonly dictionary: Dictionary;
  /** New for every frame: into old lists the collector would have to be told of each young value. */
  values: readonly unknown[];
}

/** Visits the rows at `places`, all columns of a row at once; the column that does not go by its plan, or -1. */
type Visit = (rows: readonly object[], places: Uint32Array, count: number, columns: readonly Visited[]) => number;

/** Writes rows of one shape, frame after frame: first as the last frame had it, and in general where that fails. */
export class GroupWriter {
  readonly names: readonly string[];
  readonly #writers: readonly ColumnWriter[];
  readonly #columns: readonly Visited[];
  readonly #general: Visit;
  readonly #scratch: Scratch;
  #plans: readonly Plan[] = [];
  #planned: Visit | null = null;
  #places = new Uint32Array(64);
  #count = 0;
  #capacity = 0;
  #review = FIRST_REVIEW;
  #frames = 0;

  constructor(names: readonly string[], scratch: Scratch) {
    this.names = names;
    this.#scratch = scratch;
    this.#writers = names.map(() => new ColumnWriter());
    this.#columns = names.map(() => ({
      constant: null,
      numbers: new Float64Array(0),
      nulls: 0,
      bytes: new Uint8Array(0),
      text: '',
      dictionary: new Dictionary(),
      values: NONE,
    }));
    this.#general = compileVisit(
      names,
      names.map(() => 'any'),
    );
  }

  /** Rows taken since the last frame. */
  get count(): number {
    return this.#count;
  }

  /** The rows of the frame from `from` on, `rows` of them, are of this group. */
  take(from: number, rows: number): void {
    const end = this.#count + rows;
    if (this.#places.length < end) {
      const grown = new Uint32Array(2 * end);
      grown.set(this.#places);
      this.#places = grown;
    }
    for (let place = from; this.#count < end; place++) this.#places[this.#count++] = place;
  }

  /** The columns of the rows taken; then it is ready for the next frame. */
  write(rows: readonly object[]): Column[] {
    const count = this.#count;
    const written = count < PLANNED_ROWS ? null : this.#byPlan(rows, count);
    const columns = written ?? this.#inGeneral(rows, count);
    for (const column of this.#columns) {
      column.values = NONE;
      column.text = '';
    }
    this.#count = 0;
    return columns;
  }

  #byPlan(rows: readonly object[], count: number): Column[] | null {
    const visit = this.#planned;
    if (visit === null || --this.#frames < 0) return null;
    this.#prepare(count);
    if (visit(rows, this.#places, count, this.#columns) >= 0) return null;
    const written: Column[] = [];
    for (let i = 0; i < this.#plans.length; i++) {
      const column = this.#finish(this.#plans[i] as Plan, i, count);
      if (column === null) {
        // The values are of the plan's kind, and still it cannot say them (fractions and null, text that is not ASCII).
        this.#plans = this.#plans.map((plan, at) => (at === i ? 'any' : plan));
        this.#planned = null;
        return null;
      }
      written.push(column);
    }
    return written;
  }

  #prepare(count: number): void {
    if (count > this.#capacity) this.#capacity = 2 * count;
    for (const [i, plan] of this.#plans.entries()) {
      const column = this.#columns[i] as Visited;
      if (plan === 'numbers' && column.numbers.length < count) column.numbers = new Float64Array(this.#capacity);
      else if ((plan === 'texts' || plan === 'dictionary') && column.bytes.length < count)
        column.bytes = new Uint8Array(this.#capacity);
      if (plan === 'dictionary') column.dictionary.begin();
    }
  }

  #finish(plan: Plan, i: number, count: number): Column | null {
    const { constant, numbers, nulls, bytes, text, dictionary, values } = this.#columns[i] as Visited;
    switch (plan) {
      case 'constant':
        return [CONSTANT, constant];
      case 'numbers':
        return writeNumbers(numbers, count, nulls, this.#scratch);
      case 'texts':
        return writeJoined(text, bytes, count, this.#scratch);
      case 'dictionary': {
        const { values: listed } = dictionary;
        return listed.length === 1 ? [CONSTANT, listed[0]] : [DICTIONARY, listed, bytes.subarray(0, count)];
      }
      case 'any':
        return (this.#writers[i] as ColumnWriter).write(values, count, this.#scratch);
    }
  }

  #inGeneral(rows: readonly object[], count: number): Column[] {
    this.#general(rows, this.#places, count, this.#columns);
    if (count >= PLANNED_ROWS) this.#plan();
    return this.#writers.map((writer, i) => writer.write((this.#columns[i] as Visited).values, count, this.#scratch));
  }

  /** For the next frame, by the values of this one. */
  #plan(): void {
    const plans = this.#columns.map(({ values, constant }, i) => planFor(values, this.#plans[i] ?? null, constant));
    for (const [i, plan] of plans.entries()) {
      const column = this.#columns[i] as Visited;
      if (plan === 'constant') [column.constant] = column.values;
    }
    if (this.#planned === null || plans.some((plan, i) => plan !== this.#plans[i]))
      this.#planned = compileVisit(this.names, plans);
    this.#plans = plans;
    this.#frames = this.#review;
    this.#review = Math.min(2 * this.#review, LAST_REVIEW);
  }
}

/** What a plan does with the value of a row, `v`; it leaves with the number of the column when it does not fit. */
const STEPS: Readonly<Record<Plan, (i: number) => { readonly first: string; readonly step: string; readonly last?: string }>> = {
  constant: (i) => ({ first: `const k${i} = columns[${i}].constant;`, step: `if (v !== k${i}) return ${i};` }),
  numbers: (i) => ({
    first: `const n${i} = columns[${i}].numbers; let z${i} = 0;`,
    step: `if (typeof v === 'number') n${i}[i] = v; else if (v === null) { n${i}[i] = NaN; z${i}++; } else return ${i};`,
    last: `columns[${i}].nulls = z${i};`,
  }),
  dictionary: (i) => ({
    first: `const d${i} = columns[${i}].dictionary, b${i} = columns[${i}].bytes;`,
    step: `let p = -1;
      if (typeof v === 'string') p = d${i}.place(v); else if (v === null || typeof v === 'boolean') p = d${i}.placeOfOther(v);
      if (p < 0) return ${i}; b${i}[i] = p;`,
  }),
  texts: (i) => ({
    first: `const b${i} = columns[${i}].bytes; let t${i} = '';`,
    step: `if (typeof v === 'string') {
        if (v.length > ${MAX_PLANNED_LENGTH}) return ${i};
        b${i}[i] = v.length; t${i} += v;
      } else if (v === null) b${i}[i] = ${NULL_LENGTH}; else return ${i};`,
    last: `columns[${i}].text = t${i};`,
  }),
  any: (i) => ({ first: `const a${i} = columns[${i}].values = new Array(count);`, step: `a${i}[i] = v;` }),
};

function compileVisit(names: readonly string[], plans: readonly Plan[]): Visit {
  const steps = plans.map((plan, i) => STEPS[plan](i));
  const code = `
    ${steps.map(({ first }) => first).join('\n')}
    for (let i = 0; i < count; i++) {
      const row = rows[places[i]];
      ${steps.map(({ step }, i) => `{ const v = row.${names[i] ?? ''}; ${step} }`).join('\n')}
    }
    ${steps.map(({ last }) => last ?? '').join('\n')}
    return -1;`;
  return new Function('rows', 'places', 'count', 'columns', `'use strict'; ${code}`) as Visit;
}
