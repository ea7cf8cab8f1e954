import { type Tick, writerOf } from './frame';
import type { RawLayer, RawOperator, RawRecord, TopicPartition } from './operator';
import { OutputBuffer, type Produced } from './output';
import type { BatchCounts, Task, TaskOptions } from './task';

export interface RawTaskOptions extends Omit<TaskOptions, 'layer' | 'codec'> {
  readonly layer: Pick<RawLayer, 'outputs' | 'ticked' | 'create'>;
}

/**
 * One operator over one partition of the outside world's records (ODS). Its clock is the largest event time accepted, or,
 * when the log was read to its end, the time taken before that fetch. After a restart the clock begins anew: readers
 * merge by maximum, so it is never lower for them than it was.
 */
export class RawTask implements Task {
  readonly input: TopicPartition;
  readonly operator: RawOperator;
  readonly #writers: readonly string[];
  readonly #out: OutputBuffer;
  #position: number;
  #accepted_ms = -Infinity;
  #idle_ms = -Infinity;
  #ticked_ms = -Infinity;

  constructor({ layer, input, writers, position = 0, partitions, partitioner, epoch }: RawTaskOptions) {
    this.input = input;
    this.operator = layer.create(input);
    this.#writers = writers;
    this.#out = new OutputBuffer(input, { outputs: layer.outputs, ticked: layer.ticked, partitions, partitioner, epoch });
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get clock_ms(): number {
    return Math.max(this.#accepted_ms, this.#idle_ms);
  }

  /** The log was read to its end by a fetch that began at `since_ms`: nothing older than that is still to come (less B). */
  idle(since_ms: number): void {
    if (since_ms > this.#idle_ms) this.#idle_ms = since_ms;
  }

  /** Goes on from a later offset: an operator of the warehouse has decided to do without what lies between (D7). */
  proceed(offset: number): void {
    this.#position = offset;
  }

  run(records: readonly RawRecord[]): BatchCounts {
    const out = this.#out;
    const waiting = out.rows;
    let taken = 0;
    for (const record of records) {
      // Outside topics may be compacted or transactional: offsets jump forward (D7), and a fetch may begin before its offset.
      if (record.offset < this.#position) continue;
      out.begin(record.offset);
      const accepted_ms = this.operator.process(record, this.input, out);
      // The rows of a record carry a clock that includes its event time.
      if (accepted_ms > this.#accepted_ms) {
        this.#accepted_ms = accepted_ms;
        out.raise(accepted_ms);
      }
      this.#position = record.offset + 1;
      taken++;
    }
    return { records: taken, rows_in: taken, skipped: records.length - taken, rows_out: out.rows - waiting };
  }

  take(ticks: boolean): Produced[] {
    const { clock_ms } = this;
    const everywhere = ticks && clock_ms > this.#ticked_ms;
    if (everywhere) this.#ticked_ms = clock_ms;
    else if (this.#out.rows === 0) return [];
    const tick: Tick = { writer: writerOf(this.input), next_offset: this.#position, clock_ms, known: this.#writers };
    return this.#out.take(tick, everywhere);
  }
}
