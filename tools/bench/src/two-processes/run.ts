import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DEFAULT_RULES as rules, type Fact, partitionOf, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { type Emitting, PartitionTask, RawTask, writerOf } from '@millrace/stream';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { adjoinSource } from '../adjoin/declaration';
import { partFile } from '../adjoin/input';
import { LineReader } from '../adjoin/lines';
import { Spool } from '../adjoin/spool';
import { mainThread_us, ownCpu_us, peakRss_mb } from '../harness/cpu';

/** The frames of one partition of ods.action. */
export interface Shard {
  readonly file: string;
  readonly partition: number;
}

export interface SplitJob {
  readonly folder: string;
  readonly parts: number;
  readonly processes: number;
  readonly scratch: string;
}

const FETCH_BYTES = 1 << 20;
const RECEIVED_MS = Date.UTC(2035, 0, 1);
const EMISSION_ROWS = 100_000;
/** Compiling costs a process as much whatever its share is. */
const WARM_UP_ROWS = 200_000;

/** ODS over all of an input: the frames of each partition of ods.action, in a file each. */
export async function split({ folder, parts, processes, scratch }: SplitJob): Promise<{ files: Shard[] }> {
  const layer = createOds({ sources: [adjoinSource()], rules });
  const topic = layer.inputs[0] ?? '';
  const inputs = Array.from({ length: parts }, (_, partition) => ({ topic, partition }));
  const wiring = {
    partitions: (of: string) => (of === topic ? parts : processes),
    partitioner: partitionOf,
    writers: inputs.map(writerOf),
  };
  const readers = inputs.map((input) => ({
    task: new RawTask({ layer, input, ...wiring }),
    lines: new LineReader(partFile(folder, input.partition), FETCH_BYTES),
  }));
  const codec = new MsgpackFrameCodec();
  const files = Array.from({ length: processes }, (_, partition) => ({
    file: join(scratch, `frames-${processes}-${partition}`),
    partition,
  }));
  const spools = files.map(({ file }) => new Spool(file));
  for (let open = readers.length; open > 0;) {
    open = 0;
    for (const { task, lines } of readers) {
      if (lines.ended) continue;
      const records = lines
        .next()
        .map((value, i) => ({ offset: task.position + i, timestamp_ms: RECEIVED_MS, key: null, value }));
      if (lines.ended) continue;
      open++;
      task.run(records);
      for (const { to, frame } of task.take(true)) if (to.topic === TOPICS.action) spools[to.partition]?.add(codec.encode(frame));
    }
  }
  for (const spool of spools) spool.close();
  return { files };
}

/** Wall time at which all processes begin, ms. */
interface Together {
  readonly begin_at: number;
}

export interface JoinJob extends Together {
  readonly shard: Shard;
  /** Files for the facts of each partition of merchants. */
  readonly to: readonly string[];
}

/** DWD over one partition of users: decode, join, encode. */
export async function joined({ shard: { file, partition }, to: files, begin_at }: JoinJob) {
  const frames = framesIn(file);
  const through = (some: readonly Uint8Array[]): { to: number; frame: Uint8Array }[] => {
    const codec = new MsgpackFrameCodec();
    const input = { topic: TOPICS.action, partition };
    const dwd = new PartitionTask({
      layer: createDwd({ rules }),
      input,
      writers: [writerOf(input)],
      codec,
      partitions: () => files.length,
      partitioner: partitionOf,
    });
    const made: { to: number; frame: Uint8Array }[] = [];
    for (const value of some) {
      dwd.run([{ offset: dwd.position, timestamp_ms: 0, key: null, value }]);
      for (const { to, frame } of dwd.take(false))
        if (to.topic === TOPICS.fact) made.push({ to: to.partition, frame: codec.encode(frame) });
    }
    return made;
  };
  through(firstRows(frames, WARM_UP_ROWS));
  const { answer, spent } = await timed(begin_at, () => through(frames));
  const spools = files.map((path) => new Spool(path));
  const sums = { facts: 0, clicks: 0, cost: 0 };
  const codec = new MsgpackFrameCodec();
  for (const { to, frame } of answer) {
    spools[to]?.add(frame);
    const rows = codec.decode(frame).rows as Fact[];
    sums.facts += rows.length;
    for (const { kind, sign, amount_minor } of rows)
      if (kind === 'click') {
        sums.clicks += sign;
        sums.cost += sign * amount_minor;
      }
  }
  for (const spool of spools) spool.close();
  return { ...spent, ...sums };
}

export interface SumJob extends Together {
  /** Facts of one partition of merchants, from each process that joined. */
  readonly from: readonly string[];
  readonly partition: number;
}

/** DWS over one partition of merchants: decode, sum, emit. */
export async function summed({ from, partition, begin_at }: SumJob) {
  const frames = inTurns(from.map(framesIn));
  const through = (some: readonly Uint8Array[]): number => {
    const input = { topic: TOPICS.fact, partition };
    const dws = new PartitionTask({
      layer: createDws({ rules }),
      input,
      writers: [],
      codec: new MsgpackFrameCodec(),
      partitions: () => 1,
      partitioner: partitionOf,
    });
    const operator = dws.operator as unknown as Emitting;
    let rows = 0;
    const emit = (): void => {
      const emission = operator.collect(dws.position);
      if (emission === null) return;
      for (const block of emission.blocks) rows += block.rows;
      operator.acknowledge(emission);
    };
    for (const value of some) {
      dws.run([{ offset: dws.position, timestamp_ms: 0, key: null, value }]);
      if ((operator.pending ?? 0) > EMISSION_ROWS) emit();
    }
    emit();
    return rows;
  };
  through(firstRows(frames, WARM_UP_ROWS));
  const { answer: rows, spent } = await timed(begin_at, () => through(frames));
  return { ...spent, rows };
}

async function timed<Answer>(begin_at: number, work: () => Answer) {
  await sleep(Math.max(0, begin_at - Date.now()));
  const [began_us, began_main_us, began_ms] = [ownCpu_us(), mainThread_us(), performance.now()];
  const answer = work();
  const spent = {
    cpu_us: ownCpu_us() - began_us,
    main_us: mainThread_us() - began_main_us,
    wall_s: (performance.now() - began_ms) / 1_000,
    rss_mb: peakRss_mb(),
  };
  return { answer, spent };
}

/** One of each file after the other, as a log would have them. */
function inTurns(files: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  const longest = Math.max(...files.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => files.flatMap((file) => file.slice(i, i + 1))).flat();
}

/** So many of the first as hold that many rows. */
function firstRows(frames: readonly Uint8Array[], rows: number): readonly Uint8Array[] {
  const codec = new MsgpackFrameCodec();
  let [held, count] = [0, 0];
  while (count < frames.length && held < rows) held += codec.decode(frames[count++] ?? new Uint8Array()).rows.length;
  return frames.slice(0, count);
}

function framesIn(file: string): Uint8Array[] {
  const bytes = readFileSync(file);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    frames.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return frames;
}
