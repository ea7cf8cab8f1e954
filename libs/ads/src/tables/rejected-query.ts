import type { RejectReason } from '../events';
import { REJECTED_TABLE } from './archive-tables';
import { POSITION_COLUMNS } from './position-columns';
import type { Statement } from './statement';
import { quoted } from './table';

/** Which rejected records. */
export interface RejectedRequest {
  readonly reasons: readonly RejectReason[];
  /** When the raw log got them, half-open, ms. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly limit: number;
}

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
export const rejectedQuery = ({ reasons, from_ms, to_ms, limit }: RejectedRequest): Statement => ({
  sql: [
    // Columns are qualified because names of the answer hide those of the table.
    'SELECT r.`reason` AS `reason`, r.`field` AS `field`, r.`expected` AS `expected`, r.`source` AS `source`,',
    '  toUnixTimestamp64Milli(r.`ingest_time`) AS `ingest_time`, base64Encode(r.`bytes`) AS `bytes`, r.`headers` AS `headers`,',
    '  r.`source_topic` AS `source_topic`, r.`source_partition` AS `source_partition`, r.`source_offset` AS `source_offset`',
    `FROM ${quoted(REJECTED_TABLE.name)} AS r`,
    'WHERE r.`reason` IN {reasons:Array(String)}',
    "  AND r.`ingest_time` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
    "  AND r.`ingest_time` < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
    `ORDER BY r.\`ingest_time\` DESC, ${POSITION_COLUMNS.map((name) => `r.${quoted(name)} DESC`).join(', ')}`,
    `LIMIT 1 BY ${POSITION_COLUMNS.map((name) => `r.${quoted(name)}`).join(', ')}`,
    'LIMIT {limit:UInt32}',
  ].join('\n'),
  params: { reasons, from: from_ms, to: to_ms, limit },
});
