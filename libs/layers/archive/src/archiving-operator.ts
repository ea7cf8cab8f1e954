import { DETAIL_TABLES, type Fact, type FactKind } from '@millrace/ads';
import type { Emission, Emitting, Operator, Output, RowPosition, Snapshotting, StatePart } from '@millrace/stream';
import { DetailRows } from './detail-rows';

/**
 * Passes every fact on to its table, under the position at which its writer put it: written twice, it is one row. Nothing
 * else is kept, so that memory is bounded by what waits (`pending`), whatever the log holds.
 */
export class ArchivingOperator implements Operator<Fact>, Emitting, Snapshotting {
  readonly layout = 1;
  /** What came since the last emission. */
  #fresh = DETAIL_TABLES.map((table) => new DetailRows(table));
  /** Collected, but not acknowledged: collected again with the next emission. */
  #unstored: readonly DetailRows[] = [];
  readonly #contents = new WeakMap<Emission, readonly DetailRows[]>();

  constructor(readonly epoch: number) {}

  process(fact: Fact, _watermark_ms: number, _out: Output, { source, offset, ordinal }: RowPosition): void {
    this.#fresh[TABLE_OF[fact.kind]]?.add(fact, {
      epoch: this.epoch,
      topic: source.topic,
      partition: source.partition,
      offset,
      ordinal,
    });
  }

  advance(): void {
    // A fact is stored whatever the time is.
  }

  settle(): void {
    // Rows are written on the runner's timer, not per record.
  }

  get pending(): number {
    return [...this.#unstored, ...this.#fresh].reduce((sum, { rows }) => sum + rows, 0);
  }

  collect(): Emission | null {
    if (this.pending === 0) return null;
    this.#unstored = [...this.#unstored, ...this.#fresh].filter(({ rows }) => rows > 0);
    this.#fresh = DETAIL_TABLES.map((table) => new DetailRows(table));
    const emission: Emission = { blocks: this.#unstored.map((rows) => rows.block()), serving: [] };
    this.#contents.set(emission, this.#unstored);
    return emission;
  }

  /** Once everything that was collected is stored there is nothing to keep: the position says it all. */
  snapshot(): StatePart[] {
    return [];
  }

  restore(): void {
    // A fresh one waits for the rows that follow.
  }

  acknowledge(emission: Emission): void {
    const stored = this.#contents.get(emission);
    if (stored === undefined) throw new TypeError('this emission was not collected here');
    this.#unstored = this.#unstored.filter((rows) => !stored.includes(rows));
  }
}

const tableOf = (kind: FactKind): number => DETAIL_TABLES.findIndex(({ kinds }) => kinds.includes(kind));

const TABLE_OF: Readonly<Record<FactKind, number>> = {
  exposure: tableOf('exposure'),
  click: tableOf('click'),
  message: tableOf('message'),
  order: tableOf('order'),
  cancel: tableOf('cancel'),
  payment: tableOf('payment'),
  refund: tableOf('refund'),
};
