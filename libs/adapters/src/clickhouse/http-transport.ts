import type { ClickHouseClient } from '@clickhouse/client';
import { Readable } from 'node:stream';
import { retried, type Retrying } from '../retry/retry';
import { isPassing } from './failures';
import { columnList, INSERT_SETTINGS, type BinaryTransport } from './store';

/**
 * Native as the body of a request. An insert that failed is sent again, byte for byte: it may have been applied, or in
 * part, or still be under way, and rows of equal key and version are one row (D4, D6).
 */
export class HttpTransport implements BinaryTransport {
  constructor(
    private readonly client: ClickHouseClient,
    private readonly retrying: Retrying,
  ) {}

  send(table: string, columns: readonly string[], body: Buffer): Promise<void> {
    return retried(`insert into ${table}`, () => this.#insert(table, columns, body), isPassing, this.retrying);
  }

  async close(): Promise<void> {
    // The client is closed by whoever made it.
  }

  async #insert(table: string, columns: readonly string[], body: Buffer): Promise<void> {
    const { stream } = await this.client.exec({
      query: `INSERT INTO ${table} (${columnList(columns)}) FORMAT Native`,
      values: Readable.from([body], { objectMode: false }),
      clickhouse_settings: INSERT_SETTINGS,
    });
    // The connection is free for the next only once the answer, which is empty, was read.
    for await (const _ of stream);
  }
}
