import { METRICS } from '../metrics';
import { CLICK_TABLE, CONVERSION_TABLE, DETAIL_TABLES } from './detail-tables';
import { metricTable } from './metric-table';
import { createTable } from './table';
import { versionOf } from './version';

test('the DDL of the metric table', () => {
  const orders = METRICS.filter(({ name }) => name === 'clicks' || name === 'orders');
  expect(createTable(metricTable(orders))).toBe(
    [
      'CREATE TABLE IF NOT EXISTS `dws_metric`',
      '(',
      '  `grain` LowCardinality(String),',
      '  `window` LowCardinality(String),',
      '  `basis` LowCardinality(String),',
      '  `model` LowCardinality(String),',
      '  `merchant_id` String,',
      '  `campaign_id` String,',
      '  `ad_id` String,',
      '  `item_id` String,',
      "  `window_start` DateTime64(3, 'UTC'),",
      '  `segment` UInt64,',
      '  `partition` UInt16,',
      '  `version` UInt64,',
      "  `watermark` DateTime64(3, 'UTC'),",
      '  `clicks` Int64,',
      '  `orders_direct` Int64,',
      '  `orders_indirect` Int64,',
      '  `orders_organic` Int64',
      ')',
      'ENGINE = ReplacingMergeTree(`version`)',
      'PARTITION BY toYYYYMM(`window_start`)',
      'PRIMARY KEY (`grain`, `window`, `basis`, `model`, `merchant_id`, `window_start`)',
      'ORDER BY (`grain`, `window`, `basis`, `model`, `merchant_id`, `window_start`, `campaign_id`, `ad_id`, `item_id`, `segment`, `partition`)',
      'SETTINGS min_bytes_for_wide_part = 268435456',
    ].join('\n'),
  );
});

test('a fact is one row however often it is written: its position is in every key', () => {
  for (const { orderBy } of DETAIL_TABLES) {
    expect(orderBy).toEqual(expect.arrayContaining(['epoch', 'source_topic', 'source_partition', 'source_offset', 'ordinal']));
  }
});

test('every kind of fact has one table', () => {
  const kinds = DETAIL_TABLES.flatMap((table) => table.kinds);
  expect([...kinds].sort()).toEqual(['cancel', 'click', 'exposure', 'message', 'order', 'payment', 'refund']);
});

test('a conversion is found by the id of its order through the key, by that of an event through an index', () => {
  const ddl = createTable(CONVERSION_TABLE);
  expect(ddl).toContain('PRIMARY KEY (`conversion_id`)');
  expect(ddl).toContain('INDEX by_event_id `event_id` TYPE bloom_filter(0.01) GRANULARITY 1');
  expect(createTable(CLICK_TABLE)).not.toContain('INDEX');
});

test('a version grows with the epoch first, then with the position, and is exact', () => {
  expect(versionOf(2, 0)).toBeGreaterThan(versionOf(1, 2 ** 40 - 1));
  expect(versionOf(1, 8)).toBeGreaterThan(versionOf(1, 7));
  expect(Number.isSafeInteger(versionOf(8191, 2 ** 40 - 1))).toBe(true);
});
