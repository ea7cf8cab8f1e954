import { DAY_MS, METRIC_TABLE, PROGRESS, TABLES } from '@millrace/ads';
import { cellOf, type Block, type OlapStore } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';
import { answer } from './clickhouse-answers';

export type Row = Readonly<Record<string, string | number | null>>;

/** What the store cannot be asked, or did not answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

const VERSION = 'version';
/** Positions of one epoch. */
const POSITIONS = 2 ** 40;

/** The tables, which outlive every process. Of each row the highest version stays, as ReplacingMergeTree keeps it in the end. */
export class Tables {
  readonly #rows = new Map(TABLES.map(({ name }) => [name, new Map<string, Row>()]));
  /** A row was written again with the same version, and is another: told with both. */
  onConflict: (table: string, stands: Row, comes: Row) => void = () => undefined;

  /** Rows of all tables that hold what the archive was given. */
  get archived(): number {
    return [...this.#rows].reduce((sum, [table, rows]) => sum + (table === METRIC_TABLE ? 0 : rows.size), 0);
  }

  rows(table: string): ReadonlyMap<string, Row> {
    return this.#of(table);
  }

  write(table: string, rows: readonly Row[]): void {
    const { orderBy, engine } = TABLES.find(({ name }) => name === table) ?? missing(table);
    const standing = this.#of(table);
    const isVersioned = engine.includes(VERSION);
    for (const row of rows) {
      const key = orderBy.map((name) => String(row[name])).join('\u0000');
      const before = standing.get(key);
      const [older, newer] = isVersioned ? [Number(before?.[VERSION]), Number(row[VERSION])] : [0, 0];
      if (before !== undefined && older === newer && JSON.stringify(before) !== JSON.stringify(row))
        this.onConflict(table, before, row);
      if (before === undefined || newer >= older) standing.set(key, row);
    }
  }

  #of(table: string): Map<string, Row> {
    return this.#rows.get(table) ?? missing(table);
  }
}

const missing = (table: string): never => {
  throw new StoreError(`no table ${table}`);
};

/** What one insert makes visible at one moment: the rows of one table and one of its partitions. */
interface Part {
  readonly table: string;
  readonly rows: readonly Row[];
}

const ATTEMPTS = 4;
const BACK_OFF_MS = 3_000;
const OVERTAKEN_MS = 400_000;

/** ClickHouse as one life of a process sees it: a client that inserts again what was not acknowledged. */
export class SimulatedClickHouse implements OlapStore {
  /** Inserts that were sent and not acknowledged. */
  readonly inserting = new Set<readonly Block[]>();

  constructor(
    private readonly world: World,
    private readonly life: Life,
    private readonly tables: Tables,
  ) {}

  async insert(blocks: readonly Block[]): Promise<void> {
    this.inserting.add(blocks);
    try {
      await this.#insert(partsOf(blocks));
    } finally {
      this.inserting.delete(blocks);
    }
  }

  async #insert(parts: readonly Part[]): Promise<void> {
    const { world, life } = this;
    const { faults, random } = world;
    const write = (some: readonly Part[]): void => {
      for (const { table, rows } of some) this.tables.write(table, rows);
    };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (faults.strikes('ClickHouse timeout, not applied')) await world.ask(life, 'inserts: no answer', () => undefined);
      else if (faults.strikes('ClickHouse timeout, applied'))
        await world.request(life, 'inserts, answer lost', () => write(parts));
      else if (parts.length > 1 && faults.strikes('ClickHouse timeout, partly applied'))
        await world.request(life, 'inserts a part', () => write(parts.slice(0, random.between(1, parts.length))));
      else if (faults.strikes('ClickHouse insert overtaken by the next')) {
        world.after(random.between(BACK_OFF_MS, OVERTAKEN_MS), null, `an insert of ${life.name} arrives late`, () =>
          write(parts),
        );
        await world.ask(life, 'inserts: no answer yet', () => undefined);
      } else return world.request(life, 'inserts', () => write(parts));
      await new Promise<void>((resolve) => world.after(attempt * BACK_OFF_MS, life, `${life.name} inserts again`, resolve));
    }
    throw new StoreError(`an insert was not acknowledged ${ATTEMPTS} times`);
  }

  query<Row extends object>(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    return this.world.ask(this.life, 'asks ClickHouse', () => answer(this.tables, sql, params) as Row[]);
  }

  async command(): Promise<void> {
    // The tables are there.
  }
  async ping(): Promise<void> {
    await this.world.ask(this.life, 'pings ClickHouse', () => undefined);
  }
  async close(): Promise<void> {
    // Nothing is held.
  }
}

/** One part for each table and day, fewer rows than a monthly partition has: no order among the parts of an insert may matter. */
function partsOf(blocks: readonly Block[]): Part[] {
  const parts = new Map<string, { readonly table: string; readonly rows: Row[] }>();
  for (const { table, columns, values, rows } of blocks) {
    for (let at = 0; at < rows; at++) {
      const row: Record<string, string | number | null> = {};
      columns.forEach(({ name }, i) => (row[name] = (cellOf(values[i] ?? [], at) ?? null) as string | number | null));
      const time_ms = Number(row['window_start'] ?? row['ingest_time'] ?? row['event_time'] ?? 0);
      const key = `${table} ${Math.floor(time_ms / DAY_MS)}`;
      const part = parts.get(key) ?? { table, rows: [] };
      parts.set(key, part);
      part.rows.push(row);
    }
  }
  return [...parts.values()];
}

/** How far each partition of dwd.fact is in the tables. */
export const progressOf = (tables: Tables): Map<number, Row> => {
  const newest = new Map<number, Row>();
  for (const row of tables.rows(METRIC_TABLE).values()) {
    if (row['window'] !== PROGRESS) continue;
    const partition = Number(row['partition']);
    if (Number(newest.get(partition)?.[VERSION] ?? -1) < Number(row[VERSION])) newest.set(partition, row);
  }
  return newest;
};

/** The next offset that a progress row says; -1 for none. */
export const positionIn = (progress: Row | undefined): number =>
  progress === undefined ? -1 : Number(progress[VERSION]) % POSITIONS;
