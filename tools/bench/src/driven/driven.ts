import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { type Layer, PartitionTask, type Produced, type RawRecord, type StatePart, writerOf } from '@millrace/stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ownCpu_us } from '../harness/cpu';

const FRAME_ROWS = 500;
const SOURCE = { topic: 'raw.bench', partition: 0 };
const WRITER = writerOf(SOURCE);

/** A row with its event time, which is also its writer's clock. */
export interface Timed {
  readonly event_time: number;
}

/** One partition of one layer, fed with frames of made rows: what a process does with them besides its log. */
export class Driven {
  readonly task: PartitionTask;
  readonly #codec = new MsgpackFrameCodec();
  #offset = 0;

  constructor(
    private readonly layer: Layer,
    private readonly topic: string,
  ) {
    this.task = this.#fresh();
  }

  /** The same with nothing in it. */
  fresh(): Driven {
    return new Driven(this.layer, this.topic);
  }

  /** Takes rows as frames, made before the clock runs. @returns CPU of decoding and taking them, µs */
  take(rows: readonly Timed[], onProduced: (produced: readonly Produced[]) => void = () => undefined): number {
    const records = this.#framed(rows);
    let spent_us = 0;
    for (const record of records) {
      const before = ownCpu_us();
      this.task.run([record]);
      const produced = this.task.take(false);
      spent_us += ownCpu_us() - before;
      onProduced(produced);
    }
    return spent_us;
  }

  /** The state as a snapshot would hold it. */
  parts(): readonly StatePart[] {
    const { operator } = this.task;
    if (!('snapshot' in operator)) throw new TypeError('an operator without snapshots');
    return (operator as unknown as { snapshot(): readonly StatePart[] }).snapshot();
  }

  #framed(rows: readonly Timed[]): RawRecord[] {
    const records: RawRecord[] = [];
    for (let from = 0; from < rows.length; from += FRAME_ROWS) {
      const some = rows.slice(from, from + FRAME_ROWS);
      const value = this.#codec.encode({
        source: SOURCE,
        rows: some,
        offsets: some.map(() => this.#offset++),
        ordinals: some.map(() => 0),
        clocks: some.map(({ event_time }) => event_time),
        // Without it nobody knows who writes, and nothing is ever forgotten.
        tick: { writer: WRITER, next_offset: this.#offset, clock_ms: some.at(-1)?.event_time ?? -Infinity, known: [WRITER] },
      });
      records.push({ offset: this.task.position + records.length, timestamp_ms: 0, key: null, value });
    }
    return records;
  }

  #fresh(): PartitionTask {
    return new PartitionTask({
      layer: this.layer,
      input: { topic: this.topic, partition: 0 },
      writers: [WRITER],
      codec: this.#codec,
      partitions: () => 1,
      partitioner: () => 0,
    });
  }
}

/** Heap and buffers after a full collection, bytes. */
export function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Buffers of one collection are given back by the next.
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export const sizeOf = (parts: readonly StatePart[]): number =>
  parts.reduce((sum, part) => sum + part.capture().reduce((bytes, { length }) => bytes + length, 0), 0);
