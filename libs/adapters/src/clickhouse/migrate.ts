import {
  type Migration,
  MIGRATIONS,
  ONE_NODE,
  type Placement,
  RETAINED_TABLES,
  retainStatement,
  retentionClause,
  statementsOf,
} from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { createHash } from 'node:crypto';
import { Umzug } from 'umzug';

const HISTORY = 'schema_migrations';

/** The schema on the server and the one of this program do not fit: somebody must look. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

export interface MigrateOptions {
  readonly placement?: Placement;
  /** How long ods_* are kept, ms (`checkRetention`); null: for ever. Absent: as it is. */
  readonly retention_ms?: number | null;
  readonly migrations?: readonly Migration[];
  readonly onStep?: (step: string) => void;
}

/**
 * Brings the tables of the store's database to what this program writes and asks. May be done again at any time, by several
 * processes at once: every statement may be repeated. Throws a SchemaError when a migration that was applied has changed
 * since, or is unknown here because a newer program applied it.
 */
export async function migrate(store: OlapStore, options: MigrateOptions = {}): Promise<void> {
  const { placement = ONE_NODE, migrations = MIGRATIONS, onStep, retention_ms } = options;
  const history = new History(store, placement);
  await history.open();
  checkHistory(await history.applied(), migrations);
  const checksums = new Map(migrations.map((migration) => [migration.name, checksumOf(migration)]));
  const umzug = new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: async () => {
        for (const statement of statementsOf(migration, placement)) await store.command(statement);
        onStep?.(migration.name);
      },
    })),
    storage: {
      executed: async () => [...(await history.applied()).keys()],
      logMigration: async ({ name }) => history.add(name, checksums.get(name) ?? ''),
      unlogMigration: async ({ name }) => {
        throw new SchemaError(`${name} cannot be taken back: migrations go forward only`);
      },
    },
    logger: undefined,
  });
  await umzug.up();
  if (retention_ms !== undefined) await retain(store, retention_ms, placement, onStep);
}

/** Names of the migrations that the store has not seen; empty when it is ready. Throws as `migrate` does. */
export async function pendingMigrations(store: OlapStore, migrations: readonly Migration[] = MIGRATIONS): Promise<readonly string[]> {
  const applied = await new History(store, ONE_NODE).applied();
  checkHistory(applied, migrations);
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

/**
 * The same for a program that writes and asks: what a newer one has applied is no matter, for migrations only add. So an
 * instance that is started again while its successors are being rolled out goes on.
 */
export async function missingMigrations(store: OlapStore, migrations: readonly Migration[] = MIGRATIONS): Promise<readonly string[]> {
  const applied = await new History(store, ONE_NODE).applied();
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

/** What was applied, with the checksum of its text. */
class History {
  constructor(
    private readonly store: OlapStore,
    private readonly placement: Placement,
  ) {}

  async open(): Promise<void> {
    const text = `CREATE TABLE IF NOT EXISTS ${HISTORY} /* ON CLUSTER */
(name String, checksum String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))
ENGINE = MergeTree ORDER BY name`;
    for (const statement of statementsOf({ name: HISTORY, statements: [text] }, this.placement)) await this.store.command(statement);
  }

  async applied(): Promise<ReadonlyMap<string, string>> {
    const [there] = await this.store.query<{ there: number }>(`EXISTS TABLE ${HISTORY}`);
    if (Object.values(there ?? { there: 0 })[0] === 0) return new Map();
    const rows = await this.store.query<{ name: string; checksum: string }>(
      `SELECT name, argMin(checksum, applied_at) AS checksum FROM ${HISTORY} GROUP BY name ORDER BY name`,
    );
    return new Map(rows.map(({ name, checksum }) => [name, checksum]));
  }

  add(name: string, checksum: string): Promise<void> {
    return this.store.insert([
      {
        table: HISTORY,
        columns: [
          { name: 'name', type: 'String' },
          { name: 'checksum', type: 'String' },
        ],
        values: [[name], [checksum]],
        rows: 1,
      },
    ]);
  }
}

const checksumOf = ({ statements }: Migration): string => createHash('sha256').update(statements.join('\n;\n')).digest('hex');

const checkHistory = (applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void => {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, checksum] of applied) {
    const migration = known.get(name);
    if (migration === undefined)
      throw new SchemaError(`the migration ${name} was applied by a newer program: this one does not know the tables any more`);
    if (checksumOf(migration) !== checksum)
      throw new SchemaError(`the migration ${name} has changed since it was applied: put its text back, and add a new one`);
  }
  const newest = [...applied.keys()].at(-1) ?? '';
  const skipped = migrations.find(({ name }) => !applied.has(name) && name < newest);
  if (skipped !== undefined) throw new SchemaError(`the migration ${skipped.name} was not applied, but ${newest} was: order is by name`);
};

/** Only what differs: a TTL that is set again would be worked through every part. */
async function retain(store: OlapStore, retention_ms: number | null, placement: Placement, onStep: MigrateOptions['onStep']): Promise<void> {
  const standing = await store.query<{ name: string; engine_full: string }>(
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()',
  );
  for (const table of RETAINED_TABLES) {
    const engine = standing.find(({ name }) => name === table.name)?.engine_full ?? '';
    const wanted = retention_ms === null ? null : retentionClause(retention_ms).replaceAll('`', '');
    if (wanted === null ? !engine.includes(' TTL ') : engine.includes(` TTL ${wanted} `)) continue;
    await store.command(retainStatement(table, retention_ms, placement));
    onStep?.(`${table.name} is kept ${wanted === null ? 'for ever' : `until ${wanted}`}`);
  }
}
