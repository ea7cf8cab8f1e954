import type { Block, RawRecord, TopicPartition } from './operator';

/** The partitioned, append-only log (Kafka, a directory of files, memory). */
export interface Log {
  /** Makes the topic if absent; an existing one keeps its partitions (a different count is an error). */
  ensure(topic: string, partitions: number): Promise<void>;
  /** Number of partitions; throws for an unknown topic. */
  partitions(topic: string): number;
  /** Resolves when all records are durable. Records of one partition are appended in the order given. */
  append(batch: readonly Append[]): Promise<void>;
  /**
   * Records from `offset` on, at most about `max_bytes` (at least one if any exists), plus the log's end as seen before
   * the fetch. An offset outside [start, end] throws a LogGapError: never a silent jump (D7).
   */
  read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched>;
  /** First offset still held, and the offset the next record will get. */
  bounds(of: TopicPartition): Promise<{ start: number; end: number }>;
  /** A group's position: a hint and a lag metric (D5). */
  commit(group: string, of: TopicPartition, offset: number): Promise<void>;
  /** 0 when never committed. */
  committed(group: string, of: TopicPartition): Promise<number>;
  /** Names of groups that begin with `prefix` and hold a committed offset. */
  groups(prefix: string): Promise<readonly string[]>;
  /** Makes the caller a member of a group. `read`, `commit` and `committed` above stay for whoever is nobody's member: tools, commands, tests. */
  join(member: Member): Promise<Membership>;
  close(): Promise<void>;
}

/** A process's part in a group (Kafka's consumer group): the log shares out the partitions of the topics among the group's members. */
export interface Member {
  /** `ods`, shared among its members; `dwd.0`, pinned to an instance. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Which partitions are the member's, whatever others want; a newer member of the same group takes them away. Default: the log shares them out. */
  readonly pinned?: (of: TopicPartition) => boolean;
  /** All partitions that are the member's from now on; called synchronously, first before `join` resolves (possibly with none), and again on every change. */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
}

export interface Membership {
  /** As Log.read, of a partition that is the member's. One that is no longer its own gives no records, and an `end` that says nothing. */
  read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched>;
  /** A hint (D5): one that fails because the partition has gone to another member is counted, never thrown. */
  commit(of: TopicPartition, offset: number): Promise<void>;
  /** What was the member's goes to the others. It hears of no assignment after this. */
  leave(): Promise<void>;
}

export interface Append {
  readonly to: TopicPartition;
  readonly records: readonly {
    readonly key?: Uint8Array | null;
    readonly value: Uint8Array;
    readonly headers?: Readonly<Record<string, string>>;
  }[];
}

export interface Fetched {
  readonly records: readonly RawRecord[];
  /** End of the log (exclusive), taken before the records were read. */
  readonly end: number;
}

/** The requested offset is not in the log: truncated, recreated or reset. An operator decides how to proceed. */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
  constructor(
    readonly at: TopicPartition,
    readonly expected: number,
    readonly start: number,
    readonly end: number,
  ) {
    super(`${at.topic}/${at.partition}: offset ${expected} is not in the log, which holds [${start}, ${end})`);
  }
}

/** State of an operator, forgotten a segment at a time. Synchronous: nothing suspends between reading and writing it. */
export interface StateStore {
  /** Forgets what lies before `time_ms`. */
  forget(time_ms: number): void;
  readonly entries: number;
  /** Bytes held, outside and inside the JS heap as far as they are known. */
  readonly bytes: number;
}

/** Named blobs. Names are paths, with `/` between folders. */
export interface Blobs {
  /** Names that begin with `prefix`. */
  list(prefix: string): Promise<readonly string[]>;
  /** Null when there is none. `into` is memory that the answer may stand in, if it is just as large. */
  get(name: string, into?: Uint8Array): Promise<Uint8Array | null>;
  /** One that is not there is no error. */
  delete(name: string): Promise<void>;
}

/** Copies of snapshots outside the machine (S3, a mounted directory): what comes back when a volume is lost. */
export interface SnapshotStore extends Blobs {
  /** Resolves when the blob is durable; a reader never finds half of it. */
  put(name: string, content: Uint8Array): Promise<void>;
}

/** The process's own volume. Durability is asked for step by step, since the order of the steps is what D5 is about. */
export interface SnapshotVolume extends Blobs {
  /** Makes the file, and its folders. */
  write(name: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Resolves when the disk has the file's content. An error must end the process: what is on the disk is unknown. */
  sync(name: string): Promise<void>;
  /** Replaces what stands under `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Resolves when the disk has the names in a folder. */
  syncFolder(folder: string): Promise<void>;
}

/** CRC-32 of the bytes, continued from `previous` (default: of nothing). */
export type Checksum = (bytes: Uint8Array, previous?: number) => number;

/** The column store behind the answers (ClickHouse, over TCP or in process). */
export interface OlapStore {
  /** DDL and other statements without an answer. */
  command(sql: string): Promise<void>;
  /** One insert, in RowBinary. Blocks of one table with equal columns may be joined. Idempotent by the table's own key and version (D4). */
  insert(blocks: readonly Block[]): Promise<void>;
  /** Rows as objects; UInt64 and Int64 within 2^53 come as numbers. `params` are typed placeholders, `{name:Type}`. */
  query<Row extends object>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<Row[]>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Values of open days for quick reads (Redis, memory): overwritten when the version is higher (D4). */
export interface ServingStore {
  /**
   * Each entry replaces what stands under its key unless that has an equal or higher version. `complete`: the entries are
   * all that their writer holds, and fill a store that may have been emptied; a store takes changes only on top of a fill.
   * @returns false when the store does not have all that was put before, or missed something: it must be filled again
   */
  put(entries: readonly ServingEntry[], complete?: boolean): Promise<boolean>;
  /** In the order of the keys; null where nothing stands. */
  get(keys: readonly string[]): Promise<(ServingEntry | null)[]>;
  close(): Promise<void>;
}

export interface ServingEntry {
  readonly key: string;
  readonly version: number;
  readonly value: Uint8Array;
  /** Dropped after this instant, ms. */
  readonly expires_ms: number;
}

/** Wall time, for the runner alone. */
export interface Clock {
  now_ms(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a span says of itself. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[] | readonly number[]>>;

/** A piece of work, from `Tracing.span` to `end`. */
export interface Span {
  set(attributes: SpanAttributes): void;
  /** Once; with what it failed with. */
  end(error?: unknown): void;
}

/** How long pieces of work took, for whoever follows single ones: a batch, an emission, a request; never a record. */
export interface Tracing {
  span(name: string, attributes: SpanAttributes): Span;
}

/** Numbers about the running process; per batch, never per record. Names and labels are those of the program that defines them. */
export interface Meter {
  count(name: string, by: number, labels?: Readonly<Record<string, string>>): void;
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Gauges that have these among their labels have no value any more: what they tell of is another process's now. */
  forget(labels: Readonly<Record<string, string>>): void;
}
