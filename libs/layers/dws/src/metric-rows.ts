import { PROGRESS, type KeyField, type Table } from '@millrace/ads';
import type { Block } from '@millrace/stream';
import type { Segment } from './segment';

/** What all rows of one emission have in common. */
export interface Stamp {
  readonly partition: number;
  readonly version: number;
  readonly watermark: number;
}

/** Rows of the metric table, column by column. */
export class MetricRows {
  readonly #grain: string[];
  readonly #window: string[];
  readonly #basis: string[];
  readonly #model: string[];
  readonly #path: Readonly<Record<KeyField, string[]>>;
  readonly #start: Float64Array;
  readonly #segment: Float64Array;
  /** Outside the JS heap: an emission is large, and soon garbage. */
  readonly #sums: readonly Float64Array[];
  #rows = 0;

  /** `columns` are the names of the sums, in the order in which segments hold them; `capacity` is the number of rows. */
  constructor(
    readonly table: Table,
    readonly columns: readonly string[],
    readonly capacity: number,
  ) {
    const texts = (): string[] => new Array<string>(capacity).fill('');
    const numbers = (): Float64Array => new Float64Array(capacity);
    this.#grain = texts();
    this.#window = texts();
    this.#basis = texts();
    this.#model = texts();
    this.#path = { merchant_id: texts(), campaign_id: texts(), ad_id: texts(), item_id: texts() };
    this.#start = numbers();
    this.#segment = numbers();
    this.#sums = columns.map(numbers);
  }

  /** The rows of a segment that changed. */
  addDirty(segment: Segment): void {
    const sums = this.#sums;
    for (const slot of segment.dirty) {
      const at = this.#rows++;
      const { series, start_ms } = segment.row(slot);
      const { grain, path, basis, model } = series.key;
      this.#grain[at] = grain.name;
      this.#window[at] = series.window;
      this.#basis[at] = basis;
      this.#model[at] = model;
      for (let i = 0; i < path.length; i++) {
        const field = grain.path[i];
        if (field !== undefined) this.#path[field][at] = path[i] ?? '';
      }
      this.#start[at] = start_ms;
      this.#segment[at] = segment.id;
      const slab = segment.slabOf(slot);
      const offset = segment.offsetOf(slot);
      for (let i = 0; i < sums.length; i++) {
        // Most are 0, and stand there already.
        const sum = slab[offset + i] ?? 0;
        const column = sums[i];
        if (sum !== 0 && column !== undefined) column[at] = sum;
      }
    }
  }

  /** How far the partition has got; one row, replaced at every emission. */
  addProgress(): void {
    this.#window[this.#rows++] = PROGRESS;
  }

  block({ partition, version, watermark }: Stamp): Block {
    const all = (value: number): Float64Array => new Float64Array(this.capacity).fill(value);
    const values: Record<string, ArrayLike<unknown>> = {
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
      rows: this.#rows,
    };
  }
}
