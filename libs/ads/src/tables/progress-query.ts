import { METRIC_TABLE, PROGRESS } from './metric-table';
import { rowsRead } from './query';
import type { Definitions, MetricsRequest } from './request';
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

/** A partition's progress beside the rows of one request. */
export interface ProgressBesideRow extends ProgressRow {
  /** 1: some of those rows are of an emission of which the progress says nothing yet, so that they are of no one position. */
  readonly ahead: 0 | 1;
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

/**
 * The same beside the rows that `metricsQuery` reads for a request (`ProgressBesideRow`): both at one moment, for one scan
 * of a table sees one state of it. A partition whose first emission is half there has the position 0.
 */
export const progressBesideQuery = (request: MetricsRequest, definitions: Definitions): Statement => {
  const rows = rowsRead(request, definitions);
  const isProgress = "(t.`grain` = '' AND t.`window` = {window:String})";
  const progress = `maxIf(t.\`version\`, ${isProgress})`;
  return {
    sql: [
      'SELECT t.`partition` AS `partition`,',
      `  ${positionSql(progress)} AS position,`,
      `  toUnixTimestamp64Milli(argMaxIf(t.\`watermark\`, t.\`version\`, ${isProgress})) AS \`watermark\`,`,
      `  max(t.\`version\`) > ${progress} AS ahead`,
      `FROM ${quoted(METRIC_TABLE)} AS t`,
      `WHERE ${isProgress} OR (${rows.sql})`,
      'GROUP BY 1',
      'ORDER BY 1',
    ].join('\n'),
    params: { ...rows.params, window: PROGRESS },
  };
};
