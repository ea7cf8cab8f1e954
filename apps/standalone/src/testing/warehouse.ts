import { DEFAULT_RULES, type Rules } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import type { ConversionsAnswer, MetricsAnswer } from '@millrace/layer-app';
import { topicsOf, type SourceDeclaration } from '@millrace/layer-ods';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replay, type ReplayInput } from '@millrace/service/demo';
import { loadSource } from '@millrace/service';
import { openWarehouse, type Warehouse } from '../warehouse';

export interface TestWarehouseOptions {
  readonly rules?: Partial<Rules>;
  readonly partitions?: number;
  readonly emission_interval_ms?: number;
  readonly fetch_bytes?: number;
  /** Lines that are appended together. */
  readonly batch?: number;
}

/** The warehouse of `npm start` in the test's own process, over a directory of its own, asked by REST without a socket. */
export class TestWarehouse {
  private constructor(
    readonly warehouse: Warehouse,
    private readonly directory: string,
  ) {}

  /** With these lines of the source `events` replayed into it, to their end. */
  static async of(
    lines: Iterable<string>,
    { rules, partitions = 2, batch = 1_000, ...options }: TestWarehouseOptions = {},
  ): Promise<TestWarehouse> {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-test-'));
    const clock = new SystemClock();
    const source: SourceDeclaration = { ...loadSource('events'), name: 'test' };
    const [topic = ''] = topicsOf(source);
    let replayed = false;
    const warehouse = await openWarehouse({
      data: { path: directory, log: join(directory, 'log'), olap: join(directory, 'olap'), snapshots: null },
      sources: [loadSource('http'), source],
      rules: { ...DEFAULT_RULES, ...rules },
      partitions,
      clock,
      emission_interval_ms: 10_000,
      snapshot_interval_ms: 10_000,
      idles: (of) => of !== topic || replayed,
      onRebuild: () => undefined,
      onRestored: () => undefined,
      warn: () => undefined,
      ...options,
    });
    const test = new TestWarehouse(warehouse, directory);
    const failed = warehouse.runner.run().then(() => new Promise<never>(() => undefined));
    const work = async (): Promise<void> => {
      await warehouse.runner.ready();
      await replay(inputOf(lines, source, topic, batch), warehouse.log, freshData, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        sleep: (ms) => clock.sleep(ms),
      });
      replayed = true;
      await warehouse.runner.drain();
    };
    await Promise.race([work(), failed]);
    return test;
  }

  async metrics(query: Readonly<Record<string, string>>): Promise<MetricsAnswer['rows']> {
    return (await this.get<MetricsAnswer>('/v1/metrics', query)).rows;
  }

  conversions(id: string): Promise<ConversionsAnswer> {
    return this.get(`/v1/conversions/${encodeURIComponent(id)}`);
  }

  async close(): Promise<void> {
    await this.warehouse.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async get<T>(url: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await this.warehouse.app.inject({ url, query });
    if (response.statusCode !== 200) throw new Error(`GET ${url} answered ${response.statusCode}: ${response.body}`);
    return response.json<T>();
  }
}

/** Nothing was replayed here before. */
const freshData = {
  replay: (topic: string, fingerprint: string | null, ends: readonly number[]) => ({ topic, fingerprint, starts: ends }),
};

const inputOf = (lines: Iterable<string>, source: SourceDeclaration, topic: string, batch: number): ReplayInput => ({
  name: source.name,
  source,
  topic,
  fingerprint: null,
  async *records() {
    let values: Uint8Array[] = [];
    for (const line of lines) {
      if (values.push(Buffer.from(line)) < batch) continue;
      yield { values, progress: null };
      values = [];
    }
    yield { values, progress: 1 };
  },
  totals: () => null,
});
