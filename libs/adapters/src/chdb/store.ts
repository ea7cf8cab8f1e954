import { createClient } from '@clickhouse/client';
import type { OlapStore } from '@millrace/stream';
import { createChdbConnection } from 'chdb/connection';
import { ClickHouseStore } from '../clickhouse/store';
import { Spool } from './spool';

type Connection = NonNullable<Parameters<typeof createClient>[0]>['connection'];

/** The ClickHouse engine in this process. `path` is its data directory; there is one engine, so one path, per process. */
export async function openChdbStore(path: string): Promise<OlapStore> {
  // Two published copies of one interface: the client bundles its own of the one that chdb is typed against.
  const connection = createChdbConnection({ path }) as unknown as Connection;
  const client = createClient({ connection });
  return new ClickHouseStore(client, await Spool.open(client));
}
