import type { StoredPosition } from '@millrace/ads';
import type { Block } from '@millrace/stream';
import type { ShelfTable } from './shelves';

/** Rows of one table that wait to be written, column by column. */
export class WaitingRows<Row> {
  readonly #values: (string | number | Uint8Array | null)[][];
  rows = 0;

  constructor(readonly table: ShelfTable<Row>) {
    this.#values = table.columns.map(() => []);
  }

  add(row: Row, at: StoredPosition): void {
    const { columns } = this.table;
    for (let i = 0; i < columns.length; i++) this.#values[i]?.push(columns[i]?.read(row, at) ?? null);
    this.rows++;
  }

  block(): Block {
    const { name, columns } = this.table;
    return { table: name, columns, values: this.#values, rows: this.rows };
  }
}
