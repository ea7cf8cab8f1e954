import type { DateBasis } from '@millrace/ads';
import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { heldPart, statePart } from '@millrace/stream';
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
      heldPart(`${prefix}.keys.${chunk}`, `${revision}.${end}`, () => {
        // Copied, since the arrays are used again when their rows are stored. Keys are only added to.
        const [series, starts] = [of.series.slice(first, end), of.starts.slice(first, end)];
        return (to) => writeKeys(to, keys, series, starts);
      }),
      statePart(`${prefix}.narrow.${chunk}`, `${revision}.${generation}`, (to) =>
        to.array(narrow.subarray(first * narrowWidth, end * narrowWidth)),
      ),
    ];
  }),
  ...of.wideRevisions.map((generation, chunk) => {
    const [first, end] = chunkOf(chunk, WIDE_CHUNK_BITS, of.wides);
    const part = statePart(`${prefix}.effects.${chunk}`, `${revision}.${generation}`, (to) => writeEffects(to, of, first, end));
    return { ...part, hold: () => untilChanged(of, chunk, part.capture) };
  }),
];

/** The content of a chunk of effects, made when it is asked for or, if that is earlier, before the chunk changes. */
const untilChanged = (of: Accumulators, chunk: number, capture: StatePart['capture']): StatePart['capture'] => {
  let content: readonly Uint8Array[] | undefined;
  const letGo = of.holdWide(chunk, () => {
    content = capture();
  });
  return () => {
    letGo();
    return (content ??= capture());
  };
};

/** Into accumulators that hold nothing. */
export const restoreAccumulators = (
  from: StateReader,
  prefix: string,
  parts: StateParts,
  layout: number,
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
    if (layout <= ZEROS_WRITTEN_UP_TO) readWide(parts.read(`${prefix}.wide.${chunk}`), into, first);
    else readEffects(parts.read(`${prefix}.effects.${chunk}`), into, first);
  });
  if (into.rows !== rows || into.wides !== wides) throw new RangeError(`${into.rows} rows instead of ${rows}`);
};

/** Each key in full once, then by row its place among these, the place of the window in its grain, and the start. */
const writeKeys = (to: StateWriter, keys: Keys, series: Int32Array, starts: Float64Array): void => {
  const known = new Map<number, number>();
  const places = new Int32Array(series.length);
  const windows = new Uint8Array(series.length);
  for (let i = 0; i < series.length; i++) {
    const each = series[i] as number;
    const key = Math.floor(each / keys.perKey);
    let place = known.get(key);
    if (place === undefined) known.set(key, (place = known.size));
    places[i] = place;
    windows[i] = keys.windows[each] as number;
  }
  to.count(known.size);
  for (const number of known.keys()) {
    const { basis, model, grain, path } = keys.key(number);
    to.text(basis).text(model).text(grain.name).count(path.length);
    for (const value of path) to.text(value);
  }
  to.array(places).array(windows).array(starts);
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

/**
 * What effects have added to some rows: the rows; how many of the sums of each are not 0; their places in the family; the sums. Nearly
 * all columns of a row are 0.
 */
const writeEffects = (to: StateWriter, { wide, wideRows, wideWidth }: Accumulators, first: number, end: number): void => {
  if (gatheredPlaces.length < wideWidth << WIDE_CHUNK_BITS) {
    gatheredPlaces = new Uint16Array(wideWidth << WIDE_CHUNK_BITS);
    gatheredSums = new Float64Array(wideWidth << WIDE_CHUNK_BITS);
  }
  const counts = new Uint16Array(end - first);
  let count = 0;
  for (let row = first, at = first * wideWidth; row < end; row++) {
    const before = count;
    for (let place = 0; place < wideWidth; place++, at++) {
      const sum = wide[at] as number;
      if (sum === 0) continue;
      gatheredPlaces[count] = place;
      gatheredSums[count++] = sum;
    }
    counts[row - first] = count - before;
  }
  to.array(wideRows.subarray(first, end)).array(counts).array(gatheredPlaces.subarray(0, count)).array(gatheredSums.subarray(0, count));
};

const readEffects = (from: StateReader, into: Accumulators, first: number): void => {
  for (const row of from.array(Int32Array)) into.wideOfRow(row);
  const [counts, places, sums] = [from.array(Uint16Array), from.array(Uint16Array), from.array(Float64Array)];
  let next = 0;
  counts.forEach((count, i) => {
    for (const end = next + count; next < end; next++) into.wide[(first + i) * into.wideWidth + (places[next] as number)] = sums[next] as number;
  });
};

/** Up to layout 2 every sum was written, 0 or not. */
const ZEROS_WRITTEN_UP_TO = 2;
const readWide = (from: StateReader, into: Accumulators, first: number): void => {
  for (const row of from.array(Int32Array)) into.wideOfRow(row);
  into.wide.set(from.array(Float64Array), first * into.wideWidth);
};

/** What `writeEffects` gathers before it is copied; used again. */
let gatheredPlaces = new Uint16Array(0);
let gatheredSums = new Float64Array(0);
