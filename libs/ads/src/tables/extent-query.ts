import { METRIC_TABLE } from './metric-table';
import type { Statement } from './statement';
import { quoted } from './table';

/** `first` and `last`: starts of the earliest and latest day rows, ms; both 0 when there are none. */
export interface ExtentRow {
  readonly rows: number;
  readonly first: number;
  readonly last: number;
}

/** The days that have numbers. */
export const extentQuery = (): Statement => ({
  sql: [
    'SELECT count() AS `rows`,',
    '  toUnixTimestamp64Milli(min(t.`window_start`)) AS first,',
    '  toUnixTimestamp64Milli(max(t.`window_start`)) AS last',
    `FROM ${quoted(METRIC_TABLE)} AS t`,
    "WHERE t.`grain` = 'all' AND t.`window` = 'day'",
  ].join('\n'),
  params: {},
});
