import type { LateReason } from '../facts';
import { LATE_TABLE } from './archive-tables';
import { POSITION_COLUMNS } from './position-columns';
import type { Statement } from './statement';
import { quoted } from './table';

/** Which rows of the late lane. */
export interface LateRequest {
  readonly reasons: readonly LateReason[];
  /** When the raw log got the event, half-open, ms. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly limit: number;
}

/** What a late event may have made wrong, as it is read. */
export interface LateRow {
  readonly reason: LateReason;
  readonly type: string;
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  /** '' when it is not known. */
  readonly merchant_id: string;
  readonly event_time: number;
  readonly ingest_time: number;
  /** Local calendar day, days since 1970-01-01. */
  readonly day: number;
  readonly watermark: number;
}

/** The newest first (`LateRow`). A row that was written twice is one. */
export const lateQuery = ({ reasons, from_ms, to_ms, limit }: LateRequest): Statement => ({
  sql: [
    // Columns are qualified because names of the answer hide those of the table.
    'SELECT r.`reason` AS `reason`, r.`type` AS `type`, r.`source` AS `source`, r.`event_id` AS `event_id`,',
    '  r.`user_id` AS `user_id`, r.`merchant_id` AS `merchant_id`, toUnixTimestamp64Milli(r.`event_time`) AS `event_time`,',
    '  toUnixTimestamp64Milli(r.`ingest_time`) AS `ingest_time`, r.`day` AS `day`,',
    '  toUnixTimestamp64Milli(r.`watermark`) AS `watermark`',
    `FROM ${quoted(LATE_TABLE.name)} AS r`,
    'WHERE r.`reason` IN {reasons:Array(String)}',
    "  AND r.`ingest_time` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
    "  AND r.`ingest_time` < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
    `ORDER BY r.\`ingest_time\` DESC, ${POSITION_COLUMNS.map((name) => `r.${quoted(name)} DESC`).join(', ')}`,
    `LIMIT 1 BY ${POSITION_COLUMNS.map((name) => `r.${quoted(name)}`).join(', ')}`,
    'LIMIT {limit:UInt32}',
  ].join('\n'),
  params: { reasons, from: from_ms, to: to_ms, limit },
});
