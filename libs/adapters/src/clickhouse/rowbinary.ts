import type { Block, BlockColumn, ColumnType } from '@millrace/stream';
import { ByteWriter } from './byte-writer';

type Put = (value: unknown) => void;

/**
 * Blocks to RowBinary, the cheapest format the engine reads (measurements.md). One encoder keeps one buffer: its answer
 * is valid until the next call. A value that does not fit its column is an error that names it, never a wrong number.
 */
export class RowBinaryEncoder {
  readonly #bytes = new ByteWriter();

  encode(blocks: readonly Block[]): Buffer {
    this.#bytes.reset();
    for (const { columns, values, rows } of blocks) {
      const puts = columns.map((column) => this.#put(column));
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < puts.length; column++) puts[column]?.(values[column]?.[row]);
      }
    }
    return this.#bytes.written;
  }

  #put({ name, type }: BlockColumn): Put {
    const bytes = this.#bytes;
    const misfit = (value: unknown): TypeError => new TypeError(`column ${name}: ${JSON.stringify(value)} is no ${type}`);
    const string: Put = (value) => {
      if (typeof value !== 'string') throw misfit(value);
      bytes.string(value);
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
      'DateTime64(3)': () => int64,
      'Nullable(DateTime64(3))': () => nullable(int64),
    };
    return byType[type]();
  }
}
