import type { RejectReason } from '../events';
import { REJECTED_TABLE } from './archive-tables';
import { receivedQuery, type ReceivedRequest } from './received-query';
import type { Statement } from './statement';

/** A rejected record as it is read: why, its bytes, and where it stands in its raw topic. */
export interface RejectedRow {
  readonly reason: RejectReason;
  /** '' when it is the record as a whole. */
  readonly field: string;
  readonly expected: string;
  readonly source: string;
  readonly ingest_time: number;
  /** Base64; null: a tombstone. */
  readonly bytes: string | null;
  /** JSON, or ''. */
  readonly headers: string;
  readonly source_topic: string;
  readonly source_partition: number;
  readonly source_offset: number;
}

/** The newest first (`RejectedRow`). A row that was written twice is one. */
export const rejectedQuery = (request: ReceivedRequest<RejectReason>): Statement =>
  receivedQuery(REJECTED_TABLE, COLUMNS, request);

const COLUMNS = [
  'r.`reason` AS `reason`',
  'r.`field` AS `field`',
  'r.`expected` AS `expected`',
  'r.`source` AS `source`',
  'toUnixTimestamp64Milli(r.`ingest_time`) AS `ingest_time`',
  'base64Encode(r.`bytes`) AS `bytes`',
  'r.`headers` AS `headers`',
  'r.`source_topic` AS `source_topic`',
  'r.`source_partition` AS `source_partition`',
  'r.`source_offset` AS `source_offset`',
];
