import type { ServingEntry } from './ports';
import type { StateReader } from './state/reader';

/**
 * The contracts of the engine, on one page. After this file every layer reads easily.
 *
 * An operator is a synchronous, deterministic function of ONE log partition (design D1): no clock, no randomness, no
 * promise inside. Time reaches it only as the watermark, which records carry. Whatever it emits is stamped by the task
 * with the position of the record that caused it (design D2), so work repeated after a crash is recognised and skipped.
 */

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Collects what an operator emits. The task computes the partition from the key and stamps the row with its position. */
export interface Output {
  /**
   * @param output name of one of the layer's declared outputs, never a topic
   * @param key    partitioning key (murmur2 of its UTF-8 bytes); the user or the merchant
   * @param row    a plain object of the output's row type; owned by the engine from now on
   */
  emit(output: string, key: string, row: object): void;
}

/** Where a row stands in the log its writer read (design D2): its identity, whatever is repeated after a crash. */
export interface RowPosition {
  readonly source: TopicPartition;
  /** Of the source: rises when that log is recreated, for its offsets begin anew (D4). */
  readonly epoch: number;
  readonly offset: number;
  readonly ordinal: number;
}

/** Work over decoded rows: DWD and DWS. One instance per input partition. */
export interface Operator<Row> {
  /**
   * Takes one row. `watermark_ms` is -Infinity until every known writer has been heard. `at` is one object that the task
   * fills anew for every row: read it during the call, never keep it. Operators that do not need it omit the parameter.
   */
  process(row: Row, watermark_ms: number, out: Output, at: RowPosition): void;
  /** The watermark rose to `watermark_ms`: expire, close, list. Called between rows, before the row that follows it. */
  advance(watermark_ms: number, out: Output): void;
  /** One record of the input log is finished: the place for work that is worth doing once per record, not per row. */
  settle(out: Output): void;
}

/** Work over records of the outside world: ODS. Stateless; the position of a row is the record's own offset. */
export interface RawOperator {
  /** Takes one record; returns the event time (ms) if it was accepted, else -Infinity. */
  process(record: RawRecord, from: TopicPartition, out: Output): number;
}

