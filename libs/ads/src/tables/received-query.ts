import { POSITION_COLUMNS } from './position-columns';
import type { Statement } from './statement';
import { quoted, type Table } from './table';

/** Which rows of a table that the archive fills with what was received: by reason and time. */
export interface ReceivedRequest<Reason extends string> {
  readonly reasons: readonly Reason[];
  /** When the raw log got it, half-open, ms. */
  readonly from_ms: number;
  readonly to_ms: number;
  readonly limit: number;
}

/** The newest first; `columns` are of the table `r`. A row that was written twice is one. */
export const receivedQuery = <Reason extends string>(
  table: Table,
  columns: readonly string[],
  { reasons, from_ms, to_ms, limit }: ReceivedRequest<Reason>,
): Statement => ({
  sql: [
    // Columns are qualified because names of the answer hide those of the table.
    `SELECT ${columns.join(', ')}`,
    `FROM ${quoted(table.name)} AS r`,
    'WHERE r.`reason` IN {reasons:Array(String)}',
    "  AND r.`ingest_time` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
    "  AND r.`ingest_time` < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
    `ORDER BY r.\`ingest_time\` DESC, ${POSITION_COLUMNS.map((name) => `r.${quoted(name)} DESC`).join(', ')}`,
    `LIMIT 1 BY ${POSITION_COLUMNS.map((name) => `r.${quoted(name)}`).join(', ')}`,
    'LIMIT {limit:UInt32}',
  ].join('\n'),
  params: { reasons, from: from_ms, to: to_ms, limit },
});
