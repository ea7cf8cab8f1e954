import {
  type Append,
  type Clock,
  type Fetched,
  type Log,
  LogGapError,
  type Member,
  type Membership,
  type RawRecord,
  type TopicPartition,
  writerOf,
} from '@millrace/stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Members } from '../members/members';

interface Partition {
  start: number;
  records: RawRecord[];
}

/** A log that lives as long as the process. */
export class MemoryLog implements Log {
  readonly #topics = new Map<string, Partition[]>();
  /** Group → partition → position. */
  readonly #groups = new Map<string, Map<string, number>>();
  readonly #members = new Members(this);

  constructor(private readonly clock: Pick<Clock, 'now_ms'>) {}

  async ensure(topic: string, partitions: number): Promise<void> {
    const existing = this.#topics.get(topic)?.length ?? partitions;
    if (existing !== partitions) throw new Error(`topic ${topic} has ${existing} partitions, not ${partitions}`);
    if (!this.#topics.has(topic)) this.#topics.set(topic, emptyPartitions(partitions));
  }

  partitions(topic: string): number {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} does not exist`);
    return partitions.length;
  }

  async append(batch: readonly Append[]): Promise<void> {
    const timestamp_ms = this.clock.now_ms();
    for (const { to, records } of batch) {
      const partition = this.#partition(to);
      for (const { key = null, value, headers } of records) {
        const offset = partition.start + partition.records.length;
        partition.records.push({ offset, timestamp_ms, key, value, ...(headers && { headers }) });
      }
    }
  }

  async read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    // A fetch from a real log lets others run; without this a reader that always finds records would starve every timer.
    await turn();
    const { start, records } = this.#partition(from);
    const end = start + records.length;
    if (offset < start || offset > end) throw new LogGapError(from, offset, start, end);
    let last = offset - start;
    for (let bytes = 0; last < records.length && (bytes < max_bytes || last === offset - start); last++) {
      bytes += records[last]?.value?.byteLength ?? 0;
    }
    return { records: records.slice(offset - start, last), end };
  }

  async bounds(of: TopicPartition): Promise<{ start: number; end: number }> {
    const { start, records } = this.#partition(of);
    return { start, end: start + records.length };
  }

  async commit(group: string, of: TopicPartition, offset: number): Promise<void> {
    const offsets = this.#groups.get(group) ?? new Map<string, number>();
    this.#groups.set(group, offsets.set(writerOf(of), offset));
  }

  async committed(group: string, of: TopicPartition): Promise<number> {
    return this.#groups.get(group)?.get(writerOf(of)) ?? 0;
  }

  async groups(prefix: string): Promise<readonly string[]> {
    return [...this.#groups.keys()].filter((group) => group.startsWith(prefix)).sort();
  }

  async join(member: Member): Promise<Membership> {
    return this.#members.join(member);
  }

  /** Retention: forgets what lies before `offset`. */
  async truncate(of: TopicPartition, offset: number): Promise<void> {
    const partition = this.#partition(of);
    partition.records = partition.records.slice(Math.max(0, offset - partition.start));
    partition.start = Math.max(partition.start, offset);
  }

  /** Made anew, empty and numbered from 0, as an operator does who deletes a topic; positions of groups stay behind. */
  recreate(topic: string): void {
    const partitions = this.partitions(topic);
    this.#topics.set(topic, emptyPartitions(partitions));
  }

  async close(): Promise<void> {
    // Nothing is held outside the process.
  }

  #partition({ topic, partition }: TopicPartition): Partition {
    const found = this.#topics.get(topic)?.[partition];
    if (found === undefined) throw new Error(`${topic}/${partition} does not exist`);
    return found;
  }
}

const emptyPartitions = (count: number): Partition[] => Array.from({ length: count }, () => ({ start: 0, records: [] }));
