import { PROGRESS, type KeyField, type Table } from '@millrace/ads';
import type { Block, Cells } from '@millrace/stream';
import type { Families } from './families';
import type { Keys } from './keys';
import type { Segment } from './segment';

/** What all rows of one emission have in common. */
export interface Stamp {
  readonly partition: number;
  readonly version: number;
  readonly watermark: number;
}

/** How far the partition has got; one row, replaced at every emission. */
export const progressBlock = (table: Table, { columns }: Families, stamp: Stamp): Block => {
  const zeros = Object.fromEntries(['window_start', 'segment', ...columns.map(({ name }) => name)].map((name) => [name, all(0)]));
  const texts = Object.fromEntries([...NAMES, ...FIELDS].map((name) => [name, all('')]));
  return { ...blockOf(table, 1, { ...texts, ...zeros, ...stamped(stamp), window: all(PROGRESS) }), closing: true };
};

/**
 * The changed rows of some segments, column by column. What repeats stands once: names by series, and what effects have
 * added by the rows that any has reached; of all others it is the one row of zeros.
 */
export const metricBlock = (table: Table, families: Families, segments: readonly Segment[], stamp: Stamp): Block => {
  const rows = segments.reduce((sum, { pending }) => sum + pending, 0);
  const series = new SeriesNames(rows);
  const starts = new Float64Array(rows);
  const ids = new Float64Array(rows);
  const narrow = families.narrow.map(() => new Float64Array(rows));
  const widePlaces = new Int32Array(rows);
  let first = 0;
  let wides = 1;
  const changed = segments.map(changedRows);
  segments.forEach(({ id, keys, accumulators }, i) => {
    const rowsOf = changed[i] as Int32Array;
    const { wideOf } = accumulators;
    for (let j = 0; j < rowsOf.length; j++) {
      const row = rowsOf[j] as number;
      starts[first + j] = accumulators.starts[row] as number;
      if ((wideOf[row] as number) >= 0) widePlaces[first + j] = wides++;
    }
    ids.fill(id, first, first + rowsOf.length);
    series.add(keys, accumulators.series, rowsOf, first);
    gather(narrow, accumulators.narrow, rowsOf, first);
    first += rowsOf.length;
  });
  const wide = wideColumns(families, segments, changed, wides);
  const sums = families.columns.map(({ name }, column): [string, Cells] => {
    const place = families.places[column] as number;
    const cells = (families.isWide[column] === true ? wide : narrow)[place] as Float64Array;
    return [name, families.isWide[column] === true ? { cells, places: widePlaces } : cells];
  });
  return blockOf(table, rows, {
    ...series.columns(),
    window_start: starts,
    segment: ids,
    ...stamped(stamp),
    ...Object.fromEntries(sums),
  });
};

/** The first is that of all rows which no effect has reached. */
const wideColumns = ({ wide }: Families, segments: readonly Segment[], changed: readonly Int32Array[], count: number): Float64Array[] => {
  const columns = wide.map(() => new Float64Array(count));
  let first = 1;
  segments.forEach(({ accumulators }, i) => {
    const places = (changed[i] as Int32Array).map((row) => accumulators.wideOf[row] as number).filter((place) => place >= 0);
    gather(columns, accumulators.wide, places, first);
    first += places.length;
  });
  return columns;
};

/** Rows dirty in a segment. */
const changedRows = ({ dirty, fresh, pending }: Segment): Int32Array => {
  const changed = new Int32Array(pending);
  changed.set(dirty);
  for (let i = dirty.length; i < pending; i++) changed[i] = fresh + i - dirty.length;
  return changed;
};

/** Rows of which all columns are copied before the next are: they stay in the cache. */
const TOGETHER = 256;

/** Turns rows of a family into columns, from `first` on. */
const gather = (columns: readonly Float64Array[], from: Float64Array, rows: Int32Array, first: number): void => {
  const width = columns.length;
  for (let begin = 0; begin < rows.length; begin += TOGETHER) {
    const end = Math.min(rows.length, begin + TOGETHER);
    for (let place = 0; place < width; place++) {
      const to = columns[place] as Float64Array;
      for (let i = begin; i < end; i++) to[first + i] = from[(rows[i] as number) * width + place] as number;
    }
  }
};

const NAMES = ['grain', 'window', 'basis', 'model'] as const;
const FIELDS: readonly KeyField[] = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'];

/** The names of series, each once however many rows it has. */
class SeriesNames {
  readonly #places: Int32Array;
  readonly #numbers = new Map<Keys, Int32Array>();
  readonly #texts: Record<(typeof NAMES)[number] | KeyField, string[]> = {
    ...{ grain: [], window: [], basis: [], model: [] },
    ...{ merchant_id: [], campaign_id: [], ad_id: [], item_id: [] },
  };

  constructor(rows: number) {
    this.#places = new Int32Array(rows);
  }

  /** `first`: where the rows begin in the block. */
  add(keys: Keys, series: Int32Array, rows: Int32Array, first: number): void {
    const places = this.#places;
    const numbers = this.#numbers.get(keys) ?? new Int32Array(keys.windows.length);
    this.#numbers.set(keys, numbers);
    for (let i = 0; i < rows.length; i++) {
      const each = series[rows[i] as number] as number;
      if (numbers[each] === 0) numbers[each] = this.#name(keys, each);
      places[first + i] = (numbers[each] as number) - 1;
    }
  }

  columns(): Record<string, Cells> {
    return Object.fromEntries(Object.entries(this.#texts).map(([name, cells]) => [name, { cells, places: this.#places }]));
  }

  /** Its number, from 1. */
  #name(keys: Keys, series: number): number {
    const { grain, path, basis, model } = keys.keyOfSeries(series);
    const texts = this.#texts;
    texts.grain.push(grain.name);
    texts.window.push(keys.windowOf(series));
    texts.basis.push(basis);
    texts.model.push(model);
    for (const field of FIELDS) texts[field].push(path[grain.path.indexOf(field)] ?? '');
    return texts.grain.length;
  }
}

const all = (value: string | number): Cells => ({ cells: [value], places: null });

const stamped = ({ partition, version, watermark }: Stamp): Record<string, Cells> => ({
  partition: all(partition),
  version: all(version),
  watermark: all(watermark),
});

const blockOf = (table: Table, rows: number, values: Readonly<Record<string, Cells>>): Block => ({
  table: table.name,
  columns: table.columns,
  values: table.columns.map(({ name }) => {
    const column = values[name];
    if (column === undefined) throw new TypeError(`nobody fills ${table.name}.${name}`);
    return column;
  }),
  rows,
});
