import type { ClickHouseClient } from '@clickhouse/client';
import type { Block, OlapStore } from '@millrace/stream';
import { RowBinaryEncoder } from './rowbinary';

/**
 * A replay of many years writes to many monthly partitions at once, and one wrongly dated event must not stop an insert. And no
 * insert has a row twice, so that looking for such rows before they are written would be for nothing: merges and readers do (ADR 25).
 */
export const INSERT_SETTINGS = { max_partitions_per_insert_block: '0', optimize_on_insert: 0 } as const;

/** Blocks of one table with equal columns into one body, in a format of the engine. */
export interface Encoder {
  /** Empty where there are no rows; valid until the next call. */
  encode(blocks: readonly Block[]): Buffer;
}

/** The way of a RowBinary or Native body into the engine. */
export interface BinaryTransport {
  /** The body is valid until the answer resolves. */
  send(table: string, columns: readonly string[], body: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** ClickHouse behind its official client, wherever the engine runs; only the way of a binary body differs. */
export class ClickHouseStore implements OlapStore {
  /** The encoder keeps one buffer, so inserts follow one another. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: ClickHouseClient,
    private readonly transport: BinaryTransport,
    private readonly encoder: Encoder = new RowBinaryEncoder(),
  ) {}

  async command(sql: string): Promise<void> {
    await this.client.command({ query: sql });
  }

  insert(blocks: readonly Block[]): Promise<void> {
    const inserted = this.#last.then(() => this.#insert(blocks));
    // The caller hears of a failure; the next insert is tried on its own.
    this.#last = inserted.catch(() => undefined);
    return inserted;
  }

  async query<Row extends object>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<Row[]> {
    const answer = await this.client.query({
      query: sql,
      format: 'JSONEachRow',
      ...(params && { query_params: { ...params } }),
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    return answer.json<Row>();
  }

  async ping(): Promise<void> {
    const answer = await this.client.ping();
    if (!answer.success) throw answer.error;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.client.close();
    await this.transport.close();
  }

  async #insert(blocks: readonly Block[]): Promise<void> {
    for (const alike of byColumns(blocks)) {
      const [{ table, columns } = { table: '', columns: [] }] = alike;
      const body = this.encoder.encode(alike);
      const names = columns.map(({ name }) => name);
      if (body.length > 0) await this.transport.send(table, names, body);
    }
  }
}

/** Blocks of one table with equal columns go in one statement: fewer parts for the engine to merge. */
function byColumns(blocks: readonly Block[]): Block[][] {
  const groups = new Map<string, Block[]>();
  for (const block of blocks) {
    const shape = `${block.table} ${block.columns.map(({ name, type }) => `${name} ${type}`).join()}`;
    const group = groups.get(shape);
    if (group === undefined) groups.set(shape, [block]);
    else group.push(block);
  }
  return [...groups.values()];
}

export const columnList = (columns: readonly string[]): string => columns.map((name) => quoted(name, '`')).join(', ');

export const quoted = (text: string, quote: string): string =>
  quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
