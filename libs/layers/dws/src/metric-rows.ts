import { PROGRESS, type KeyField, type Table } from '@millrace/ads';
import type { Block } from '@millrace/stream';
import type { Segment } from './segment';

/** What all rows of one emission have in common. */
export interface Stamp {
  readonly partition: number;
  readonly version: number;
  readonly watermark: number;
}

/** Rows of the metric table, collected column by column. */
export class MetricRows {
  readonly #grain: string[] = [];
  readonly #window: string[] = [];
  readonly #basis: string[] = [];
  readonly #model: string[] = [];
  readonly #path: Readonly<Record<KeyField, string[]>> = { merchant_id: [], campaign_id: [], ad_id: [], item_id: [] };
  readonly #start: number[] = [];
  readonly #segment: number[] = [];
  readonly #sums: number[][];

  /** `columns` are the names of the sums, in the order in which segments hold them. */
  constructor(
    readonly table: Table,
    readonly columns: readonly string[],
  ) {
    this.#sums = columns.map(() => []);
  }

  addDirty(segment: Segment): void {
    for (const slot of segment.dirty) {
      const { series, start_ms } = segment.row(slot);
      const { grain, path, basis, model } = series.key;
      this.#grain.push(grain.name);
      this.#window.push(series.window);
      this.#basis.push(basis);
      this.#model.push(model);
      for (const field of FIELDS) this.#path[field].push(path[grain.path.indexOf(field)] ?? '');
      this.#start.push(start_ms);
      this.#segment.push(segment.id);
      const slab = segment.slabOf(slot);
      const offset = segment.offsetOf(slot);
      for (let i = 0; i < this.#sums.length; i++) this.#sums[i]?.push(slab[offset + i] ?? 0);
    }
  }

  /** How far the partition has got; one row, replaced at every emission. */
  addProgress(): void {
    this.#grain.push('');
    this.#window.push(PROGRESS);
    this.#basis.push('');
    this.#model.push('');
    for (const field of FIELDS) this.#path[field].push('');
    this.#start.push(0);
    this.#segment.push(0);
    for (const column of this.#sums) column.push(0);
  }

  block({ partition, version, watermark }: Stamp): Block {
    const rows = this.#start.length;
    const all = (value: number): number[] => new Array<number>(rows).fill(value);
    const values: Record<string, readonly unknown[]> = {
      grain: this.#grain,
      window: this.#window,
      basis: this.#basis,
      model: this.#model,
      ...this.#path,
      window_start: this.#start,
      segment: this.#segment,
      partition: all(partition),
      version: all(version),
      watermark: all(watermark),
      ...Object.fromEntries(this.columns.map((name, i) => [name, this.#sums[i] ?? []])),
    };
    return {
      table: this.table.name,
      columns: this.table.columns,
      values: this.table.columns.map(({ name }) => {
        const column = values[name];
        if (column === undefined) throw new TypeError(`nobody fills ${this.table.name}.${name}`);
        return column;
      }),
      rows,
    };
  }
}

const FIELDS: readonly KeyField[] = ['merchant_id', 'campaign_id', 'ad_id', 'item_id'];
