import { type Fetched, LogGapError, type Member, type Membership, type TopicPartition, writerOf } from '@millrace/stream';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { assigner } from './assigner';
import type { Bounds } from './bounds';
import { Commits } from './commits';
import { MembershipLostError } from './errors';
import { type Delivery, type Doubt, PartitionFeed } from './feed';
import { runsOf } from './fetch-response';
import { FETCH_BYTES, FETCH_WAIT_MS, type KafkaOptions, SESSION_MS } from './options';
import type { RecordRun } from './record-batch';
import { Watchdog } from './watchdog';

/** What a member asks of the log it belongs to. */
export interface Home {
  readonly kafka: Kafka;
  readonly options: KafkaOptions;
  /** The group's name in the cluster. */
  readonly group: string;
  readonly boundsOf: (of: TopicPartition) => Promise<Bounds>;
  readonly partitions: (topic: string) => number;
}

/** Of a partition that is not the member's. */
const NOTHING: Fetched = { records: [], end: Infinity };
/** Without an arrival for so long, the brokers are asked whether there is anything, ms. */
const ASK_AFTER_MS = 2 * FETCH_WAIT_MS;
/** Something is there and does not arrive (an open transaction, a broker that is slow): the reader is let go, ms. */
const GIVE_UP_AFTER_MS = 5_000;

/**
 * A member of a consumer group, between kafkajs, which pushes, and readers, who pull. The client's own idea of positions
 * counts for nothing: a partition is paused in the moment it is assigned, and fetched from where its first reader says.
 */
export class KafkaMember {
  readonly #consumer: Consumer;
  readonly #watchdog: Watchdog;
  readonly #commits: Commits;
  readonly #feeds = new Map<string, PartitionFeed>();
  /** Node → when its current fetch was begun. */
  readonly #began_ms = new Map<string, number>();
  readonly #asking = new Set<(error: unknown) => void>();
  /** Whether the member has heard of an assignment at all. */
  #told = false;
  #failure: MembershipLostError | null = null;
  #left = false;

