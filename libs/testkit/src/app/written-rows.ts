import type { Table } from '@millrace/ads';
import type { Block } from '@millrace/stream';

/** A row written by hand: columns that are not given are empty. */
export type Given = Readonly<Record<string, string | number | null>>;

export const blockOf = (table: Table, rows: readonly Given[]): Block => ({
  table: table.name,
  columns: table.columns,
  values: table.columns.map(({ name, type }) =>
    rows.map((row) => row[name] ?? (type.startsWith('Nullable') ? null : type.includes('String') ? '' : 0)),
  ),
  rows: rows.length,
});
