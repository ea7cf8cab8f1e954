import { LAST_TOUCH, type DateBasis, type Window } from '@millrace/ads';
import type { StateParts, StateReader } from '@millrace/stream';
import { type Accumulators, CHUNK_BITS } from './accumulators';
import type { Families } from './families';
import type { KeyTrees } from './key-trees';
import { DAY_INDEX, indexOf } from './window-starts';

/**
 * State as versions before column families wrote it: every column of every row, and each series by name, the first time in
 * full. It is written anew with the next snapshot.
 */

const CHUNK_ROWS = 1 << 14;
/** In place of a series' number: a new one follows. */
const NEW = 0;

/** A segment's rows, into accumulators that hold nothing. */
export const restoreSegment1 = (
  from: StateReader,
  prefix: string,
  parts: StateParts,
  trees: KeyTrees,
  families: Families,
  into: Accumulators,
): void => {
  const rows = from.count();
  into.narrowRevisions = [...from.array(Float64Array)];
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const chunk = first / CHUNK_ROWS;
    const end = Math.min(rows, first + CHUNK_ROWS);
    const known: number[] = [];
    const keys = parts.read(`${prefix}.rows.${chunk}`);
    const sums = parts.read(`${prefix}.sums.${chunk}`);
    let slab = new Float64Array(0);
    for (let row = first, at = 0; row < end; row++, at += families.columns.length) {
      if (at === slab.length) {
        slab = sums.array(Float64Array);
        at = 0;
      }
      into.rowOf(readSeries(keys, known, trees), keys.number());
      addRow1(slab.subarray(at, at + families.columns.length), families, into, row, into.narrowRevisions[chunk] ?? 0);
    }
  }
};

/** All columns of a row. */
const addRow1 = (
  sums: Float64Array,
  { isWide, places }: Families,
  into: Accumulators,
  row: number,
  generation: number,
): void => {
  for (let column = 0; column < sums.length; column++) {
    const sum = sums[column] as number;
    if (sum !== 0) into.addSum(row, isWide[column] === true, places[column] as number, sum, generation);
  }
};

const readSeries = (from: StateReader, known: number[], trees: KeyTrees): number => {
  const number = from.count();
  if (number === NEW) {
    const [basis, model, grain, window] = [from.text() as DateBasis, from.text(), from.text(), from.text() as Window];
    const path = Array.from({ length: from.count() }, () => from.text());
    known.push(trees.keys.seriesOf(trees.at(basis, model, grain, path), indexOf(window)));
  }
  const series = known[number === NEW ? known.length - 1 : number - 1];
  if (series === undefined) throw new RangeError(`no series ${number}`);
  return series;
};

/** What open days have carried, under the keys of the serving store. */
export const restoreOpenDays1 = (
  parts: StateParts,
  families: Families,
  dayOf: (start_ms: number) => { readonly trees: KeyTrees; readonly accumulators: Accumulators },
  generation: number,
): void => {
  const part = parts.read('open-days');
  for (let days = part.count(); days > 0; days--) {
    const start_ms = part.number();
    const { trees, accumulators } = dayOf(start_ms);
    for (let left = part.count(); left > 0; left--) {
      // {dws:0}:day:campaign:m-17:c-4:2026-11-11
      const [, , , grain = '', ...rest] = part.string().split(':');
      const path = rest.slice(0, -1).map((id) => id.replaceAll('%3A', ':').replaceAll('%25', '%'));
      const row = accumulators.rowOf(trees.keys.seriesOf(trees.at('conversion', LAST_TOUCH, grain, path), DAY_INDEX), start_ms);
      accumulators.narrowRevisions[row >>> CHUNK_BITS] = generation;
      addRow1(part.array(Float64Array), families, accumulators, row, generation);
    }
  }
};
