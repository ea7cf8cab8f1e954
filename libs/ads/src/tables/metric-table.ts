import { columnsOf, type Metric } from '../metrics';
import type { Table } from './table';

export const METRIC_TABLE = 'dws_metric';

/** What `window` says in a row that holds no sums, but how far its partition has got. */
export const PROGRESS = 'progress';

/**
 * The summaries of all grains. A row is what one dwd.fact partition added to one key, window and segment of its log;
 * it is written whole, and a newer version replaces it, so readers take the newest versions and add over segments and
 * partitions.
 *
 * An insert becomes visible month by month, so progress rows come in an insert of their own, when the rows are there: what a
 * progress row claims is then true. What it does not yet claim may be there as well, and readers look for it (progressQuery).
 *
 * Order: a question names a grain, a window, a basis and a model, each with a handful of values, then either some
 * merchants over a range, which is one run of the index, or all merchants, whose range the monthly partitions cut. The
 * rest of the row key follows only to tell rows apart, and is left out of the index kept in memory.
 */
export const metricTable = (metrics: readonly Metric[]): Table => ({
  name: METRIC_TABLE,
  columns: [
    { name: 'grain', type: 'LowCardinality(String)' },
    { name: 'window', type: 'LowCardinality(String)' },
    { name: 'basis', type: 'LowCardinality(String)' },
    { name: 'model', type: 'LowCardinality(String)' },
    // '' where the grain's path does not have the field: ids are never empty.
    { name: 'merchant_id', type: 'String' },
    { name: 'campaign_id', type: 'String' },
    { name: 'ad_id', type: 'String' },
    { name: 'item_id', type: 'String' },
    { name: 'window_start', type: 'DateTime64(3)' },
    { name: 'segment', type: 'UInt64' },
    { name: 'partition', type: 'UInt16' },
    { name: 'version', type: 'UInt64' },
    { name: 'watermark', type: 'DateTime64(3)' },
    ...columnsOf(metrics).map(({ name }) => ({ name, type: 'Int64' as const })),
  ],
  engine: 'ReplacingMergeTree(`version`)',
  // All versions of a row are in one partition, since its window never changes.
  partitionBy: 'toYYYYMM(`window_start`)',
  primaryKey: ['grain', 'window', 'basis', 'model', 'merchant_id', 'window_start'],
  orderBy: [
    'grain',
    'window',
    'basis',
    'model',
    'merchant_id',
    'window_start',
    'campaign_id',
    'ad_id',
    'item_id',
    'segment',
    'partition',
  ],
});
