import { METRIC_TABLE, PROGRESS } from './metric-table';
import type { Statement } from './statement';
import { quoted } from './table';
import { positionSql } from './version';

/** One row per dwd.fact partition that has ever been summed. */
export interface ProgressRow {
  readonly partition: number;
  /** The next offset of dwd.fact: everything before it is in the tables. */
  readonly position: number;
  /** Event time up to which nothing is expected any more, ms; 0 while unknown. */
  readonly watermark: number;
}

/** How far the summaries are, per partition (`ProgressRow`); the answer's as-of is the least watermark. */
export const progressQuery = (): Statement => ({
  sql: [
    'SELECT t.`partition` AS `partition`,',
    `  ${positionSql('max(t.`version`)')} AS position,`,
    '  toUnixTimestamp64Milli(argMax(t.`watermark`, t.`version`)) AS `watermark`',
    `FROM ${quoted(METRIC_TABLE)} AS t`,
    "WHERE t.`grain` = '' AND t.`window` = {window:String}",
    'GROUP BY 1',
    'ORDER BY 1',
  ].join('\n'),
  params: { window: PROGRESS },
});
