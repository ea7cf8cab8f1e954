import { cellOf, type Emission } from '@millrace/stream';

type Cells = Readonly<Record<string, unknown>>;

const ROW_KEY = [
  'grain',
  'window',
  'basis',
  'model',
  'merchant_id',
  'campaign_id',
  'ad_id',
  'item_id',
  'window_start',
  'segment',
  'partition',
];

/** What ClickHouse and Redis do with emissions: of every key the newest version stands. */
export class MetricStore {
  /** By row key. */
  readonly rows = new Map<string, Cells>();
  readonly #serving = new Map<string, { readonly version: number; readonly value: unknown }>();

  put(emission: Emission | null): void {
    for (const block of emission?.blocks ?? []) {
      for (let row = 0; row < block.rows; row++) {
        const cells = Object.fromEntries(block.columns.map(({ name }, column) => [name, cellOf(block.values[column] ?? [], row)]));
        const key = JSON.stringify(ROW_KEY.map((name) => cells[name]));
        if (Number(cells['version']) >= Number(this.rows.get(key)?.['version'] ?? 0)) this.rows.set(key, cells);
      }
    }
    for (const { key, version, value } of emission?.serving ?? []) {
      if (version > (this.#serving.get(key)?.version ?? 0)) {
        this.#serving.set(key, { version, value: JSON.parse(new TextDecoder().decode(value)) });
      }
    }
  }

  /** Every cell that is not 0, added over segments and partitions: `basis|model|grain|window|start|path|column`. */
  sums(columns: readonly string[]): Map<string, number> {
    const sums = new Map<string, number>();
    for (const cells of this.rows.values()) {
      const path = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'].map((name) => cells[name]).filter((id) => id !== '');
      const row = [cells['basis'], cells['model'], cells['grain'], cells['window'], cells['window_start'], ...path].join('|');
      for (const column of columns) {
        const cell = `${row}|${column}`;
        const sum = (sums.get(cell) ?? 0) + Number(cells[column]);
        if (sum === 0) sums.delete(cell);
        else sums.set(cell, sum);
      }
    }
    return sums;
  }

  /** Everything but when it was written. */
  contents(): Map<string, Cells> {
    return new Map(
      [...this.rows]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .filter(([, { window }]) => window !== 'progress')
        .map(([key, cells]) => [key, { ...cells, version: undefined, watermark: undefined }]),
    );
  }

  served(key: string): unknown {
    return this.#serving.get(key)?.value ?? null;
  }

  get servedKeys(): readonly string[] {
    return [...this.#serving.keys()].sort();
  }
}