/** A record as it stands in a log. `timestamp_ms` is the append time (LogAppendTime). */
export interface RawRecord {
  readonly offset: number;
  readonly timestamp_ms: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A layer as a value (goka's graph): feeds the runner, the test driver, topic creation and the README's picture. */
export interface Layer {
  readonly name: string;
  /** Topics read. Each is a log of its own: one operator instance per (input, partition). */
  readonly inputs: readonly string[];
  /** Output name → topic it is written to. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Taken off the writers' clocks to get the watermark: B in DWD, 0 in DWS, whose writers send watermarks. */
  readonly lateness_ms: number;
  /**
   * Topic → how far back in its log (append time) state reaches: made anew from a log that begins later, it would be another (D7).
   * Default: to the log's beginning.
   */
  readonly reach_ms?: Readonly<Record<string, number>>;
  /** Outputs whose readers need this layer's watermark: ticks go to every partition of them. Default: all. */
  readonly ticked?: readonly string[];
  /**
   * Whether the group's position is all the state there is: operators only pass rows on under the positions that these
   * have already (the archive). Nothing is rebuilt or captured, and any instance may have any partition. Default: no.
   */
  readonly stateless?: boolean;
  /** A fresh operator for one partition of one input. */
  create(input: TopicPartition): Operator<never>;
}

/** The layer that reads the outside world's records: ODS. It keeps no state, so it has no lateness. */
export interface RawLayer {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly ticked?: readonly string[];
  create(input: TopicPartition): RawOperator;
}

/** An operator whose state is written out on the runner's timer (DWS, the archive). */
export interface Emitting {
  /**
   * What changed since the last acknowledged emission, or null. Synchronous. `position` is the next offset of the input:
   * everything before it is contained; with the epoch of the input it is the version of every row (D4).
   */
  collect(position: number, epoch?: number): Emission | null;
  /** The stores have `emission`: it need not be written again, and what only waited for this may be freed. */
  acknowledge(emission: Emission): void;
  /** The serving store lost what it had: the next emission holds all that is served, and says so (`complete`). */
  refill?(): void;
  /** Rows that wait for the next emission, where memory grows with them: above its bound the runner emits at once. */
  readonly pending?: number;
}

/** An operator whose state outlives its process in snapshots (D5). */
export interface Snapshotting {
  /** Layout of the parts, from 1: raised when a reader of the old one could not read the new. */
  readonly layout: number;
  /**
   * The state between two records, as named parts. Of an operator that also emits it is taken right after `collect`, and
   * kept only if that emission is acknowledged: so nothing in it waits to be written.
   */
  snapshot(): readonly StatePart[];
  /** Into a fresh operator: from here on it answers as the one that was captured. `layout` is at most its own. */
  restore(parts: StateParts, layout: number): void;
}

/** An operator that counts what it decides. The runner tells the meter after every batch what was added, under `<layer>_<name>`. */
export interface Counting {
  /** By name a number, or numbers by kind (a reason, an age). What a rebuild counts again is not told again. */
  readonly counters: object;
}

/** An operator that knows how much it holds. Asked now and then, when metrics are. */
export interface Sized {
  /** Entries, and the bytes that they take as far as they are known. */
  readonly state: { readonly entries: number; readonly bytes: number };
}

/** A piece of state. */
export interface StatePart {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** As long as it does not change, neither has the content since the operator was made or restored; null: nobody knows. */
  readonly revision: string | null;
  /** The content, copied. Asked for only if it must be written, and at once. */
  capture(): readonly Uint8Array[];
  /**
   * Where making the content takes longer than copying what may change: does that, and returns what makes the content,
   * the same whenever it is called and whatever has happened to the operator. Nothing need stop meanwhile.
   */
  hold?(): () => readonly Uint8Array[];
}

/** Restored parts by name. */
export interface StateParts {
  /** Of those that were not read yet. */
  readonly names: readonly string[];
  /** Once. Throws when there is no such part: the snapshot is not of this layout. */
  read(name: string): StateReader;
}

export interface Emission {
  readonly blocks: readonly Block[];
  readonly serving: readonly ServingEntry[];
  /** `serving` is all that the operator serves, not only what changed. */
  readonly complete?: boolean;
}

/** Rows of one table, column by column: `cellOf(values[c], r)`. Types are ClickHouse's names, see `ColumnType`. */
export interface Block {
  readonly table: string;
  readonly columns: readonly BlockColumn[];
  readonly values: readonly Cells[];
  readonly rows: number;
  /** Says how far all other rows are: in an insert of its own, when the stores have acknowledged those. */
  readonly closing?: boolean;
}
/** The cells of a column: one for each row, or what repeats once. */
export type Cells = ArrayLike<unknown> | RepeatedCells;
/**
 * Row r has `cells[places[r]]`; without places every row has `cells[0]`. Neighbours that share one `places` repeat together:
 * a writer may put what they say for a place into bytes once.
 */
export interface RepeatedCells {
  readonly cells: ArrayLike<unknown>;
  readonly places: Int32Array | null;
}
export interface BlockColumn {
  readonly name: string;
  readonly type: ColumnType;
}
/** `DateTime64(3)` values are integer ms UTC; 64-bit integers are safe JS integers; strings may be bytes (`Uint8Array`). */
export type ColumnType =
  | 'String'
  | 'LowCardinality(String)'
  | 'Nullable(String)'
  | 'UInt8'
  | 'UInt16'
  | 'UInt32'
  | 'UInt64'
  | 'Int8'
  | 'Int32'
  | 'Int64'
  | 'Nullable(Int64)'
  | 'DateTime64(3)'
  | 'Nullable(DateTime64(3))';
