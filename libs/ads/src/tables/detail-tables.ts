import type { Fact, FactKind } from '../facts';
import { POSITION_COLUMNS, STORED_POSITION, type StoredPosition } from './position-columns';
import type { Table, TableColumn } from './table';

/** A stored field of a fact. */
export interface DetailColumn extends TableColumn {
  read(fact: Fact, at: StoredPosition): string | number | null;
}

/** A table of signed facts, one row per row of dwd.fact. */
export interface DetailTable extends Table {
  readonly columns: readonly DetailColumn[];
  readonly kinds: readonly FactKind[];
}

const POSITION: readonly DetailColumn[] = STORED_POSITION.map(({ name, type, read }) => ({ name, type, read: (_, at) => read(at) }));

/** Absent ids are stored as '': ids are never empty. */
const EVENT: readonly DetailColumn[] = [
  { name: 'sign', type: 'Int8', read: (fact) => fact.sign },
  { name: 'source', type: 'LowCardinality(String)', read: (fact) => fact.source },
  { name: 'event_id', type: 'String', read: (fact) => fact.event_id },
  { name: 'user_id', type: 'String', read: (fact) => fact.user_id },
  { name: 'event_time', type: 'DateTime64(3)', read: (fact) => fact.event_time },
  { name: 'ingest_time', type: 'DateTime64(3)', read: (fact) => fact.ingest_time },
  { name: 'merchant_id', type: 'String', read: (fact) => fact.merchant_id },
  { name: 'campaign_id', type: 'String', read: (fact) => fact.campaign_id ?? '' },
  { name: 'ad_id', type: 'String', read: (fact) => fact.ad_id ?? '' },
  { name: 'item_id', type: 'String', read: (fact) => fact.item_id ?? '' },
  { name: 'amount_minor', type: 'Int64', read: (fact) => fact.amount_minor },
  { name: 'original_minor', type: 'Int64', read: (fact) => fact.original_minor },
  { name: 'currency', type: 'LowCardinality(String)', read: (fact) => fact.currency },
  { name: 'rate_id', type: 'LowCardinality(String)', read: (fact) => fact.rate_id ?? '' },
];

const CREDIT: readonly DetailColumn[] = [
  // R1: what is credited is an order line, or a message by itself.
  { name: 'conversion_id', type: 'String', read: (fact) => fact.order_id ?? fact.event_id },
  { name: 'kind', type: 'LowCardinality(String)', read: (fact) => fact.kind },
  { name: 'attribution', type: 'LowCardinality(String)', read: (fact) => fact.attribution ?? '' },
  { name: 'model', type: 'LowCardinality(String)', read: (fact) => fact.model },
  { name: 'credit_micro', type: 'Int32', read: (fact) => fact.credit_micro },
  { name: 'order_id', type: 'String', read: (fact) => fact.order_id ?? '' },
  { name: 'order_time', type: 'Nullable(DateTime64(3))', read: (fact) => fact.order_time },
  { name: 'channel', type: 'LowCardinality(String)', read: (fact) => fact.channel ?? '' },
  { name: 'click_source', type: 'LowCardinality(String)', read: (fact) => fact.click_source ?? '' },
  { name: 'click_id', type: 'String', read: (fact) => fact.click_id ?? '' },
  { name: 'click_time', type: 'Nullable(DateTime64(3))', read: (fact) => fact.click_time },
  { name: 'orphan', type: 'UInt8', read: (fact) => (fact.orphan ? 1 : 0) },
  { name: 'version', type: 'UInt32', read: (fact) => fact.version },
];

const UV: DetailColumn = { name: 'uv', type: 'UInt8', read: (fact) => fact.uv };

const ENGINE = 'ReplacingMergeTree';
const PARTITION_BY = 'toYYYYMM(`event_time`)';

/** Exposures and clicks are read as stretches of a merchant's time. */
const traffic = (name: string, kind: FactKind): DetailTable => ({
  name,
  kinds: [kind],
  columns: [...EVENT, UV, ...POSITION],
  engine: ENGINE,
  partitionBy: PARTITION_BY,
  primaryKey: ['merchant_id', 'event_time'],
  orderBy: ['merchant_id', 'event_time', ...POSITION_COLUMNS],
});

export const EXPOSURE_TABLE = traffic('dwd_exposure', 'exposure');
export const CLICK_TABLE = traffic('dwd_click', 'click');

/**
 * All effects. They are asked for one conversion at a time, by the id of its order: that leads the key, so that a
 * conversion is one granule. The id of a single event (a payment's, say) finds its conversion by the skip index; a
 * projection ordered by event would answer that no faster and store everything twice.
 */
export const CONVERSION_TABLE: DetailTable = {
  name: 'dwd_conversion',
  kinds: ['message', 'order', 'cancel', 'payment', 'refund'],
  columns: [...CREDIT, ...EVENT, ...POSITION],
  engine: ENGINE,
  partitionBy: PARTITION_BY,
  primaryKey: ['conversion_id'],
  orderBy: ['conversion_id', ...POSITION_COLUMNS],
  indexes: ['INDEX by_event_id `event_id` TYPE bloom_filter(0.01) GRANULARITY 1'],
};

export const DETAIL_TABLES: readonly DetailTable[] = [EXPOSURE_TABLE, CLICK_TABLE, CONVERSION_TABLE];
