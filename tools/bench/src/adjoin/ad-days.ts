import type { Block, OlapStore, ServingStore } from '@millrace/stream';

/** What a store would hold of an ad's day, by metric. */
export type AdDay = Readonly<Record<string, number>>;

/** Metrics that the check compares. */
export const CHECKED = [
  'clicks',
  'cost',
  'click_uv',
  'orders_direct',
  'orders_indirect',
  'payments_direct',
  'payments_indirect',
  'gmv_direct',
  'gmv_indirect',
];

/** Keeps the rows of ads by day, the newest of each, and counts the others. */
export class AdDayStore implements OlapStore {
  /** Row key → version and values. */
  readonly #rows = new Map<string, { readonly key: string; readonly version: number; readonly values: AdDay }>();
  rows = 0;

  /** `around` runs what is not the engine's work. */
  constructor(
    private readonly zone_ms: number,
    private readonly around: (work: () => void) => void,
  ) {}

  async insert(blocks: readonly Block[]): Promise<void> {
    this.around(() => {
      for (const block of blocks) this.#take(block);
    });
  }

  /** `ad|day` → sums over segments and partitions. */
  sums(): Map<string, Record<string, number>> {
    const sums = new Map<string, Record<string, number>>();
    for (const { key, values } of this.#rows.values()) {
      const sum = sums.get(key) ?? {};
      sums.set(key, sum);
      for (const [name, value] of Object.entries(values)) sum[name] = (sum[name] ?? 0) + value;
    }
    return sums;
  }

  async command(): Promise<void> {
    throw new Error('there is no server');
  }
  async query<Row extends object>(): Promise<Row[]> {
    throw new Error('there is no server');
  }
  async ping(): Promise<void> {
    // It is here.
  }
  async close(): Promise<void> {
    // Nothing is open.
  }

  #take({ columns, values, rows }: Block): void {
    this.rows += rows;
    const column = (name: string): Cells => values[columns.findIndex((one) => one.name === name)] ?? [];
    const [grain, window, basis, ad] = ['grain', 'window', 'basis', 'ad_id'].map(column);
    const [start, segment, partition, version] = ['window_start', 'segment', 'partition', 'version'].map(column);
    const checked = CHECKED.map((name) => [name, column(name)] as const);
    for (let row = 0; row < rows; row++) {
      if (cell(grain, row) !== 'ad' || cell(window, row) !== 'day' || cell(basis, row) !== 'conversion') continue;
      const day = Math.floor((Number(cell(start, row)) + this.zone_ms) / 86_400_000);
      const key = `${String(cell(ad, row))}|${day}`;
      const name = `${key}|${String(cell(segment, row))}|${String(cell(partition, row))}`;
      const held = this.#rows.get(name);
      if (held !== undefined && held.version > Number(cell(version, row))) continue;
      const of = Object.fromEntries(checked.map(([metric, numbers]) => [metric, Number(cell(numbers, row) ?? 0)]));
      this.#rows.set(name, { key, version: Number(cell(version, row)), values: of });
    }
  }
}

/** The cells of a column: one for each row, or what repeats once and where. */
type Cells = ArrayLike<unknown> | { readonly cells: ArrayLike<unknown>; readonly places: Int32Array | null };

const cell = (of: Cells | undefined, row: number): unknown => {
  if (of === undefined) return undefined;
  return 'cells' in of ? of.cells[of.places === null ? 0 : (of.places[row] ?? 0)] : of[row];
};

/** A serving store that everything fits in. */
export const nowhere: ServingStore = {
  put: async () => true,
  get: async (keys) => keys.map(() => null),
  close: async () => undefined,
};
