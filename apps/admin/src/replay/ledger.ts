import { TOPICS } from '@millrace/ads';
import type { Log } from '@millrace/stream';

const LEDGER = { topic: TOPICS.replayed, partition: 0 };
const FETCH_BYTES = 1 << 20;
/** On a record that was played again: where it stood when it was rejected. */
export const ORIGIN_HEADER = 'millrace-replay-of';

/** What is written before a batch is put into its raw topic, and again when it is there. */
interface Entry {
  readonly kind: 'begun' | 'done';
  readonly topic: string;
  /** `TOPIC/PARTITION@OFFSET` of the rejected records. */
  readonly origins: readonly string[];
  /** Ends of the raw topic's partitions before the batch. */
  readonly ends: readonly number[];
}

/**
 * Which rejected records have been played again, as the log has it. A batch that was begun and not said to be done is looked
 * for in its raw topic, by the header of its records: so none is played twice, wherever the command was interrupted.
 */
export class Ledger {
  private constructor(
    private readonly log: Log,
    private readonly replayed: Set<string>,
  ) {}

  static async open(log: Log): Promise<Ledger> {
    const replayed = new Set<string>();
    let open: Entry | null = null;
    for await (const { value } of recordsOf(log, LEDGER, (await log.bounds(LEDGER)).start)) {
      if (value === null) continue;
      const entry = JSON.parse(Buffer.from(value).toString()) as Entry;
      if (entry.kind === 'done') for (const origin of entry.origins) replayed.add(origin);
      open = entry.kind === 'begun' ? entry : null;
    }
    const ledger = new Ledger(log, replayed);
    if (open !== null) await ledger.#close(open);
    return ledger;
  }

  has(origin: string): boolean {
    return this.replayed.has(origin);
  }

  /** Puts the batch into its raw topic between the two entries. */
  async record(topic: string, origins: readonly string[], put: () => Promise<void>): Promise<void> {
    const ends: number[] = [];
    for (let partition = 0; partition < this.log.partitions(topic); partition++)
      ends.push((await this.log.bounds({ topic, partition })).end);
    await this.#write({ kind: 'begun', topic, origins, ends });
    await put();
    await this.#write({ kind: 'done', topic, origins, ends });
    for (const origin of origins) this.replayed.add(origin);
  }

  /** Says of a batch that was interrupted how far it got, for the entries that follow hide it. */
  async #close(open: Entry): Promise<void> {
    const origins = await arrived(this.log, open);
    await this.#write({ ...open, kind: 'done', origins });
    for (const origin of origins) this.replayed.add(origin);
  }

  #write(entry: Entry): Promise<void> {
    return this.log.append([{ to: LEDGER, records: [{ value: Buffer.from(JSON.stringify(entry)) }] }]);
  }
}

/** Those of a batch that did get into the raw topic. */
const arrived = async (log: Log, { topic, origins, ends }: Entry): Promise<string[]> => {
  const found: string[] = [];
  for (const [partition, end] of ends.entries()) {
    const { start } = await log.bounds({ topic, partition });
    for await (const { headers } of recordsOf(log, { topic, partition }, Math.max(start, end))) {
      const origin = headers?.[ORIGIN_HEADER];
      if (origin !== undefined && origins.includes(origin)) found.push(origin);
    }
  }
  return found;
};

async function* recordsOf(log: Log, of: { topic: string; partition: number }, from: number) {
  const { end } = await log.bounds(of);
  for (let offset = from; offset < end;) {
    const { records, end: reached } = await log.read(of, offset, FETCH_BYTES);
    // What stands last may be no record: a commit marker of a transaction. Anything else empty is only a read to be repeated.
    if (records.length === 0 && reached === offset) return;
    for (const record of records) {
      yield record;
      offset = record.offset + 1;
    }
  }
}
