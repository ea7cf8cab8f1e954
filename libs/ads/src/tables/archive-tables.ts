import { EVENT_SCHEMAS, EVENT_TYPES, type EventType, type JSONSchema } from '../events';
import { POSITION_COLUMNS, STORED_POSITION } from './position-columns';
import type { Table, TableColumn, TableType } from './table';

/** A row of an inside topic, by field. */
export type TopicRow = Readonly<Record<string, unknown>>;

/** A stored field of a row. Bytes are stored as they are: a String of ClickHouse is a string of bytes. */
export interface ArchiveColumn extends TableColumn {
  read(row: TopicRow): string | number | Uint8Array | null;
}

/** A table of a topic's rows as they are, one row per row; the columns of the row's position follow those of its fields. */
export interface ArchiveTable extends Table {
  readonly fields: readonly ArchiveColumn[];
}

/** Few values, stored once per part. */
const FEW = new Set(['source', 'schema_version', 'city', 'platform', 'slot']);

const column = (name: string, type: TableType, from = name): ArchiveColumn => {
  const absent = type.startsWith('Nullable') ? null : type.includes('String') ? '' : 0;
  return { name, type, read: (row) => (row[from] ?? absent) as ReturnType<ArchiveColumn['read']> };
};

/** Of a part of the row that has no columns of its own; '' when there is none. */
const json = (name: string): ArchiveColumn => ({
  name,
  type: 'String',
  read: (row) => (row[name] === null || row[name] === undefined ? '' : JSON.stringify(row[name])),
});

const table = (name: string, fields: readonly ArchiveColumn[], order: readonly string[]): ArchiveTable => ({
  name,
  fields,
  columns: [...fields, ...STORED_POSITION],
  engine: 'ReplacingMergeTree',
  // A day of receipt, so that old days are dropped whole. A row that is repeated after a crash has the receipt of its raw
  // record, and so lies in the same partition.
  partitionBy: 'toYYYYMMDD(`ingest_time`)',
  primaryKey: order,
  orderBy: [...order, ...POSITION_COLUMNS],
});

/** Absent ids are stored as '': ids are never empty. Absent numbers and times are NULL: 0 is a value. */
const columnOf = (name: string, schema: JSONSchema, required: boolean): ArchiveColumn => {
  if (FEW.has(name) || schema.enum !== undefined) return column(name, 'LowCardinality(String)');
  switch (schema['x-value']) {
    case 'id':
      return column(name, 'String');
    case 'currency':
      return column(name, 'LowCardinality(String)');
    case 'time':
      return column(name, required ? 'DateTime64(3)' : 'Nullable(DateTime64(3))');
    default:
      return column(name, required || schema.default !== undefined ? 'Int64' : 'Nullable(Int64)');
  }
};

/** By user and time: so does the batch layer join them, and so do the ids of a user compress. */
const BY_USER = ['user_id', 'event_time'];

const eventTable = (type: EventType): ArchiveTable => {
  const { properties, required } = EVENT_SCHEMAS[type];
  const own = Object.entries(properties).filter(([name]) => name !== 'type');
  const fields = own.map(([name, schema]) => columnOf(name, schema, required.includes(name)));
  // `extra`: fields that the schema does not know.
  return table(`ods_${type}`, [...fields, column('ingest_time', 'DateTime64(3)'), json('extra')], BY_USER);
};

const few = (name: string): ArchiveColumn => column(name, 'LowCardinality(String)');
const text = (name: string, from = name): ArchiveColumn => column(name, 'String', from);
const time = (name: string): ArchiveColumn => column(name, 'DateTime64(3)');

/** Events by type, and the batch layer's repairs: the rows of ods.action and ods.exposure. */
export const EVENT_TABLES: Readonly<Record<EventType | 'repair', ArchiveTable>> = {
  ...(Object.fromEntries(EVENT_TYPES.map((type) => [type, eventTable(type)])) as Record<EventType, ArchiveTable>),
  repair: table(
    'ods_repair',
    [
      text('run'),
      column('run_ordinal', 'Int64', 'ordinal'),
      few('reason'),
      text('user_id'),
      time('ingest_time'),
      few('kind'),
      few('source'),
      text('event_id'),
      text('merchant_id'),
      time('event_time'),
      json('saw'),
      json('right'),
      json('before'),
      json('after'),
    ],
    BY_USER,
  ),
};

/** What was rejected: the record's own bytes, and where it stands, to play it again. Asked for by reason and time. */
export const REJECTED_TABLE: ArchiveTable = table(
  'ods_rejected',
  [
    few('reason'),
    few('field'),
    text('expected'),
    few('source'),
    time('ingest_time'),
    // NULL: a tombstone.
    column('bytes', 'Nullable(String)'),
    json('headers'),
  ],
  ['reason', 'ingest_time'],
);

/** The late lane: which (day, user) may be wrong. Asked for by day. */
export const LATE_TABLE: ArchiveTable = table(
  'dwd_late',
  [
    few('reason'),
    few('type'),
    few('source'),
    text('event_id'),
    text('user_id'),
    text('merchant_id'),
    time('event_time'),
    time('ingest_time'),
    // Local calendar day, days since 1970-01-01.
    column('day', 'Int32'),
    time('watermark'),
  ],
  ['day', 'user_id'],
);

export const ARCHIVE_TABLES: readonly ArchiveTable[] = [...Object.values(EVENT_TABLES), REJECTED_TABLE, LATE_TABLE];
