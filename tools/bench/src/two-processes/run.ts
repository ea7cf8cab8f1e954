import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DEFAULT_RULES as rules, type Fact, partitionOf, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { type Emitting, type Layer, PartitionTask, RawTask, writerOf } from '@millrace/stream';
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

export interface SharedJob {
  readonly shard: Shard;
  /** Wall time at which all processes begin. */
  readonly begin_at: number;
}

/** DWD and DWS over one partition of users. */
export async function shared({ shard: { file, partition }, begin_at }: SharedJob) {
  const frames = framesIn(file);
  through(firstRows(frames, WARM_UP_ROWS), partition);
  await sleep(Math.max(0, begin_at - Date.now()));
  const [began_us, began_main_us, began_ms] = [ownCpu_us(), mainThread_us(), performance.now()];
  const { facts, rows, dwdFrames } = through(frames, partition);
  const cpu_us = ownCpu_us() - began_us;
  const main_us = mainThread_us() - began_main_us;
  const wall_s = (performance.now() - began_ms) / 1_000;
  const sums = { clicks: 0, cost: 0 };
  const codec = new MsgpackFrameCodec();
  for (const frame of dwdFrames)
    for (const { kind, sign, amount_minor } of codec.decode(frame).rows as Fact[])
      if (kind === 'click') {
        sums.clicks += sign;
        sums.cost += sign * amount_minor;
      }
  return { cpu_us, main_us, wall_s, rss_mb: peakRss_mb(), facts, rows, ...sums };
}

/** So many of the first as hold that many rows. */
function firstRows(frames: readonly Uint8Array[], rows: number): readonly Uint8Array[] {
  const codec = new MsgpackFrameCodec();
  let [held, count] = [0, 0];
  while (count < frames.length && held < rows) held += codec.decode(frames[count++] ?? new Uint8Array()).rows.length;
  return frames.slice(0, count);
}

interface Through {
  readonly facts: number;
  /** Of summaries, emitted. */
  readonly rows: number;
  readonly dwdFrames: Uint8Array[];
}

function through(frames: readonly Uint8Array[], partition: number): Through {
  const codec = new MsgpackFrameCodec();
  const taskOf = (layer: Layer, topic: string, writers: readonly string[]): PartitionTask =>
    new PartitionTask({ layer, input: { topic, partition }, writers, codec, partitions: () => 1, partitioner: partitionOf });
  const dwd = taskOf(createDwd({ rules }), TOPICS.action, [writerOf({ topic: TOPICS.action, partition })]);
  // What DWD sends to DWS is the same work whoever shares it: this process reads its own.
  const dws = taskOf(createDws({ rules }), TOPICS.fact, []);
  const operator = dws.operator as unknown as Emitting;
  const emit = (): void => {
    const emission = operator.collect(dws.position);
    if (emission === null) return;
    for (const block of emission.blocks) rows += block.rows;
    operator.acknowledge(emission);
  };
  const dwdFrames: Uint8Array[] = [];
  let facts = 0;
  let rows = 0;
  for (const value of frames) {
    dwd.run([{ offset: dwd.position, timestamp_ms: 0, key: null, value }]);
    for (const { to, frame } of dwd.take(false)) {
      if (to.topic !== TOPICS.fact) continue;
      const bytes = codec.encode(frame);
      facts += frame.rows.length;
      dwdFrames.push(bytes);
      dws.run([{ offset: dws.position, timestamp_ms: 0, key: null, value: bytes }]);
    }
    if ((operator.pending ?? 0) > EMISSION_ROWS) emit();
  }
  emit();
  return { facts, rows, dwdFrames };
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
