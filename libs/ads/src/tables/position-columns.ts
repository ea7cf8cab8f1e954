import type { TableColumn } from './table';

/** Where a row stands in the log its writer read (design D2), and which generation of that log. */
export interface StoredPosition {
  readonly epoch: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly ordinal: number;
}

/** A row is the same row when it stands at the same place: a repeated write replaces it by its equal. */
export const STORED_POSITION = [
  { name: 'epoch', type: 'UInt32', read: (at) => at.epoch },
  { name: 'source_topic', type: 'LowCardinality(String)', read: (at) => at.topic },
  { name: 'source_partition', type: 'UInt16', read: (at) => at.partition },
  { name: 'source_offset', type: 'UInt64', read: (at) => at.offset },
  { name: 'ordinal', type: 'UInt32', read: (at) => at.ordinal },
] as const satisfies readonly (TableColumn & { readonly read: (at: StoredPosition) => string | number })[];

/** In the order in which the rows of a writer were decided. */
export const POSITION_COLUMNS: readonly string[] = STORED_POSITION.map(({ name }) => name);
