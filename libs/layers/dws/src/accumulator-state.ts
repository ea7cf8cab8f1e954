import type { DateBasis } from '@millrace/ads';
import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { type Accumulators, CHUNK_BITS, WIDE_CHUNK_BITS } from './accumulators';
import type { KeyTrees } from './key-trees';
import type { Keys } from './keys';

/** How many there are; what they hold is in their parts. */
export const writeAccumulators = (to: StateWriter, { rows, wides, narrowRevisions, wideRevisions }: Accumulators): void => {
  to.count(rows).count(wides).array(Float64Array.from(narrowRevisions)).array(Float64Array.from(wideRevisions));
};

/**
 * Which rows there are, what they hold, and what effects have added to them. Of a chunk that is full, the first never
 * changes. `revision` tells these rows from others that have, or had, parts of the same names.
 */
export const accumulatorParts = (prefix: string, revision: string, keys: Keys, of: Accumulators): StatePart[] => [
  ...of.narrowRevisions.flatMap((generation, chunk) => {
    const [first, end] = chunkOf(chunk, CHUNK_BITS, of.rows);
    const { narrow, narrowWidth } = of;
    return [
      statePart(`${prefix}.keys.${chunk}`, `${revision}.${end}`, (to) => writeKeys(to, keys, of, first, end)),
      statePart(`${prefix}.narrow.${chunk}`, `${revision}.${generation}`, (to) =>
        to.array(narrow.subarray(first * narrowWidth, end * narrowWidth)),
      ),
    ];
  }),
  ...of.wideRevisions.map((generation, chunk) => {
    const [first, end] = chunkOf(chunk, WIDE_CHUNK_BITS, of.wides);
    const { wide, wideRows, wideWidth } = of;
    return statePart(`${prefix}.wide.${chunk}`, `${revision}.${generation}`, (to) =>
      to.array(wideRows.subarray(first, end)).array(wide.subarray(first * wideWidth, end * wideWidth)),
    );
  }),
];

/** Into accumulators that hold nothing. */
export const restoreAccumulators = (
  from: StateReader,
  prefix: string,
  parts: StateParts,
  trees: KeyTrees,
  into: Accumulators,
): void => {
  const [rows, wides] = [from.count(), from.count()];
  into.narrowRevisions = [...from.array(Float64Array)];
  into.wideRevisions = [...from.array(Float64Array)];
  into.narrowRevisions.forEach((_, chunk) => {
    const [first] = chunkOf(chunk, CHUNK_BITS, rows);
    readKeys(parts.read(`${prefix}.keys.${chunk}`), trees, into);
    into.narrow.set(parts.read(`${prefix}.narrow.${chunk}`).array(Float64Array), first * into.narrowWidth);
  });
  into.wideRevisions.forEach((_, chunk) => {
    const [first] = chunkOf(chunk, WIDE_CHUNK_BITS, wides);
    const part = parts.read(`${prefix}.wide.${chunk}`);
    for (const row of part.array(Int32Array)) into.wideOfRow(row);
    into.wide.set(part.array(Float64Array), first * into.wideWidth);
  });
  if (into.rows !== rows || into.wides !== wides) throw new RangeError(`${into.rows} rows instead of ${rows}`);
};

/** Each key in full once, then by row its place among these, the place of the window in its grain, and the start. */
const writeKeys = (to: StateWriter, keys: Keys, { series, starts }: Accumulators, first: number, end: number): void => {
  const known = new Map<number, number>();
  const places = new Int32Array(end - first);
  const windows = new Uint8Array(end - first);
  for (let row = first; row < end; row++) {
    const key = Math.floor((series[row] as number) / keys.perKey);
    let place = known.get(key);
    if (place === undefined) known.set(key, (place = known.size));
    places[row - first] = place;
    windows[row - first] = keys.windows[series[row] as number] as number;
  }
  to.count(known.size);
  for (const number of known.keys()) {
    const { basis, model, grain, path } = keys.key(number);
    to.text(basis).text(model).text(grain.name).count(path.length);
    for (const value of path) to.text(value);
  }
  to.array(places).array(windows).array(starts.subarray(first, end));
};

const readKeys = (from: StateReader, trees: KeyTrees, into: Accumulators): void => {
  const numbers = Array.from({ length: from.count() }, () => {
    const [basis, model, grain] = [from.text() as DateBasis, from.text(), from.text()];
    return trees.at(
      basis,
      model,
      grain,
      Array.from({ length: from.count() }, () => from.text()),
    );
  });
  const [places, windows, starts] = [from.array(Int32Array), from.array(Uint8Array), from.array(Float64Array)];
  for (let i = 0; i < starts.length; i++) {
    const key = numbers[places[i] as number];
    if (key === undefined) throw new RangeError(`no key ${places[i]}`);
    into.rowOf(trees.keys.seriesOf(key, windows[i] as number), starts[i] as number);
  }
};

const chunkOf = (chunk: number, bits: number, rows: number): [first: number, end: number] => [
  chunk << bits,
  Math.min(rows, (chunk + 1) << bits),
];
