import type { Block, Clock, Log, Meter, OlapStore, ServingStore } from '@millrace/stream';

/** Names of `sink`, as the metrics have them. */
export type SinkName = 'kafka' | 'clickhouse' | 'redis' | 'file' | 'chdb' | 'memory';

export interface SinkPorts {
  readonly clock: Pick<Clock, 'now_ms'>;
  readonly meter: Meter;
}

/** What becomes of the writes to one store. */
export class SinkMeter {
  readonly #labels: { readonly sink: SinkName };
  #missed = 0;

  constructor(
    sink: SinkName,
    private readonly ports: SinkPorts,
  ) {
    this.#labels = { sink };
    for (const name of ['sink_retries', 'sink_failures']) ports.meter.count(name, 0, this.#labels);
  }

  /** For adapters that try again by themselves. */
  readonly retried = (): void => this.ports.meter.count('sink_retries', 1, this.#labels);

  /** For a store that does not tell its writer that it missed something. */
  readonly missed = (): void => {
    this.#missed++;
    this.ports.meter.count('sink_failures', 1, this.#labels);
  };

  /** A write of `rows`; what it answers or throws is passed on. */
  async measured<Answer>(rows: number, write: () => Promise<Answer>): Promise<Answer> {
    const { clock, meter } = this.ports;
    const missed = this.#missed;
    const began_ms = clock.now_ms();
    if (rows > 0) meter.observe('sink_rows', rows, this.#labels);
    try {
      const answer = await write();
      if (missed === this.#missed) meter.gauge('sink_success_timestamp_seconds', clock.now_ms() / 1000, this.#labels);
      return answer;
    } catch (error) {
      meter.count('sink_failures', 1, this.#labels);
      throw error;
    } finally {
      meter.observe('sink_seconds', Math.max(0, clock.now_ms() - began_ms) / 1000, this.#labels);
    }
  }
}

/** The same log, whose appends are measured. */
export const measuredLog = (log: Log, sink: SinkMeter): Log => ({
  append: (batch) =>
    sink.measured(
      batch.reduce((sum, { records }) => sum + records.length, 0),
      () => log.append(batch),
    ),
  ensure: (topic, partitions) => log.ensure(topic, partitions),
  partitions: (topic) => log.partitions(topic),
  read: (from, offset, max_bytes) => log.read(from, offset, max_bytes),
  bounds: (of) => log.bounds(of),
  commit: (group, of, offset) => log.commit(group, of, offset),
  committed: (group, of) => log.committed(group, of),
  groups: (prefix) => log.groups(prefix),
  join: (member) => log.join(member),
  close: () => log.close(),
});

/** The same store, whose inserts are measured. */
export const measuredOlap = (olap: OlapStore, sink: SinkMeter): OlapStore => ({
  insert: (blocks) => sink.measured(rowsOf(blocks), () => olap.insert(blocks)),
  command: (sql) => olap.command(sql),
  query: (sql, params) => olap.query(sql, params),
  ping: () => olap.ping(),
  close: () => olap.close(),
});

/** The same store, whose puts are measured. */
export const measuredServing = (serving: ServingStore, sink: SinkMeter): ServingStore => ({
  put: (entries, complete) => sink.measured(entries.length, () => serving.put(entries, complete)),
  get: (keys) => serving.get(keys),
  close: () => serving.close(),
});

const rowsOf = (blocks: readonly Block[]): number => blocks.reduce((sum, { rows }) => sum + rows, 0);
