import type { ClickHouseClient } from '@clickhouse/client';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { columnList, INSERT_SETTINGS, quoted, type BinaryTransport } from '../clickhouse/store';

/**
 * RowBinary into the engine by way of a file: chdb 3.4 turns the body of an insert into a UTF-8 string, which destroys
 * binary data, and its raw insert takes text formats only. Through the page cache it is also the fastest way: 50 000 rows
 * of 43 B took 20 ms, as TabSeparated handed over in memory 110 ms, as base64 within the statement 50 ms and more.
 */
export class Spool implements BinaryTransport {
  private constructor(
    private readonly client: ClickHouseClient,
    private readonly directory: string,
  ) {}

  static async open(client: ClickHouseClient): Promise<Spool> {
    return new Spool(client, await mkdtemp(join(tmpdir(), 'millrace-insert-')));
  }

  async send(table: string, columns: readonly string[], body: Buffer): Promise<void> {
    const file = join(this.directory, 'body.rowbinary');
    await writeFile(file, body);
    await this.client.command({
      // Not FROM INFILE: the engine would take what waits on the process's standard input for more of it.
      query: `INSERT INTO ${table} (${columnList(columns)}) SELECT * FROM file(${quoted(file, "'")}, 'RowBinary')`,
      // The file says nothing of types: they are those of the columns.
      clickhouse_settings: { ...INSERT_SETTINGS, use_structure_from_insertion_table_in_table_functions: '1' },
    });
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
