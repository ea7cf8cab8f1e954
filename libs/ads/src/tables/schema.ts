import { formatDuration } from '../time/duration';
import type { Rules } from '../rules';
import { ARCHIVE_TABLES } from './archive-tables';
import { DETAIL_TABLES } from './detail-tables';
import { METRICS } from '../metrics';
import { metricTable } from './metric-table';
import type { Migration } from './migrations/migration';
import { quoted, type Table } from './table';

/** Every table, as the code that writes and asks it knows it. A test holds the migrations to this. */
export const TABLES: readonly Table[] = [metricTable(METRICS), ...DETAIL_TABLES, ...ARCHIVE_TABLES];

/** How the tables stand on the servers. */
export interface Placement {
  /** Name of the cluster on all of whose nodes statements are carried out; null: on the one node that is asked. */
  readonly cluster: string | null;
  /** Tables are kept in step between replicas by a Keeper; default: where there is a cluster. */
  readonly replicated?: boolean;
}

export const ONE_NODE: Placement = { cluster: null };

/** The statements of a migration for a placement. Migrations say `ON CLUSTER` in a comment and name plain engines. */
export const statementsOf = ({ statements }: Migration, { cluster, replicated = cluster !== null }: Placement): readonly string[] =>
  statements.map((statement) =>
    statement
      .replaceAll(' /* ON CLUSTER */', cluster === null ? '' : ` ON CLUSTER ${quoted(cluster)}`)
      .replaceAll(/\bENGINE = (\w*MergeTree)/g, replicated ? 'ENGINE = Replicated$1' : 'ENGINE = $1'),
  );

const DAY_MS = 86_400_000;

/** The shortest time for which ods_* must be kept: the batch layer recomputes W + L + I back, and gets a week to do it. */
export const shortestRetention_ms = ({ window_ms, invalidation_ms, line_life_ms, changes }: Rules): number =>
  Math.max(window_ms, ...changes.map((change) => change.window_ms ?? 0)) +
  line_life_ms +
  Math.max(invalidation_ms, ...changes.map((change) => change.invalidation_ms ?? 0)) +
  7 * DAY_MS;

/** Throws a RangeError that says the shortest time allowed, when `retention_ms` is shorter. */
export const checkRetention = (retention_ms: number, rules: Rules): void => {
  const shortest_ms = shortestRetention_ms(rules);
  if (retention_ms < shortest_ms)
    throw new RangeError(
      `ods_* kept for ${formatDuration(retention_ms)} is too short: the batch layer needs W + L + I + 7d, at least ${formatDuration(shortest_ms)}`,
    );
};

/** What limits how long a table is kept, as a clause; in whole days, rounded up. */
export const retentionClause = (retention_ms: number): string =>
  `toDateTime(${quoted('ingest_time')}) + toIntervalDay(${Math.ceil(retention_ms / DAY_MS)})`;

/** Tables that are kept for a time; the others for ever. */
export const RETAINED_TABLES: readonly Table[] = ARCHIVE_TABLES.filter(({ name }) => name.startsWith('ods_'));

/** Sets how long a table is kept; null: for ever. It is a setting, not a migration: it may change either way at any time. */
export const retainStatement = (table: Table, retention_ms: number | null, { cluster }: Placement): string =>
  [
    `ALTER TABLE ${quoted(table.name)}`,
    ...(cluster === null ? [] : [`ON CLUSTER ${quoted(cluster)}`]),
    retention_ms === null ? 'REMOVE TTL' : `MODIFY TTL ${retentionClause(retention_ms)}`,
  ].join(' ');
