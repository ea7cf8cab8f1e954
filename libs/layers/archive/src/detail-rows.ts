import type { DetailTable, Fact, StoredPosition } from '@millrace/ads';
import type { Block } from '@millrace/stream';

/** Facts of one table that wait to be written, column by column. */
export class DetailRows {
  readonly #values: (string | number | null)[][];
  rows = 0;

  constructor(readonly table: DetailTable) {
    this.#values = table.columns.map(() => []);
  }

  add(fact: Fact, at: StoredPosition): void {
    const { columns } = this.table;
    for (let i = 0; i < columns.length; i++) this.#values[i]?.push(columns[i]?.read(fact, at) ?? null);
    this.rows++;
  }

  block(): Block {
    const { name, columns } = this.table;
    return { table: name, columns, values: this.#values, rows: this.rows };
  }
}
