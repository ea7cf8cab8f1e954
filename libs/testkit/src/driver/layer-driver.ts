import { partitionOf } from '@millrace/ads';
import { type Emission, type Layer, type PartitionTask, type TopicPartition, writerOf } from '@millrace/stream';
import { ChainDriver } from './chain-driver';

export interface LayerDriverOptions<Row> {
  /** Key of an input row, as the writer before this layer would choose it; needed with more than one partition. */
  readonly keyOf?: (row: Row) => string;
  /** How far the writer's event time had got with a row; its maximum is the row's clock. Default: it stands still. */
  readonly timeOf?: (row: Row) => number;
  /** Partitions of a topic; default 1. */
  readonly partitions?: (topic: string) => number;
  /** Rows per frame: how the writer's batches were cut. Default: all that are fed at once. */
  readonly frame_rows?: number;
  /** Records per turn of a task: how the reader's batches are cut. */
  readonly batch?: number;
}

const WRITER: TopicPartition = { topic: 'raw.driver', partition: 0 };

/** One layer over frames: feed rows, move time, read what came out. There is one writer, `raw.driver/0`. */
export class LayerDriver<Row extends object> {
  readonly chain: ChainDriver;
  readonly #layer: Layer;
  readonly #options: LayerDriverOptions<Row>;
  readonly #partitions: (topic: string) => number;
  readonly #read = new Map<string, number>();
  #next_offset = 0;
  #clock_ms = -Infinity;

  constructor(layer: Layer, options: LayerDriverOptions<Row> = {}) {
    this.#layer = layer;
    this.#options = options;
    this.#partitions = options.partitions ?? (() => 1);
    this.chain = new ChainDriver({ layers: [layer], ...options });
    // The writers announce themselves before anything else, as they do on a real topic's first frame.
    this.tick(-Infinity);
  }

  /** Rows into an input, in this order; each is a record of its own in the writer's log. */
  feed(input: string, rows: readonly Row[]): this {
    const { keyOf, timeOf, frame_rows = Infinity } = this.#options;
    const partitions = this.#partitions(input);
    const lanes = Array.from({ length: partitions }, () => ({
      rows: [] as Row[],
      offsets: [] as number[],
      clocks: [] as number[],
    }));
    for (const row of rows) {
      const lane = lanes[keyOf === undefined ? 0 : partitionOf(keyOf(row), partitions)];
      this.#clock_ms = Math.max(this.#clock_ms, timeOf?.(row) ?? -Infinity);
      lane?.rows.push(row);
      lane?.offsets.push(this.#next_offset++);
      lane?.clocks.push(this.#clock_ms);
    }
    for (const [partition, { rows, offsets, clocks }] of lanes.entries()) {
      for (let first = 0; first < rows.length; first += frame_rows) {
        const cut = <T>(column: readonly T[]): T[] => column.slice(first, first + frame_rows);
        const ordinals = cut(rows).map(() => 0);
        this.chain.appendFrame(
          { topic: input, partition },
          { source: WRITER, rows: cut(rows), offsets: cut(offsets), ordinals, clocks: cut(clocks) },
        );
      }
    }
    this.chain.pump();
    return this;
  }

  /** Moves the writer's clock: every partition of every input hears it. The watermark is this less the layer's lateness. */
  tick(clock_ms: number): this {
    this.#clock_ms = Math.max(this.#clock_ms, clock_ms);
    const writer = writerOf(WRITER);
    const tick = { writer, next_offset: this.#next_offset, clock_ms: this.#clock_ms, known: [writer] };
    for (const topic of this.#layer.inputs) {
      for (let partition = 0; partition < this.#partitions(topic); partition++) {
        this.chain.appendFrame({ topic, partition }, { source: WRITER, rows: [], offsets: [], ordinals: [], clocks: [], tick });
      }
    }
    this.chain.pump();
    return this;
  }

  /** Moves the watermark to `watermark_ms`. */
  advance(watermark_ms: number): this {
    return this.tick(watermark_ms + this.#layer.lateness_ms);
  }

  /** Rows of an output since the last call; in order if it has one partition. */
  taken<Out extends object>(output: string): Out[] {
    const all = this.all<Out>(output);
    const from = this.#read.get(output) ?? 0;
    this.#read.set(output, all.length);
    if (this.#partitions(this.#layer.outputs[output] ?? '') > 1 && from > 0)
      throw new Error('with several partitions, read an output once, or by `all`');
    return all.slice(from);
  }

  /** All rows of an output. */
  all<Out extends object>(output: string): Out[] {
    const topic = this.#layer.outputs[output];
    if (topic === undefined) throw new Error(`${this.#layer.name} has no output ${output}`);
    return this.chain.rows<Out>(topic);
  }

  /** What the layer's operators would write into the stores now; it counts as written. */
  emit(): Emission[] {
    return this.chain.emit(this.#layer.name);
  }

  get tasks(): PartitionTask[] {
    return this.chain.tasks(this.#layer.name);
  }
}
