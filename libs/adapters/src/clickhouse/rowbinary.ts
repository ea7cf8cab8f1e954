import type { Block, BlockColumn, ColumnType } from '@millrace/stream';
import { ByteWriter } from './byte-writer';

type Put = (value: unknown) => void;
/** Writes what one row has in one column, or in several that lie side by side. */
type PutRow = (row: number) => void;

/**
 * Blocks to RowBinary, the cheapest format the engine reads (measurements.md). One encoder keeps one buffer: its answer
 * is valid until the next call. A value that does not fit its column is an error that names it, never a wrong number.
 */
export class RowBinaryEncoder {
  readonly #bytes = new ByteWriter();

  encode(blocks: readonly Block[]): Buffer {
    this.#bytes.reset();
    for (const { columns, values, rows } of blocks) {
      const puts = this.#putRows(columns, values);
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < puts.length; i++) puts[i]?.(row);
      }
    }
    return this.#bytes.written;
  }

  #putRows(columns: readonly BlockColumn[], values: Block['values']): PutRow[] {
    const puts: PutRow[] = [];
    for (let first = 0; first < columns.length; ) {
      let end = first;
      while (columns[end]?.type === 'Int64') end++;
      if (end > first) {
        puts.push(this.#putInt64s(columns.slice(first, end), values.slice(first, end)));
        first = end;
        continue;
      }
      const column = columns[first];
      const cells = values[first++];
      if (column === undefined || cells === undefined) throw new TypeError(`column ${column?.name ?? first} has no values`);
      const put = this.#put(column);
      puts.push((row) => put(cells[row]));
    }
    return puts;
  }

  /** A row of sums is mostly zeros: they are written together, and then the few others over them. */
  #putInt64s(columns: readonly BlockColumn[], values: Block['values']): PutRow {
    const bytes = this.#bytes;
    return (row) => {
      const at = bytes.zeros(columns.length * 8);
      for (let i = 0; i < columns.length; i++) {
        const value = values[i]?.[row];
        if (value === 0) continue;
        // Beyond 2^53 a sum is no longer exact, which must not end the process: an event is never worth all the others.
        if (!Number.isInteger(value) || Math.abs(value as number) >= 2 ** 63) throw new TypeError(`column ${columns[i]?.name ?? ''}: ${JSON.stringify(value)} is no Int64`);
        bytes.int64At(at + i * 8, value as number);
      }
    };
  }

  #put({ name, type }: BlockColumn): Put {
    const bytes = this.#bytes;
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
      Int64: () => int64,
      'Nullable(Int64)': () => nullable(int64),
      'DateTime64(3)': () => int64,
      'Nullable(DateTime64(3))': () => nullable(int64),
    };
    return byType[type]();
  }
}
