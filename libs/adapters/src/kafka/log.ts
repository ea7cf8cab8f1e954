import {
  type Append,
  type Fetched,
  type Log,
  LogGapError,
  type Member,
  type Membership,
  type TopicPartition,
} from '@millrace/stream';
import { Admin as Positions } from '@platformatic/kafka';
import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';
import { retried } from '../retry/retry';
import { type Bounds, LogBounds } from './bounds';
import { kafkajs, platformatic } from './clients';
import { isPassing } from './errors';
import { type Home, KafkaMember } from './member';
import { GROUP_PREFIX, type KafkaOptions } from './options';
import { KafkaProducer } from './producer';

/** Kafka behind the port. Two clients do the work, each what it does better (ADR 0009); neither is seen from outside. */
export class KafkaLog implements Log {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #bounds: LogBounds;
  readonly #producer: KafkaProducer;
  readonly #partitions = new Map<string, number>();
  readonly #members = new Set<KafkaMember>();
  /** For whoever reads as nobody's member: one reader per topic, in a group of its own that commits nothing. */
  readonly #readers = new Map<string, Promise<KafkaMember>>();
  #positions: Positions | null = null;

  private constructor(private readonly options: KafkaOptions) {
    this.#kafka = kafkajs(options);
    this.#admin = this.#kafka.admin({ retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 } });
    this.#bounds = new LogBounds(this.#admin);
    this.#producer = new KafkaProducer(options);
  }

  /** Resolves when the brokers have answered and their topics are known; rejects if they are away, for the caller to wait. */
  static async connect(options: KafkaOptions): Promise<KafkaLog> {
    const log = new KafkaLog(options);
    try {
      await log.#admin.connect();
      await log.#learn();
    } catch (error) {
      await log.close();
      throw error;
    }
    return log;
  }

  async ensure(topic: string, partitions: number): Promise<void> {
    await this.#asked(`topic ${topic}`, async () => {
      // With the brokers' settings: for tests and trials. What is kept how long is for the topics command to say.
      if (!(await this.#admin.listTopics()).includes(topic))
        await this.#admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
      await this.#learn([topic]);
    });
    const existing = this.partitions(topic);
    if (existing !== partitions) throw new Error(`topic ${topic} has ${existing} partitions, not ${partitions}`);
  }

  partitions(topic: string): number {
    const partitions = this.#partitions.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} does not exist`);
    return partitions;
  }

  append(batch: readonly Append[]): Promise<void> {
    return this.#producer.append(batch);
  }

  async read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    const reader = this.#reader(from.topic);
    try {
      return await (await reader).read(from, offset, max_bytes);
    } catch (error) {
      // It was nobody's member, and has lost nobody's place: whoever asks again gets a new one.
      if (!(error instanceof LogGapError)) await this.#forget(from.topic, reader);
      throw error;
    }
  }

  bounds(of: TopicPartition): Promise<Bounds> {
    return this.#asked('bounds', () => this.#bounds.of(of));
  }

  /** @throws if the group has members: theirs is the position */
  async commit(group: string, { topic, partition }: TopicPartition, offset: number): Promise<void> {
    this.#positions ??= new Positions({ ...platformatic(this.options), retries: 3, retryDelay: 200 });
    const positions = this.#positions;
    const partitionOffsets = [{ partition, offset: BigInt(offset) }];
    await this.#asked('commit', () =>
      positions.alterConsumerGroupOffsets({ groupId: this.#nameOf(group), topics: [{ name: topic, partitionOffsets }] }),
    );
  }

  async committed(group: string, { topic, partition }: TopicPartition): Promise<number> {
    const topics = await this.#asked('committed', () =>
      this.#admin.fetchOffsets({ groupId: this.#nameOf(group), topics: [topic] }),
    );
    const found = topics.flatMap(({ partitions }) => partitions).find((position) => position.partition === partition);
    return Math.max(0, Number(found?.offset ?? 0));
  }

  async groups(prefix: string): Promise<readonly string[]> {
    const own = this.#nameOf('');
    const { groups } = await this.#asked('groups', () => this.#admin.listGroups());
    const named = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(own + prefix));
    const held: string[] = [];
    for (const groupId of named.sort()) {
      const topics = await this.#asked('groups', () => this.#admin.fetchOffsets({ groupId }));
      if (topics.some(({ partitions }) => partitions.some(({ offset }) => Number(offset) >= 0)))
        held.push(groupId.slice(own.length));
    }
    return held;
  }

  async join(member: Member): Promise<Membership> {
    const joined = await this.#join(this.#nameOf(member.group), member);
    this.#members.add(joined);
    const leave = async (): Promise<void> => {
      this.#members.delete(joined);
      await joined.leave();
    };
    return { ...joined.membership(), leave };
  }

  async close(): Promise<void> {
    const readers = await Promise.allSettled(this.#readers.values());
    const members = [...this.#members, ...readers.flatMap((reader) => (reader.status === 'fulfilled' ? [reader.value] : []))];
    // Who cannot say good-bye to a broker that is gone is gone all the same.
    await Promise.allSettled(members.map((member) => member.leave()));
    await this.#producer.close();
    await this.#positions?.close();
    await this.#admin.disconnect();
  }

  #reader(topic: string): Promise<KafkaMember> {
    const reader =
      this.#readers.get(topic) ??
      this.#join(`${this.#nameOf('reader')}.${randomUUID()}`, {
        group: 'reader',
        topics: [topic],
        pinned: () => true,
        onAssigned: () => undefined,
      });
    this.#readers.set(topic, reader);
    return reader;
  }

  async #forget(topic: string, reader: Promise<KafkaMember>): Promise<void> {
    if (this.#readers.get(topic) === reader) this.#readers.delete(topic);
    await reader.then((member) => member.leave()).catch(() => undefined);
  }

  #join(group: string, member: Member): Promise<KafkaMember> {
    const home: Home = {
      kafka: this.#kafka,
      options: this.options,
      group,
      boundsOf: (of) => this.bounds(of),
      partitions: (topic) => this.partitions(topic),
    };
    return this.#asked(`join ${group}`, () => KafkaMember.join(home, member));
  }

  async #learn(topics?: string[]): Promise<void> {
    const metadata = await this.#admin.fetchTopicMetadata(topics ? { topics } : undefined);
    for (const { name, partitions } of metadata.topics) this.#partitions.set(name, partitions.length);
  }

  #nameOf(group: string): string {
    return (this.options.group_prefix ?? GROUP_PREFIX) + group;
  }

  #asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    return retried(what, ask, isPassing, {
      ...(this.options.retry && { bound: this.options.retry }),
      onRetry: () => this.options.meter?.count('kafka_requests_retried', 1),
    });
  }
}
