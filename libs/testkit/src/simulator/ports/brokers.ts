import { type Append, LogGapError, type RawRecord, type TopicPartition, writerOf } from '@millrace/stream';
import type { Life } from '../world/life';

interface Partition {
  /** The first offset that is still held. */
  start: number;
  /** By offset; all that were ever appended. */
  readonly records: RawRecord[];
}

/** Told of every record when it is appended: `by` is null for the outside world's producers. */
export type OnAppend = (to: TopicPartition, record: RawRecord, by: Life | null) => void;

/** The log itself, which outlives every process: what a request does once it has arrived. */
export class Brokers {
  readonly #topics = new Map<string, Partition[]>();
  readonly #groups = new Map<string, Map<string, number>>();

  constructor(
    private readonly now_ms: () => number,
    private readonly onAppend: OnAppend,
  ) {}

  create(topic: string, partitions: number): void {
    const made = Array.from({ length: partitions }, (): Partition => ({ start: 0, records: [] }));
    if (!this.#topics.has(topic)) this.#topics.set(topic, made);
  }

  partitions(topic: string): number {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} does not exist`);
    return partitions.length;
  }

  /** All partitions of a topic. */
  all(topic: string): TopicPartition[] {
    return Array.from({ length: this.partitions(topic) }, (_, partition) => ({ topic, partition }));
  }

  append({ to, records }: Append, by: Life | null): void {
    const partition = this.#partition(to);
    for (const { key = null, value, headers } of records) {
      const offset = partition.records.length;
      const record: RawRecord = { offset, timestamp_ms: this.now_ms(), key, value, ...(headers && { headers }) };
      partition.records.push(record);
      this.onAppend(to, record, by);
    }
  }

  bounds(of: TopicPartition): { start: number; end: number } {
    const { start, records } = this.#partition(of);
    return { start, end: records.length };
  }

  /** Records before `start` are deleted; a backup has them. */
  truncate(of: TopicPartition, start: number): void {
    this.#partition(of).start = start;
  }

  /** The backup is brought back. */
  restore(of: TopicPartition): void {
    this.#partition(of).start = 0;
  }

  /** Everything that was ever appended, whatever the log still holds. */
  everything(of: TopicPartition): readonly RawRecord[] {
    return this.#partition(of).records;
  }

  /** Records from `offset` on, at least one if there is any. Throws a LogGapError for an offset that is not held. */
  records(from: TopicPartition, offset: number, max_bytes: number): RawRecord[] {
    const { start, end } = this.bounds(from);
    if (offset < start || offset > end) throw new LogGapError(from, offset, start, end);
    const { records } = this.#partition(from);
    let last = offset;
    for (let bytes = 0; last < records.length && (bytes < max_bytes || last === offset); last++)
      bytes += records[last]?.value?.byteLength ?? 0;
    return records.slice(offset, last);
  }

  commit(group: string, of: TopicPartition, offset: number): void {
    const positions = this.#groups.get(group) ?? new Map<string, number>();
    this.#groups.set(group, positions);
    positions.set(writerOf(of), offset);
  }

  /** 0 when never committed. */
  committed(group: string, of: TopicPartition): number {
    return this.#groups.get(group)?.get(writerOf(of)) ?? 0;
  }

  /** Names of groups that have committed something. */
  groups(prefix: string): string[] {
    return [...this.#groups.keys()].filter((group) => group.startsWith(prefix));
  }

  #partition({ topic, partition }: TopicPartition): Partition {
    const found = this.#topics.get(topic)?.[partition];
    if (found === undefined) throw new Error(`${topic}/${partition} does not exist`);
    return found;
  }
}
