import {
  columnsAt,
  decodeServedDay,
  decodeServedProgress,
  LAST_TOUCH,
  METRICS,
  partitionOf,
  servingKey,
  servingProgressKey,
  type KeyField,
  type ServedDay,
  type ServedProgress,
  type Zone,
} from '@millrace/ads';
import type { Clock, ServingEntry, ServingStore } from '@millrace/stream';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { positionOf, type PositionedRows } from '../store';
import type { Question } from './question';
import type { StoredRow } from './value';

/** The store of open days, as DWS fills it. */
export interface OpenDaysStore {
  readonly store: ServingStore;
  /** Of dwd.fact: a merchant's values lie under the partition of its id. */
  readonly partitions: number;
  /** How answers call it. Default: `redis`. */
  readonly name?: string;
}

/** Grains whose values lie in one partition, so that one call reads them at one position. Those of `all` would need every one. */
const GRAINS_SERVED: readonly string[] = ['merchant', 'campaign', 'ad'];
/** DWS keeps three days at most up to date. */
const MAX_DAYS = 3;
const MAX_KEYS = 1_000;
/** It is the quick way: when it is slower than this, the other one is quicker. */
const PATIENCE_MS = 250;
/** After a failure it is left alone for so long, lest every question waits for it in vain. */
const REST_MS = 1_000;

/** Read at one position; or why the other store has to be asked: it is not for this one, or this one is away. */
export type OpenDaysRead = PositionedRows<StoredRow> | 'elsewhere' | 'away';

/** What of a question is looked at here. */
type OpenDaysQuestion = Pick<Question, 'request' | 'grain' | 'keys' | 'order'>;

interface Cell {
  readonly start_ms: number;
  readonly path: readonly string[];
  readonly key: string;
}

/** Answers day questions about named merchants, campaigns and ads from the values of open days, all of them or none. */
export class OpenDaysReader {
  #away_until_ms = -Infinity;

  constructor(
    private readonly serving: OpenDaysStore,
    private readonly clock: Clock,
    private readonly zone: Zone,
  ) {}

  get name(): string {
    return this.serving.name ?? 'redis';
  }

  async read(question: OpenDaysQuestion, businessDays: readonly number[], atMost: number): Promise<OpenDaysRead> {
    const cells = this.#cellsOf(question, businessDays);
    if (cells === null) return 'elsewhere';
    if (this.clock.now_ms() < this.#away_until_ms) return 'away';
    try {
      return (await this.#readCells(cells, question, atMost)) ?? 'elsewhere';
    } catch {
      this.#away_until_ms = this.clock.now_ms() + REST_MS;
      return 'away';
    }
  }

  /** By partition, what must be there; null when the question is not about named keys on a few whole days. */
  #cellsOf({ request, grain, order }: OpenDaysQuestion, businessDays: readonly number[]): ReadonlyMap<number, readonly Cell[]> | null {
    const { window, timezone, basis, model, filter } = request;
    const ordinary = window === 'day' && timezone.name === this.zone.name && basis === 'conversion' && model === LAST_TOUCH;
    if (!ordinary || order !== null || !GRAINS_SERVED.includes(grain.name) || businessDays.length > MAX_DAYS) return null;
    const values = grain.path.map((field) => filter[field] ?? []);
    const count = values.reduce((product, { length }) => product * length, businessDays.length);
    if (count === 0 || count > MAX_KEYS) return null;
    const byPartition = new Map<number, Cell[]>();
    for (const path of pathsOf(values)) {
      const partition = partitionOf(path[0] ?? '', this.serving.partitions);
      const cells = byPartition.get(partition) ?? [];
      byPartition.set(partition, cells);
      for (const day of businessDays)
        cells.push({
          start_ms: this.zone.dayStart(day),
          path,
          key: servingKey(partition, grain.name, path, this.zone.dayName(day)),
        });
    }
    return byPartition;
  }

  /** Null: a value is missing, no longer kept up to date, or being written; the other store knows. */
  async #readCells(
    byPartition: ReadonlyMap<number, readonly Cell[]>,
    question: OpenDaysQuestion,
    atMost: number,
  ): Promise<PositionedRows<StoredRow> | null> {
    const partitions = Array.from({ length: this.serving.partitions }, (_, partition) => partition);
    const reads = await this.#inTime(
      Promise.all(partitions.map((partition) => this.#readPartition(partition, byPartition.get(partition) ?? []))),
    );
    const found: { cell: Cell; day: ServedDay }[] = [];
    const progress: (ServedProgress & { partition: number })[] = [];
    for (const read of reads) {
      if (read === null) return null;
      progress.push(read.progress);
      found.push(...read.days);
    }
    return { at: positionOf(progress), rows: rowsOf(found, question).slice(0, atMost) };
  }

  /** One call, which sees all keys of a partition at one moment. */
  async #readPartition(
    partition: number,
    cells: readonly Cell[],
  ): Promise<{ progress: ServedProgress & { partition: number }; days: { cell: Cell; day: ServedDay }[] } | null> {
    const [head, ...entries] = await this.serving.store.get([servingProgressKey(partition), ...cells.map(({ key }) => key)]);
    if (head === null || head === undefined) return null;
    const progress = { partition, ...decodeServedProgress(head.value) };
    const days: { cell: Cell; day: ServedDay }[] = [];
    for (const [index, cell] of cells.entries()) {
      const entry = entries[index] ?? null;
      if (!isCurrent(entry, head, progress, cell)) return null;
      days.push({ cell, day: decodeServedDay(entry.value) });
    }
    return { progress, days };
  }

