import { isRepeated, type Block, type BlockColumn, type Cells, type ColumnType } from '@millrace/stream';
import { ByteWriter } from './byte-writer';
import type { Encoder } from './store';

/** Writes a cell. */
export type Put = (value: unknown) => void;
/** Writes what one row has in one column, or in several that lie side by side. */
type PutRow = (row: number) => void;

/**
 * Blocks to RowBinary, row by row, for an engine that reads it from a file. One encoder keeps one buffer: its answer is valid
 * until the next call. A value that does not fit its column is an error that names it, never a wrong number.
 */
export class RowBinaryEncoder implements Encoder {
  readonly #bytes = new ByteWriter();
  /** Cells that repeat, as bytes: what neighbouring columns say for one place lies together. */
  readonly #repeated = new ByteWriter();

  encode(blocks: readonly Block[]): Buffer {
    this.#bytes.reset();
    this.#repeated.reset();
    for (const block of blocks) {
      const puts = runsOf(block).map((run) => this.#putRun(run));
      for (let row = 0; row < block.rows; row++) {
        for (let i = 0; i < puts.length; i++) (puts[i] as PutRow)(row);
      }
    }
    return this.#bytes.written;
  }

  #putRun({ columns, cells, places }: Run): PutRow {
    const bytes = this.#bytes;
    if (places === undefined) return putOf(bytes, columns, cells);
    const repeated = this.#repeated;
    const put = putOf(repeated, columns, cells);
    const count = places === null ? 1 : Math.min(...cells.map(({ length }) => length));
    const starts = new Uint32Array(count + 1);
    for (let place = 0; place < count; place++) {
      starts[place] = repeated.length;
      put(place);
    }
    starts[count] = repeated.length;
    return (row) => {
      const place = places === null ? 0 : (places[row] as number);
      if (!(place < count)) throw new RangeError(`column ${columns[0]?.name ?? ''}: row ${row} has no cell ${place}`);
      bytes.copy(repeated, starts[place] as number, starts[place + 1] as number);
    };
  }
}

/** Neighbouring columns that are written alike. */
interface Run {
  readonly columns: BlockColumn[];
  readonly cells: ArrayLike<unknown>[];
  /** Of cells that repeat; undefined: there is one for each row. */
  readonly places: Int32Array | null | undefined;
}

const runsOf = ({ columns, values }: Pick<Block, 'columns' | 'values'>): Run[] => {
  const runs: Run[] = [];
  columns.forEach((column, i) => {
    const of: Cells | undefined = values[i];
    if (of === undefined) throw new TypeError(`column ${column.name} has no values`);
    const [cells, places] = isRepeated(of) ? [of.cells, of.places] : [of, undefined];
    const last = runs.at(-1);
    if (last?.places === places && last !== undefined && (places !== undefined || [column, ...last.columns].every(isInteger64))) {
      last.columns.push(column);
      last.cells.push(cells);
    } else runs.push({ columns: [column], cells: [cells], places });
  });
  return runs;
};

/** Columns that have one cell for each row are written together if they are numbers of 64 bits. */
export const isInteger64 = ({ type }: BlockColumn): boolean => type === 'Int64' || type === 'UInt64' || type === 'DateTime64(3)';

const putOf = (bytes: ByteWriter, columns: readonly BlockColumn[], cells: readonly ArrayLike<unknown>[]): PutRow => {
  if (columns.every(isInteger64)) return putIntegers64(bytes, columns, cells);
  const puts = columns.map((column) => putCell(bytes, column));
  const [put] = puts;
  const [only] = cells;
  if (puts.length === 1 && put !== undefined && only !== undefined) return (row) => put(only[row]);
  return (row) => {
    for (let i = 0; i < puts.length; i++) (puts[i] as Put)((cells[i] as ArrayLike<unknown>)[row]);
  };
};

/** Most sums are small, and many are 0. */
const putIntegers64 = (bytes: ByteWriter, columns: readonly BlockColumn[], cells: readonly ArrayLike<unknown>[]): PutRow => {
  const least = columns.map(({ type }) => (type === 'UInt64' ? 0 : -(2 ** 31)));
  return (row) => {
    const at = bytes.skip(columns.length * 8);
    for (let i = 0; i < columns.length; i++) {
      const value = (cells[i] as ArrayLike<unknown>)[row] as number;
      const small = value | 0;
      if (small === value && small >= (least[i] as number)) bytes.int32As64At(at + i * 8, small);
      else bytes.int64At(at + i * 8, integer64(columns[i] as BlockColumn, value));
    }
  };
};

/** A number of 64 bits that fits its column; else an error that names it. */
export const integer64 = ({ name, type }: BlockColumn, value: unknown): number => {
  const isFit =
    type === 'Int64'
      ? // Beyond 2^53 a sum is no longer exact, which must not end the process: an event is never worth all the others.
        Number.isInteger(value) && Math.abs(value as number) < 2 ** 63
      : Number.isSafeInteger(value) && ((value as number) >= 0 || type !== 'UInt64');
  if (!isFit) throw new TypeError(`column ${name}: ${JSON.stringify(value)} is no ${type}`);
  return value as number;
};

/** As it stands in RowBinary: in Native too, but for what may be absent. */
export const putCell = (bytes: ByteWriter, { name, type }: BlockColumn): Put => {
  const misfit = (value: unknown): TypeError => new TypeError(`column ${name}: ${JSON.stringify(value)} is no ${type}`);
  const string: Put = (value) => {
    if (typeof value === 'string') bytes.string(value);
    else if (value instanceof Uint8Array) bytes.bytes(value);
    else throw misfit(value);
  };
  const integer =
    (lowest: number, highest: number, put: (value: number) => void): Put =>
    (value) => {
      if (!Number.isSafeInteger(value) || (value as number) < lowest || (value as number) > highest) throw misfit(value);
      put(value as number);
    };
  const nullable =
    (put: Put): Put =>
    (value) => {
      bytes.uint8(value === null ? 1 : 0);
      if (value !== null) put(value);
    };
  const int64 = integer(-Infinity, Infinity, (value) => bytes.int64(value));
  const byType: Record<ColumnType, () => Put> = {
    String: () => string,
    'LowCardinality(String)': () => string,
    'Nullable(String)': () => nullable(string),
    UInt8: () => integer(0, 0xff, (value) => bytes.uint8(value)),
    UInt16: () => integer(0, 0xffff, (value) => bytes.uint16(value)),
    UInt32: () => integer(0, 0xffff_ffff, (value) => bytes.uint32(value)),
    UInt64: () => integer(0, Infinity, (value) => bytes.int64(value)),
    Int8: () => integer(-0x80, 0x7f, (value) => bytes.uint8(value)),
    Int32: () => integer(-0x8000_0000, 0x7fff_ffff, (value) => bytes.uint32(value)),
    Int64: () => (value) => bytes.int64(integer64({ name, type }, value)),
    'Nullable(Int64)': () => nullable(int64),
    'DateTime64(3)': () => int64,
    'Nullable(DateTime64(3))': () => nullable(int64),
  };
  return byType[type]();
};
