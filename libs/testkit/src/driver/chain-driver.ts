import { partitionOf } from '@millrace/ads';
import {
  type Emission,
  type Emitting,
  type Frame,
  type Layer,
  PartitionTask,
  type RawLayer,
  type RawRecord,
  RawTask,
  type TopicPartition,
  writerOf,
} from '@millrace/stream';
import { HeldFrames } from './held-frames';

export interface ChainOptions {
  readonly raw?: readonly RawLayer[];
  readonly layers?: readonly Layer[];
  /** Partitions of a topic; default 1. */
  readonly partitions?: (topic: string) => number;
  /** How many records a task takes at a time; default all that are there. What comes out must not depend on it. */
  readonly batch?: number;
}

interface Driven {
  readonly layer: string;
  readonly task: PartitionTask | RawTask;
}

/** A raw record as a test writes it: text, or the bytes themselves. */
export interface RawInput {
  readonly value: string | Uint8Array;
  readonly timestamp_ms: number;
}

/**
 * Layers in memory, in the manner of Kafka Streams' TopologyTestDriver: the real tasks and operators, no I/O, no promise,
 * no clock. Records go into topics, `pump` lets every task read to the end, and rows are read from topics.
 */
export class ChainDriver {
  readonly #frames = new HeldFrames();
  readonly #topics = new Map<string, RawRecord[][]>();
  readonly #driven: Driven[] = [];
  readonly #partitions: (topic: string) => number;
  readonly #batch: number;

  constructor({ raw = [], layers = [], partitions = () => 1, batch = Infinity }: ChainOptions) {
    this.#partitions = partitions;
    this.#batch = batch;
    for (const layer of raw)
      for (const task of this.#wire(layer)) this.#driven.push({ layer: layer.name, task: new RawTask({ layer, ...task }) });
    for (const layer of layers) {
      for (const task of this.#wire(layer)) this.#driven.push({ layer: layer.name, task: new PartitionTask({ layer, ...task }) });
    }
  }

  /** Appends records of the outside world. */
  append(to: TopicPartition, records: readonly RawInput[]): void {
    const log = this.#log(to);
    for (const { value, timestamp_ms } of records) {
      log.push({ offset: log.length, timestamp_ms, key: null, value: typeof value === 'string' ? Buffer.from(value) : value });
    }
  }

  /** Appends a frame to an inside topic, as another writer would: twice, late, or with the ticks that a test wants. */
  appendFrame(to: TopicPartition, frame: Frame): void {
    const log = this.#log(to);
    log.push({ offset: log.length, timestamp_ms: 0, key: null, value: this.#frames.encode(frame) });
  }

  /** Every raw partition was read to its end by a fetch that began at `now_ms`. */
  idle(now_ms: number): void {
    this.pump();
    for (const { task } of this.#driven) if (task instanceof RawTask) task.idle(now_ms);
    this.pump();
  }

  /** Lets every task read to the end of its input, in turns of one batch, until none finds anything. */
  pump(): void {
    let working = true;
    while (working) {
      working = false;
      for (const driven of this.#driven) working = this.#turn(driven) || working;
    }
  }

  /** Lets one task alone, counted round all of them, read at most so many records: some may get far ahead of the others. */
  turn(which: number, records: number): void {
    const driven = this.#driven[which % this.#driven.length];
    if (driven !== undefined) this.#turn(driven, records);
  }

  /** Frames in a topic, in the order of each partition. */
  frames(topic: string): Frame[] {
    return this.#partitionsOf(topic).flatMap((records) =>
      records.map(({ value }) => this.#frames.decode(value ?? new Uint8Array())),
    );
  }

  /** Rows in a topic, in the order of each partition. */
  rows<Row extends object>(topic: string): Row[] {
    return this.frames(topic).flatMap(({ rows }) => rows as Row[]);
  }

  /** What every emitting operator of a layer would write now; it counts as written. */
  emit(layer: string): Emission[] {
    return this.tasks(layer).flatMap(({ operator, position }) => {
      if (!isEmitting(operator)) return [];
      const emission = operator.collect(position);
      if (emission === null) return [];
      operator.acknowledge(emission);
      return [emission];
    });
  }

  /** The tasks of a layer over frames, for their operators, watermarks and positions. */
  tasks(layer: string): PartitionTask[] {
    return this.#driven.flatMap(({ layer: name, task }) => (name === layer && task instanceof PartitionTask ? [task] : []));
  }

  #turn({ task }: Driven, batch = this.#batch): boolean {
    const records = this.#log(task.input).slice(task.position, task.position + batch);
    task.run(records);
    const produced = task.take(true);
    for (const { to, frame } of produced) this.appendFrame(to, frame);
    return records.length + produced.length > 0;
  }

  #wire({ inputs }: RawLayer | Layer) {
    const partitions = this.#partitions;
    const all = inputs.flatMap((topic) =>
      Array.from({ length: partitions(topic) }, (_, partition): TopicPartition => ({ topic, partition })),
    );
    const writers = all.map(writerOf);
    return all.map((input) => ({ input, writers, codec: this.#frames, partitions, partitioner: partitionOf }));
  }

  #partitionsOf(topic: string): RawRecord[][] {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const made = Array.from({ length: this.#partitions(topic) }, (): RawRecord[] => []);
    this.#topics.set(topic, made);
    return made;
  }

  #log({ topic, partition }: TopicPartition): RawRecord[] {
    const log = this.#partitionsOf(topic)[partition];
    if (log === undefined) throw new Error(`${topic} has no partition ${partition}`);
    return log;
  }
}

const isEmitting = (operator: object): operator is Emitting => 'collect' in operator && 'acknowledge' in operator;
