import {
  type ArchiveTable,
  DETAIL_TABLES,
  EVENT_TABLES,
  type Fact,
  type FactKind,
  LATE_TABLE,
  REJECTED_TABLE,
  STORED_POSITION,
  type StoredPosition,
  type TableColumn,
  TOPICS,
  type TopicRow,
} from '@millrace/ads';

/** Which table a row of a topic goes to, and what is stored of it. */
export interface Shelf<Row> {
  readonly tables: readonly ShelfTable<Row>[];
  /** Index of the row's table; undefined: the row is none that this program knows. */
  tableOf(row: Row): number | undefined;
}

export interface ShelfTable<Row> {
  readonly name: string;
  readonly columns: readonly ShelfColumn<Row>[];
}

export interface ShelfColumn<Row> extends TableColumn {
  read(row: Row, at: StoredPosition): string | number | Uint8Array | null;
}

/** The archived topics. */
export const SHELVES = {
  [TOPICS.fact]: factShelf(),
  [TOPICS.action]: eventShelf(),
  [TOPICS.exposure]: eventShelf(),
  [TOPICS.rejected]: onlyTable(REJECTED_TABLE),
  [TOPICS.late]: onlyTable(LATE_TABLE),
} as const satisfies Readonly<Record<string, Shelf<never>>>;

/** Facts by kind. */
function factShelf(): Shelf<Fact> {
  const tableOf = new Map<FactKind, number>(DETAIL_TABLES.flatMap(({ kinds }, i) => kinds.map((kind) => [kind, i])));
  return { tables: DETAIL_TABLES, tableOf: ({ kind }) => tableOf.get(kind) };
}

/** Events by type. */
function eventShelf(): Shelf<TopicRow> {
  const tableOf = new Map(Object.keys(EVENT_TABLES).map((type, i) => [type, i]));
  return { tables: Object.values(EVENT_TABLES).map(tableWithPosition), tableOf: ({ type }) => tableOf.get(type as string) };
}

function onlyTable(table: ArchiveTable): Shelf<TopicRow> {
  return { tables: [tableWithPosition(table)], tableOf: () => 0 };
}

function tableWithPosition({ name, fields }: ArchiveTable): ShelfTable<TopicRow> {
  const position = STORED_POSITION.map(({ name, type, read }): ShelfColumn<TopicRow> => ({ name, type, read: (_, at) => read(at) }));
  return { name, columns: [...fields, ...position] };
}