  private constructor(
    private readonly home: Home,
    private readonly member: Member,
  ) {
    const { kafka, group, options, partitions } = home;
    const { session_ms = SESSION_MS } = options;
    const rebalance_ms = 2 * session_ms;
    this.#consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: session_ms,
      rebalanceTimeout: rebalance_ms,
      heartbeatInterval: Math.floor(session_ms / 4),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES,
      partitionAssigners: [assigner(member, Date.now(), partitions)],
      // Few and quick: a member that keeps to a dead coordinator limps for a minute (stack.md §5).
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
    });
    // It is there from the beginning, so that the first refusal is a rise.
    options.meter?.count('kafka_commits_refused', 0, { group });
    this.#commits = new Commits(
      (offsets) => this.#consumer.commitOffsets(offsets),
      () => options.meter?.count('kafka_commits_refused', 1, { group }),
    );
    this.#watchdog = new Watchdog(session_ms + rebalance_ms, () => this.#fail('no heartbeat went through'));
    this.#listen();
  }

  /** Resolves when the first assignment has been told. */
  static async join(home: Home, member: Member): Promise<KafkaMember> {
    const joined = new KafkaMember(home, member);
    try {
      await joined.#run();
    } catch (error) {
      await joined.leave();
      throw error;
    }
    return joined;
  }

  /** As the port has it: functions of their own, for whoever takes it apart. */
  membership(): Membership {
    return {
      read: (from, offset, max_bytes) => this.read(from, offset, max_bytes),
      commit: (of, offset) => this.commit(of, offset),
      leave: () => this.leave(),
    };
  }

  /** @throws LogGapError (D7), MembershipLostError */
  async read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    const feed = this.#feedOf(from);
    if (feed === null) return NOTHING;
    if (feed.head !== offset && !(await this.#position(feed, offset))) return NOTHING;
    const began_ms = performance.now();
    for (;;) {
      if (this.#feedOf(from) !== feed) return NOTHING;
      if (feed.gap !== null) throw feed.gap;
      const taken = feed.take(max_bytes);
      if (taken !== null) {
        if (!feed.full) this.#consumer.resume([named(from)]);
        const { records, next, end } = taken;
        if (next < end || feed.next > next) return { records, end: Math.max(end, feed.next) };
        // It reaches the end as an earlier fetch saw it: whether that is the end now is for the brokers to say.
        const now = taken.began_ms >= began_ms ? end : (await this.#bounds(from)).end;
        if (this.#feedOf(from) !== feed) return NOTHING;
        return { records, end: now <= next ? offsetAfter(records, offset) : now };
      }
      await feed.arrival(ASK_AFTER_MS);
      if (feed.waits || feed.gap !== null || this.#feedOf(from) !== feed) continue;
      const bounds = await this.#bounds(from);
      if (feed.waits || this.#feedOf(from) !== feed) continue;
      if (feed.next < bounds.start || feed.next > bounds.end) throw feed.gapAt(bounds);
      // Control records are no records: whoever has seen them has read to the end.
      if (feed.next === bounds.end) return { records: [], end: offset };
      if (performance.now() - began_ms > GIVE_UP_AFTER_MS) return { records: [], end: bounds.end };
    }
  }

  /** A hint (D5): counted when it fails, never thrown. */
  async commit(of: TopicPartition, offset: number): Promise<void> {
    // The coordinator takes whatever a member of the current generation says, of any partition.
    if (this.#feeds.has(writerOf(of)) && this.#failure === null && !this.#left) await this.#commits.commit(of, offset);
    else this.home.options.meter?.count('kafka_commits_refused', 1, { group: this.home.group });
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    this.#watchdog.stop();
    this.#forget(() => true);
    await this.#consumer.disconnect();
  }

  async #run(): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...this.member.topics], fromBeginning: true });
    // Resolves after the first assignment, or after a crash.
    await this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (payload) => this.#take(payload) });
    if (this.#failure !== null) throw this.#failure;
  }

  #listen(): void {
    const { GROUP_JOIN, CRASH, HEARTBEAT, REBALANCING, FETCH_START, START_BATCH_PROCESS } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, ({ payload }) => this.#assign(payload.memberAssignment));
    this.#consumer.on(CRASH, ({ payload }) => this.#fail('the client gave up', payload.error));
    this.#consumer.on(HEARTBEAT, this.#watchdog.heard);
    this.#consumer.on(REBALANCING, this.#watchdog.heard);
    this.#consumer.on(FETCH_START, ({ payload }) => {
      this.#began_ms.set(String(nodeOf(payload)), performance.now());
    });
    // A fetch of nothing but control records never comes to `eachBatch`; this event it does cause.
    this.#consumer.on(START_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#takeNothing(payload);
    });
  }

  /** Synchronous: what is not paused before the next turn of the client's loop is fetched from where the client thinks. */
  #assign(assignment: Readonly<Record<string, readonly number[]>>): void {
    this.#watchdog.heard();
    if (this.#left) return;
    const own = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map((partition): TopicPartition => ({ topic, partition })),
    );
    const names = new Set(own.map(writerOf));
    const changed = names.size !== this.#feeds.size || [...names].some((name) => !this.#feeds.has(name));
    this.#forget((name) => !names.has(name));
    this.#began_ms.clear();
    for (const partition of own) {
      const name = writerOf(partition);
      const feed = this.#feeds.get(name) ?? new PartitionFeed(partition, this.#isDense(partition.topic), 2 * FETCH_BYTES);
      this.#feeds.set(name, feed);
      // A new generation has forgotten every position.
      if (feed.head !== null) this.#consumer.seek({ ...partition, offset: String(feed.next) });
      if (feed.full || feed.gap !== null) this.#consumer.pause([named(partition)]);
      else this.#consumer.resume([named(partition)]);
    }
    if (changed || !this.#told) this.member.onAssigned(own);
    this.#told = true;
  }

  async #take({ batch, isStale, resolveOffset }: EachBatchPayload): Promise<void> {
    // Fetched for a place that the reader has left since.
    if (isStale()) return;
    const { topic, partition, highWatermark } = batch;
    const lastOffset = batch.lastOffset();
    const runs = runsOf(batch.messages, fetchedOffsetOf(batch));
    // Of a batch that is handed through whole, the client knows the last offset only.
    const firstOffset = String(Math.min(Number(batch.firstOffset() ?? Infinity), runs[0]?.first ?? Infinity));
    const span = { topic, partition, firstOffset, lastOffset, highWatermark };
    const feed = this.#fed(span);
    const delivery = this.#delivery(span, runs);
    if (feed === null || delivery === null) return;
    const doubt = feed.doubt(delivery);
    // Nothing behind a gap may reach the reader before it is known to be none.
    if (doubt !== null && (await this.#isGap(feed, doubt))) return;
    if (isStale() || this.#fed(span) !== feed) return;
    feed.accept(delivery);
    if (feed.full) this.#consumer.pause([named(feed.at)]);
    resolveOffset(lastOffset);
  }

  /** A fetch of nothing but control records, or of aborted ones. */
  #takeNothing(span: Span): void {
    const feed = this.#fed(span);
    const delivery = this.#delivery(span, []);
    if (feed !== null && delivery !== null && feed.doubt(delivery) === null) feed.accept(delivery);
  }

  #delivery({ firstOffset, lastOffset, highWatermark }: Span, runs: readonly RecordRun[]): Delivery | null {
    if (firstOffset === null) return null;
    const began_ms = Math.min(...this.#began_ms.values());
    return { runs, first: Number(firstOffset), next: Number(lastOffset) + 1, end: Number(highWatermark), began_ms };
  }

  /** Records are missing. Where numbers may be missing by right, only the log's start tells whether these are lost. */
  async #isGap(feed: PartitionFeed, { expected, certain }: Doubt): Promise<boolean> {
    this.#consumer.pause([named(feed.at)]);
    const { start, end } = await this.#bounds(feed.at);
    if (certain || start > expected) {
      feed.breakOff(new LogGapError(feed.at, expected, start, end));
      return true;
    }
    if (!feed.full) this.#consumer.resume([named(feed.at)]);
    return false;
  }

  /** From where the next fetch is; false if the partition went away meanwhile. */
  async #position(feed: PartitionFeed, offset: number): Promise<boolean> {
    const { start, end } = await this.#bounds(feed.at);
    if (this.#feedOf(feed.at) !== feed) return false;
    // Never left to the client, which would jump to the log's start without a word.
    if (offset < start || offset > end) throw new LogGapError(feed.at, offset, start, end);
    feed.seek(offset);
    this.#consumer.seek({ ...feed.at, offset: String(offset) });
    this.#consumer.resume([named(feed.at)]);
    return true;
  }

  /** The feed, if it is to be fed. */
  #fed(of: TopicPartition): PartitionFeed | null {
    const feed = this.#feeds.get(writerOf(of)) ?? null;
    return feed === null || feed.head === null || feed.gap !== null ? null : feed;
  }

  #feedOf(of: TopicPartition): PartitionFeed | null {
    if (this.#failure !== null) throw this.#failure;
    return this.#feeds.get(writerOf(of)) ?? null;
  }

  /** Asked again for as long as the bound of retries lets it; but a member that is lost waits no longer. */
  #bounds(of: TopicPartition): Promise<Bounds> {
    return new Promise((resolve, reject) => {
      this.#asking.add(reject);
      this.home
        .boundsOf(of)
        .then(resolve, reject)
        .finally(() => this.#asking.delete(reject));
    });
  }

  #forget(which: (name: string) => boolean): void {
    for (const [name, feed] of this.#feeds) {
      if (!which(name)) continue;
      this.#feeds.delete(name);
      feed.wake();
    }
  }

  #fail(reason: string, cause?: unknown): void {
    if (this.#left || this.#failure !== null) return;
    this.#failure = new MembershipLostError(this.home.group, reason, { cause });
    this.#watchdog.stop();
    for (const feed of this.#feeds.values()) feed.wake();
    for (const reject of this.#asking) reject(this.#failure);
    // Before the first assignment it is `join` that rejects.
    if (this.#told && this.#feeds.size === 0) (this.home.options.onLost ?? thrown)(this.#failure);
  }

  #isDense(topic: string): boolean {
    return !(this.home.options.isOutside?.(topic) ?? false);
  }
}

const thrown = (error: Error): void => {
  setImmediate(() => {
    throw error;
  });
};

/** What a fetch covered of a partition, as the client tells it. */
interface Span extends TopicPartition {
  /** Null: nothing from where it was to begin. */
  readonly firstOffset: string | null;
  readonly lastOffset: string;
  readonly highWatermark: string;
}

const named = ({ topic, partition }: TopicPartition) => ({ topic, partitions: [partition] });

const offsetAfter = (records: Fetched['records'], otherwise: number): number => {
  const last = records[records.length - 1];
  return last === undefined ? otherwise : last.offset + 1;
};

/** The type declarations leave these out. */
const fetchedOffsetOf = (batch: object): number => ('fetchedOffset' in batch ? Number(batch.fetchedOffset) : 0);
const nodeOf = (payload: object): unknown => ('nodeId' in payload ? payload.nodeId : null);
