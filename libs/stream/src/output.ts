import type { Frame, Tick } from './frame';
import type { Output, TopicPartition } from './operator';

/** Partition of a key among `partitions`: the same function for every writer of a topic, whatever client sends it. */
export type Partitioner = (key: string, partitions: number) => number;

/** A finished frame and where it goes. */
export interface Produced {
  readonly to: TopicPartition;
  readonly frame: Frame;
}

export interface OutputTopology {
  /** Of the input; default 1. */
  readonly epoch?: number;
  /** Output name → topic. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the outputs that carry ticks; default all. */
  readonly ticked?: readonly string[];
  readonly partitions: (topic: string) => number;
  readonly partitioner: Partitioner;
}

/** Rows for one output partition since the last `take`. */
type Lane = Pick<Frame, 'rows' | 'offsets' | 'ordinals' | 'clocks'>;

/** Lanes belong to a topic, not to an output's name: two outputs of one topic must keep the order of their ordinals. */
interface Target {
  readonly topic: string;
  readonly partitions: number;
  ticked: boolean;
  lanes: (Lane | undefined)[];
}

/** Collects what an operator emits in a batch, and stamps it: (offset of the input record, ordinal within it, clock). */
export class OutputBuffer implements Output {
  readonly #source: Pick<Frame, 'source' | 'epoch'>;
  readonly #partitioner: Partitioner;
  readonly #targets = new Map<string, Target>();
  readonly #byOutput = new Map<string, Target>();
  /** Most rows go where the row before went. */
  #lastOutput = '';
  #lastTarget: Target | undefined;
  #offset = -1;
  #ordinal = 0;
  #rows = 0;
  /** The clock that the rows from now on carry. */
  clock_ms = -Infinity;
  /** Rebuilding: rows are dropped, for the log has them already. Changes between records only. */
  silent = false;

  constructor(source: TopicPartition, { outputs, ticked, partitions, partitioner, epoch = 1 }: OutputTopology) {
    this.#source = epoch === 1 ? { source } : { source, epoch };
    this.#partitioner = partitioner;
    for (const [output, topic] of Object.entries(outputs)) {
      const target = this.#targets.get(topic) ?? { topic, partitions: partitions(topic), ticked: false, lanes: [] };
      target.ticked ||= ticked?.includes(output) ?? true;
      this.#targets.set(topic, target);
      this.#byOutput.set(output, target);
    }
  }

  /** Rows waiting to be taken. */
  get rows(): number {
    return this.#rows;
  }

  /** What is emitted from now on is caused by the record at `offset`. */
  begin(offset: number): void {
    this.#offset = offset;
    this.#ordinal = 0;
  }

  /** The clock rose to `clock_ms` with the record that was begun: what it has emitted carries it too. */
  raise(clock_ms: number): void {
    this.clock_ms = clock_ms;
    if (this.#ordinal === 0) return;
    for (const { lanes } of this.#targets.values()) for (const lane of lanes) if (lane !== undefined) this.#restamp(lane);
  }

  #restamp({ offsets, clocks }: Lane): void {
    for (let i = offsets.length - 1; i >= 0 && offsets[i] === this.#offset; i--) clocks[i] = this.clock_ms;
  }

  emit(output: string, key: string, row: object): void {
    const target = output === this.#lastOutput ? this.#lastTarget : this.#targetOf(output);
    if (target === undefined)
      throw new Error(`"${output}" is not an output of this layer; it has ${[...this.#byOutput.keys()].join(', ')}`);
    if (this.silent) return;
    const partition = target.partitions === 1 ? 0 : this.#partitioner(key, target.partitions);
    const lane = (target.lanes[partition] ??= { rows: [], offsets: [], ordinals: [], clocks: [] });
    lane.rows.push(row);
    lane.offsets.push(this.#offset);
    lane.ordinals.push(this.#ordinal++);
    lane.clocks.push(this.clock_ms);
    this.#rows++;
  }

  #targetOf(output: string): Target | undefined {
    this.#lastOutput = output;
    this.#lastTarget = this.#byOutput.get(output);
    return this.#lastTarget;
  }

  /** One frame per output partition that has rows, and, if `everywhere`, a tick alone to every other that is ticked. */
  take(tick: Tick, everywhere: boolean): Produced[] {
    const produced: Produced[] = [];
    for (const target of this.#targets.values()) {
      const { topic, lanes } = target;
      for (let partition = 0; partition < target.partitions; partition++) {
        const lane = lanes[partition];
        if (lane === undefined && !(everywhere && target.ticked)) continue;
        const columns = lane ?? { rows: [], offsets: [], ordinals: [], clocks: [] };
        const frame = { ...this.#source, ...columns };
        produced.push({ to: { topic, partition }, frame: target.ticked ? { ...frame, tick } : frame });
      }
      target.lanes = [];
    }
    this.#rows = 0;
    return produced;
  }
}
