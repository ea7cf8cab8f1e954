import { DEFAULT_RULES, type ProgressRow } from '@millrace/ads';
import type { Append, Clock, Log, OlapStore, ServingEntry, ServingStore } from '@millrace/stream';
import { createApp, type AppOptions } from '../app';

/** Stand-ins for the ports, for specs: they keep what they were asked and answer what they were told. */

export const HOUR_MS = 3_600_000;
/** 2014-11-13T12:00:00+08:00 */
export const NOW_MS = Date.UTC(2014, 10, 13, 4);

export class ScriptedOlap implements OlapStore {
  readonly asked: { sql: string; params: Readonly<Record<string, unknown>> }[] = [];
  /** One per look at the progress; the last one stays. */
  progress: ProgressRow[][] = [[{ partition: 0, position: 10, watermark: NOW_MS - 3 * HOUR_MS }]];
  rows: object[] = [];
  failure: Error | null = null;
  alive = true;

  async query<Row extends object>(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    if (params['window'] === 'progress') {
      const [next = [], ...later] = this.progress;
      if (later.length > 0) this.progress = later;
      return next as Row[];
    }
    this.asked.push({ sql, params });
    if (this.failure) throw this.failure;
    return this.rows as Row[];
  }
  async ping(): Promise<void> {
    if (!this.alive) throw new Error('connection refused');
  }
  async command(): Promise<void> {}
  async insert(): Promise<void> {}
  async close(): Promise<void> {}
}

/** Keeps appends; `hold` makes them wait until `release`. */
export class ScriptedLog implements Pick<Log, 'append' | 'partitions' | 'committed'> {
  /** What every group has committed of every partition. */
  position = 10;
  readonly appends: (readonly Append[])[] = [];
  failure: Error | null = null;
  private gate: Promise<void> = Promise.resolve();
  release: () => void = () => undefined;

  hold(): void {
    this.gate = new Promise((resolve) => (this.release = resolve));
  }
  partitions(): number {
    return 3;
  }
  async committed(): Promise<number> {
    return this.position;
  }
  async append(batch: readonly Append[]): Promise<void> {
    this.appends.push(batch);
    await this.gate;
    if (this.failure) throw this.failure;
  }
  /** Every event of every append, with its partition. */
  get events(): { partition: number; event: Record<string, unknown> }[] {
    return this.appends.flat().flatMap(({ to, records }) =>
      records.map(({ value }) => ({
        partition: to.partition,
        event: JSON.parse(Buffer.from(value).toString()) as Record<string, unknown>,
      })),
    );
  }
}

const clock: Clock = {
  now_ms: () => NOW_MS,
  sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
};

export const appOver = (doubles: { olap?: ScriptedOlap; log?: ScriptedLog } = {}, options: Partial<AppOptions> = {}) =>
  createApp({
    olap: doubles.olap ?? new ScriptedOlap(),
    log: (doubles.log ?? new ScriptedLog()) as unknown as Log,
    clock,
    rules: DEFAULT_RULES,
    health: () => ({ ready: true, reasons: [] }),
    metricsText: async () => '# nothing yet\n',
    ...options,
  });

/** Entries by key, and what became of calls. */
export class ScriptedServing implements ServingStore {
  readonly entries = new Map<string, ServingEntry>();
  calls = 0;
  answer: 'at once' | 'never' | 'with an error' = 'at once';

  async put(entries: readonly ServingEntry[]): Promise<boolean> {
    for (const entry of entries) this.entries.set(entry.key, entry);
    return true;
  }
  async get(keys: readonly string[]): Promise<(ServingEntry | null)[]> {
    this.calls++;
    if (this.answer === 'with an error') throw new Error('connection refused');
    if (this.answer === 'never') return new Promise(() => undefined);
    return keys.map((key) => this.entries.get(key) ?? null);
  }
  async close(): Promise<void> {}
}
