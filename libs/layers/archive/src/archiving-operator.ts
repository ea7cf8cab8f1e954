import type { Emission, Emitting, Operator, Output, RowPosition } from '@millrace/stream';
import type { Shelf } from './shelves';
import { WaitingRows } from './waiting-rows';

/**
 * Passes every row on to its table, under the position at which its writer put it: written twice, it is one row. Nothing
 * else is kept, so that memory is bounded by what waits (`pending`), whatever the log holds.
 */
export class ArchivingOperator<Row> implements Operator<Row>, Emitting {
  /** What came since the last emission. */
  #fresh: readonly WaitingRows<Row>[];
  #freshRows = 0;
  /** Collected, but not acknowledged: collected again with the next emission. */
  #unstored: readonly WaitingRows<Row>[] = [];
  readonly #contents = new WeakMap<Emission, readonly WaitingRows<Row>[]>();
  /** Filled anew for every row. */
  readonly #at = { epoch: 1, topic: '', partition: 0, offset: 0, ordinal: 0 };

  constructor(private readonly shelf: Shelf<Row>) {
    this.#fresh = emptyRows(shelf);
  }

  process(row: Row, _watermark_ms: number, _out: Output, { source, epoch, offset, ordinal }: RowPosition): void {
    const waiting = this.#fresh[this.shelf.tableOf(row) ?? -1];
    if (waiting === undefined) throw new TypeError(`a row of ${source.topic}/${source.partition}@${offset} has no table: written by a newer program?`);
    const at = this.#at;
    at.epoch = epoch;
    at.topic = source.topic;
    at.partition = source.partition;
    at.offset = offset;
    at.ordinal = ordinal;
    waiting.add(row, at);
    this.#freshRows++;
  }

  advance(): void {
    // A row is stored whatever the time is.
  }

  settle(): void {
    // Rows are written on the runner's timer, not per record.
  }

  get pending(): number {
    return this.#unstored.reduce((sum, { rows }) => sum + rows, this.#freshRows);
  }

  collect(): Emission | null {
    if (this.pending === 0) return null;
    this.#unstored = [...this.#unstored, ...this.#fresh].filter(({ rows }) => rows > 0);
    this.#fresh = emptyRows(this.shelf);
    this.#freshRows = 0;
    const emission: Emission = { blocks: this.#unstored.map((rows) => rows.block()), serving: [] };
    this.#contents.set(emission, this.#unstored);
    return emission;
  }

  acknowledge(emission: Emission): void {
    const stored = this.#contents.get(emission);
    if (stored === undefined) throw new TypeError('this emission was not collected here');
    this.#unstored = this.#unstored.filter((rows) => !stored.includes(rows));
  }
}

const emptyRows = <Row>({ tables }: Shelf<Row>): WaitingRows<Row>[] => tables.map((table) => new WaitingRows(table));