  async #inTime<Result>(work: Promise<Result>): Promise<Result> {
    const done = new AbortController();
    const slow = async (): Promise<Result> => {
      await this.clock.sleep(PATIENCE_MS, done.signal);
      if (done.signal.aborted) return work;
      // It may have been this process that stood still: what the store answered meanwhile is read first.
      await turnOfTheLoop();
      throw new Error('too slow');
    };
    try {
      return await Promise.race([work, slow()]);
    } finally {
      // A reason of our own: the default one is an exception, whose stack would be written for every question.
      done.abort('answered');
    }
  }
}

/** A value newer than the progress belongs to an emission that is only half there. */
const isCurrent = (
  entry: ServingEntry | null,
  head: ServingEntry,
  { from_ms }: ServedProgress,
  { start_ms }: Cell,
): entry is ServingEntry => entry !== null && entry.version <= head.version && (from_ms === null || start_ms >= from_ms);

/** Every combination of one value per field. */
const pathsOf = (values: readonly (readonly string[])[]): readonly (readonly string[])[] =>
  values.reduce<readonly (readonly string[])[]>(
    (paths, choices) => paths.flatMap((path) => choices.map((choice) => [...path, choice])),
    [[]],
  );

/** The rows that `metricsQuery` would answer: added up over what is not grouped by, without those that are 0, in the same order. */
const rowsOf = (found: readonly { cell: Cell; day: ServedDay }[], { request, grain, keys }: OpenDaysQuestion): StoredRow[] => {
  const columns = columnsAt(
    grain,
    METRICS.filter(({ name }) => request.metrics.includes(name)),
  ).map(({ name }) => name);
  const rows = new Map<string, Record<string, string | number>>();
  for (const { cell, day } of found) {
    const fields = keys.map((field): [KeyField, string] => [field, cell.path[grain.path.indexOf(field)] ?? '']);
    const id = JSON.stringify([cell.start_ms, ...fields]);
    const row = rows.get(id) ?? {
      window_start: cell.start_ms,
      ...Object.fromEntries(fields),
      ...Object.fromEntries(columns.map((name) => [name, 0])),
    };
    rows.set(id, row);
    for (const name of columns) row[name] = Number(row[name]) + (day.values[name] ?? 0);
  }
  return [...rows.values()]
    .filter((row) => columns.some((name) => row[name] !== 0))
    .sort(
      (a, b) =>
        Number(a['window_start']) - Number(b['window_start']) ||
        keys.reduce((order, field) => order || Buffer.compare(bytesOf(a, field), bytesOf(b, field)), 0),
    );
};

/** The other store orders text by its bytes. */
const bytesOf = (row: StoredRow, field: KeyField): Buffer => Buffer.from(String(row[field]));
