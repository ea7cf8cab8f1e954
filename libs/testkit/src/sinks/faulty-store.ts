import { cellOf, type Block, type OlapStore } from '@millrace/stream';

/** What happens to an insert: it is applied and its answer lost; only some of it is applied; it is applied behind the next one. */
export type InsertFault = 'none' | 'answer lost' | 'in part' | 'behind the next';

/** The process never learns what became of its insert, which ends it. */
export class LostInsertError extends Error {
  override readonly name = 'LostInsertError';
}

/** A store whose inserts meet with the faults of a list, one after the other; when the list is at its end, all is well. */
export class FaultyStore implements OlapStore {
  readonly met: InsertFault[] = [];
  #held: readonly Block[] | null = null;

  constructor(
    private readonly store: OlapStore,
    private readonly faults: InsertFault[],
  ) {}

  async insert(blocks: readonly Block[]): Promise<void> {
    const fault = this.faults.shift() ?? 'none';
    this.met.push(fault);
    switch (fault) {
      case 'none':
        await this.store.insert(blocks);
        break;
      case 'answer lost':
        await this.store.insert(blocks);
        break;
      case 'in part':
        await this.store.insert(blocks.filter((_, i) => i % 2 === 0).map(firstHalf));
        break;
      case 'behind the next':
        await this.#release();
        this.#held = blocks;
        break;
    }
    if (fault === 'none' || fault === 'answer lost') await this.#release();
    if (fault !== 'none') throw new LostInsertError(fault);
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held !== null) await this.store.insert(held);
  }

  command(sql: string): Promise<void> {
    return this.store.command(sql);
  }
  query<Row extends object>(sql: string, params?: Readonly<Record<string, unknown>>): Promise<Row[]> {
    return this.store.query(sql, params);
  }
  ping(): Promise<void> {
    return this.store.ping();
  }
  /** The store is its owner's. */
  async close(): Promise<void> {
    await this.#release();
  }
}

const firstHalf = ({ table, columns, values, rows }: Block): Block => {
  const half = Math.ceil(rows / 2);
  return { table, columns, values: values.map((cells) => Array.from({ length: half }, (_, row) => cellOf(cells, row))), rows: half };
};
