import { type Frame, type FrameCodec, type Tick, writerOf } from './frame';
import { Marks, type StoredMark } from './marks';
import type { Layer, Operator, RawRecord, RowPosition, TopicPartition } from './operator';
import { OutputBuffer, type OutputTopology, type Produced } from './output';
import { LogGapError } from './ports';
import { Watermark, type WatermarkState } from './watermark';

/** What a batch did, for the meter. */
export interface BatchCounts {
  readonly records: number;
  readonly rows_in: number;
  /** Rows at or below the mark of their source: repeated work, recognised. */
  readonly skipped: number;
  readonly rows_out: number;
}

/** A partition of an input and whatever works on it: what the runner drives. All of it is synchronous. */
export interface Task {
  readonly input: TopicPartition;
  /** The next offset of the input. */
  readonly position: number;
  /** What the operator's rows are stamped with now, ms. */
  readonly clock_ms: number;
  run(records: readonly RawRecord[]): BatchCounts;
  /** The output since the last call; with `ticks`, every ticked partition hears the clock if it moved since it last did. */
  take(ticks: boolean): Produced[];
}

/** Everything of a task that is not the operator's: the snapshot's header. Plain data. What was ticked is not kept, so it is told once more. */
export interface TaskState {
  readonly position: number;
  readonly marks: Readonly<Record<string, StoredMark>>;
  readonly watermark: WatermarkState;
}

export interface TaskOptions extends Omit<OutputTopology, 'outputs' | 'ticked'> {
  readonly layer: Pick<Layer, 'outputs' | 'ticked' | 'lateness_ms' | 'create'>;
  readonly input: TopicPartition;
  /** Every task of the layer, here or elsewhere, as `writerOf` names it: the writers its readers must hear. */
  readonly writers: readonly string[];
  readonly codec: FrameCodec;
  /** Where to begin; default 0. */
  readonly position?: number;
}

/** One operator over one partition of frames: continuity, marks, watermark, rows, output. */
export class PartitionTask implements Task {
  readonly input: TopicPartition;
  readonly operator: Operator<never>;
  readonly lateness_ms: number;
  readonly #codec: FrameCodec;
  readonly #writers: readonly string[];
  readonly #out: OutputBuffer;
  readonly #watermark: Watermark;
  readonly #marks = new Marks();
  #position: number;
  #ticked_ms = -Infinity;

  constructor({ layer, input, writers, codec, position = 0, partitions, partitioner, epoch }: TaskOptions) {
    this.input = input;
    this.operator = layer.create(input);
    this.lateness_ms = layer.lateness_ms;
    this.#codec = codec;
    this.#writers = writers;
    this.#out = new OutputBuffer(input, { outputs: layer.outputs, ticked: layer.ticked, partitions, partitioner, epoch });
    this.#watermark = new Watermark(layer.lateness_ms);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get clock_ms(): number {
    return this.#watermark.value_ms;
  }

  /** Rebuild: state, marks and watermark move as ever, the output is dropped and no partition is told of it. */
  set silent(silent: boolean) {
    this.#out.silent = silent;
  }

  run(records: readonly RawRecord[]): BatchCounts {
    let rows_in = 0;
    let skipped = 0;
    const waiting = this.#out.rows;
    for (const record of records) {
      // A fetch may repeat what was read; it may not leave anything out (D7).
      if (record.offset < this.#position) continue;
      if (record.offset > this.#position) throw this.#gap(records);
      if (record.value === null)
        throw new Error(`${writerOf(this.input)}: the record at offset ${record.offset} has no value, so it is no frame`);
      const frame = this.#codec.decode(record.value);
      this.#out.begin(record.offset);
      if (frame.tick !== undefined && this.#watermark.announce(frame.tick.known)) this.#advance();
      rows_in += frame.rows.length;
      skipped += this.#rows(frame);
      if (frame.tick !== undefined && this.#watermark.observe(this.#watermark.writer(frame.tick.writer), frame.tick.clock_ms))
        this.#advance();
      this.operator.settle(this.#out);
      this.#position = record.offset + 1;
    }
    return { records: records.length, rows_in, skipped, rows_out: this.#out.rows - waiting };
  }

  take(ticks: boolean): Produced[] {
    const clock_ms = this.clock_ms;
    const everywhere = ticks && clock_ms > this.#ticked_ms && !this.#out.silent;
    if (everywhere) this.#ticked_ms = clock_ms;
    else if (this.#out.rows === 0) return [];
    const tick: Tick = { writer: writerOf(this.input), next_offset: this.#position, clock_ms, known: this.#writers };
    return this.#out.take(tick, everywhere);
  }

  state(): TaskState {
    return {
      position: this.#position,
      marks: this.#marks.entries(),
      watermark: this.#watermark.state(),
    };
  }

  /** Goes on from a later offset: an operator of the warehouse has decided to do without what lies between (D7). */
  proceed(offset: number): void {
    this.#position = offset;
  }

  /** Into a fresh task; its operator is restored apart. */
  restore({ position, marks, watermark }: TaskState): void {
    this.#position = position;
    this.#marks.restore(marks);
    this.#watermark.restore(watermark);
    this.#out.clock_ms = watermark.value_ms;
  }

  /** The hot path: no allocation and no promise per row. Returns how many rows were skipped. */
  #rows({ source, epoch = 1, rows, offsets, ordinals, clocks }: Frame): number {
    const { operator } = this;
    const out = this.#out;
    const watermark = this.#watermark;
    const mark = this.#marks.of(source);
    const writer = watermark.writer(writerOf(source));
    const at: { -readonly [Field in keyof RowPosition]: RowPosition[Field] } = { source, epoch, offset: 0, ordinal: 0 };
    if (epoch < mark.epoch) return rows.length;
    if (epoch > mark.epoch) Object.assign(mark, { epoch, offset: -1, ordinal: -1 });
    let skipped = 0;
    let heard_ms = -Infinity;
    for (let i = 0; i < rows.length; i++) {
      const offset = offsets[i] as number;
      const ordinal = ordinals[i] as number;
      if (offset < mark.offset || (offset === mark.offset && ordinal <= mark.ordinal)) {
        skipped++;
        continue;
      }
      mark.offset = offset;
      mark.ordinal = ordinal;
      const clock_ms = clocks[i] as number;
      if (clock_ms > heard_ms) {
        heard_ms = clock_ms;
        if (watermark.observe(writer, clock_ms)) this.#advance();
      }
      at.offset = offset;
      at.ordinal = ordinal;
      operator.process(rows[i] as never, watermark.value_ms, out, at);
    }
    return skipped;
  }

  /** The watermark rose: rows emitted from here on carry it, those of `advance` included. */
  #advance(): void {
    const { value_ms } = this.#watermark;
    this.#out.clock_ms = value_ms;
    this.operator.advance(value_ms, this.#out);
  }

  #gap(records: readonly RawRecord[]): LogGapError {
    const first = records.find(({ offset }) => offset > this.#position)?.offset ?? this.#position;
    const last = records[records.length - 1]?.offset ?? first;
    return new LogGapError(this.input, this.#position, first, last + 1);
  }
}
