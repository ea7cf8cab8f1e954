import type { Migration } from './migration';

/** Summaries, facts and events. Later migrations change what stands here; this text stays as it is. */
export const TABLES_0001: Migration = {
  name: '0001-tables',
  statements: [
    `
-- The summaries of all grains, and how far each partition is (rows with window 'progress'), in one table. An insert becomes
-- visible month by month, so progress rows come in an insert of their own, when what they claim is there.
-- ORDER BY: a question names a grain, a window, a basis and a model, each with a handful of values, then either some merchants
-- over a range, which is one run of the index, or all merchants, whose range the monthly partitions cut. The rest only tells
-- rows apart, and is left out of the index that is kept in memory.
-- PARTITION BY: the month of the row's own window, which never changes, so that all versions of a row lie in one partition and
-- FINAL need not merge across them.
CREATE TABLE IF NOT EXISTS dws_metric /* ON CLUSTER */
(
  grain LowCardinality(String),
  window LowCardinality(String),
  basis LowCardinality(String),
  model LowCardinality(String),
  merchant_id String,
  campaign_id String,
  ad_id String,
  item_id String,
  window_start DateTime64(3, 'UTC'),
  segment UInt64,
  partition UInt16,
  version UInt64,
  watermark DateTime64(3, 'UTC'),
  exposures Int64,
  exposure_uv Int64,
  clicks Int64,
  click_uv Int64,
  cost Int64,
  messages_direct Int64,
  messages_indirect Int64,
  messages_organic Int64,
  private_messages_direct Int64,
  private_messages_indirect Int64,
  private_messages_organic Int64,
  orders_direct Int64,
  orders_indirect Int64,
  orders_organic Int64,
  net_orders_direct Int64,
  net_orders_indirect Int64,
  net_orders_organic Int64,
  payments_direct Int64,
  payments_indirect Int64,
  payments_organic Int64,
  gmv_direct Int64,
  gmv_indirect Int64,
  gmv_organic Int64,
  refund_amount_direct Int64,
  refund_amount_indirect Int64,
  refund_amount_organic Int64,
  net_gmv_direct Int64,
  net_gmv_indirect Int64,
  net_gmv_organic Int64,
  net_gmv_by_order_day_direct Int64,
  net_gmv_by_order_day_indirect Int64,
  net_gmv_by_order_day_organic Int64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(window_start)
PRIMARY KEY (grain, window, basis, model, merchant_id, window_start)
ORDER BY (grain, window, basis, model, merchant_id, window_start, campaign_id, ad_id, item_id, segment, partition)
SETTINGS min_bytes_for_wide_part = 268435456`,
    `
-- Signed facts. A fact is the same when it stands at the same place of the log: its position ends the key, and a repeated write
-- replaces it by its equal. The row that stands of a pair is the one with the highest version.
-- ORDER BY: exposures and clicks are read as stretches of a merchant's time. PARTITION BY: months of event time.
CREATE TABLE IF NOT EXISTS dwd_exposure /* ON CLUSTER */
(
  sign Int8,
  source LowCardinality(String),
  event_id String,
  user_id String,
  event_time DateTime64(3, 'UTC'),
  ingest_time DateTime64(3, 'UTC'),
  merchant_id String,
  campaign_id String,
  ad_id String,
  item_id String,
  amount_minor Int64,
  original_minor Int64,
  currency LowCardinality(String),
  rate_id LowCardinality(String),
  uv UInt8,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
PRIMARY KEY (merchant_id, event_time)
ORDER BY (merchant_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS dwd_click /* ON CLUSTER */
(
  sign Int8,
  source LowCardinality(String),
  event_id String,
  user_id String,
  event_time DateTime64(3, 'UTC'),
  ingest_time DateTime64(3, 'UTC'),
  merchant_id String,
  campaign_id String,
  ad_id String,
  item_id String,
  amount_minor Int64,
  original_minor Int64,
  currency LowCardinality(String),
  rate_id LowCardinality(String),
  uv UInt8,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
PRIMARY KEY (merchant_id, event_time)
ORDER BY (merchant_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS min_bytes_for_wide_part = 268435456`,
    `
-- ORDER BY: effects are asked for one conversion at a time, by the id of its order, which leads the key: a conversion is one
-- granule. The id of a single event (a payment's, say) finds its conversion by the skip index; a projection ordered by event
-- would answer that no faster and store everything twice.
CREATE TABLE IF NOT EXISTS dwd_conversion /* ON CLUSTER */
(
  conversion_id String,
  kind LowCardinality(String),
  attribution LowCardinality(String),
  model LowCardinality(String),
  credit_micro Int32,
  order_id String,
  order_time Nullable(DateTime64(3, 'UTC')),
  channel LowCardinality(String),
  click_source LowCardinality(String),
  click_id String,
  click_time Nullable(DateTime64(3, 'UTC')),
  orphan UInt8,
  version UInt32,
  sign Int8,
  source LowCardinality(String),
  event_id String,
  user_id String,
  event_time DateTime64(3, 'UTC'),
  ingest_time DateTime64(3, 'UTC'),
  merchant_id String,
  campaign_id String,
  ad_id String,
  item_id String,
  amount_minor Int64,
  original_minor Int64,
  currency LowCardinality(String),
  rate_id LowCardinality(String),
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32,
  INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(event_time)
PRIMARY KEY (conversion_id)
ORDER BY (conversion_id, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS min_bytes_for_wide_part = 268435456`,
    `
-- Normalized events by type, and the batch layer's repairs: what recomputing starts from. How long they are kept is a setting
-- (MODIFY TTL), not part of the schema.
-- ORDER BY: the batch layer joins by user and time, and the ids of a user compress when they lie together; the position only
-- tells rows apart. PARTITION BY: the day of receipt, so that old days are dropped whole and nothing is rewritten to forget
-- them; a row repeated after a crash has the receipt of its raw record, and so lies in the same partition.
CREATE TABLE IF NOT EXISTS ods_exposure /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  ad_id String,
  campaign_id String,
  merchant_id String,
  item_id String,
  slot LowCardinality(String),
  cost_minor Nullable(Int64),
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_click /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  ad_id String,
  campaign_id String,
  merchant_id String,
  item_id String,
  slot LowCardinality(String),
  cost_minor Int64,
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_message /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  merchant_id String,
  item_id String,
  channel LowCardinality(String),
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_order /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  order_id String,
  item_id String,
  merchant_id String,
  amount_minor Int64,
  quantity Nullable(Int64),
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_payment /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  order_id String,
  item_id String,
  merchant_id String,
  amount_minor Int64,
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_refund /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  order_id String,
  item_id String,
  merchant_id String,
  amount_minor Int64,
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_cancel /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  order_id String,
  item_id String,
  merchant_id String,
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_invalidate /* ON CLUSTER */
(
  event_id String,
  source LowCardinality(String),
  event_time DateTime64(3, 'UTC'),
  user_id String,
  currency LowCardinality(String),
  event_version Int64,
  schema_version LowCardinality(String),
  city LowCardinality(String),
  platform LowCardinality(String),
  request_id String,
  sequence Nullable(Int64),
  target_type LowCardinality(String),
  target_source String,
  target_id String,
  reason String,
  ad_id String,
  campaign_id String,
  merchant_id String,
  item_id String,
  cost_minor Nullable(Int64),
  target_time Nullable(DateTime64(3, 'UTC')),
  ingest_time DateTime64(3, 'UTC'),
  extra String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
CREATE TABLE IF NOT EXISTS ods_repair /* ON CLUSTER */
(
  run String,
  run_ordinal Int64,
  reason LowCardinality(String),
  user_id String,
  ingest_time DateTime64(3, 'UTC'),
  kind LowCardinality(String),
  source LowCardinality(String),
  event_id String,
  merchant_id String,
  event_time DateTime64(3, 'UTC'),
  saw String,
  right String,
  before String,
  after String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (user_id, event_time)
ORDER BY (user_id, event_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
-- What was rejected, with its own bytes and place, to be played again. ORDER BY: asked for by reason and time.
CREATE TABLE IF NOT EXISTS ods_rejected /* ON CLUSTER */
(
  reason LowCardinality(String),
  field LowCardinality(String),
  expected String,
  source LowCardinality(String),
  ingest_time DateTime64(3, 'UTC'),
  bytes Nullable(String),
  headers String,
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (reason, ingest_time)
ORDER BY (reason, ingest_time, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456`,
    `
-- The late lane: which (day, user) may be wrong. ORDER BY: the batch layer asks day by day.
CREATE TABLE IF NOT EXISTS dwd_late /* ON CLUSTER */
(
  reason LowCardinality(String),
  type LowCardinality(String),
  source LowCardinality(String),
  event_id String,
  user_id String,
  merchant_id String,
  event_time DateTime64(3, 'UTC'),
  ingest_time DateTime64(3, 'UTC'),
  day Int32,
  watermark DateTime64(3, 'UTC'),
  epoch UInt32,
  source_topic LowCardinality(String),
  source_partition UInt16,
  source_offset UInt64,
  ordinal UInt32
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(ingest_time)
PRIMARY KEY (day, user_id)
ORDER BY (day, user_id, epoch, source_topic, source_partition, source_offset, ordinal)
SETTINGS min_bytes_for_wide_part = 268435456`,
  ],
};
