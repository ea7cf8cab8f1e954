import type { RejectReason, Rejection } from '@millrace/ads';
import type { RawRecord, TopicPartition } from '@millrace/stream';

/** A row of `ods.rejected`: why, and everything that is needed to play the record again. */
export interface Rejected {
  readonly reason: RejectReason;
  readonly field: string | null;
  readonly expected: string;
  /** Name of the source's declaration. */
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly ingest_time: number;
  /** The record's value as it came; null for a tombstone. */
  readonly bytes: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>> | null;
}

export const rejectedRow = (why: Rejection, source: string, record: RawRecord, from: TopicPartition): Rejected => ({
  reason: why.reason,
  field: why.field,
  expected: why.expected,
  source,
  topic: from.topic,
  partition: from.partition,
  offset: record.offset,
  ingest_time: record.timestamp_ms,
  // A copy: the row waits for its frame, and the record may be a view of a whole fetch.
  bytes: record.value === null ? null : record.value.slice(),
  headers: record.headers ?? null,
});
