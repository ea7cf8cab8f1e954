import { checksum, FileLog, FileVolume } from '@millrace/adapters/file';
import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DEFAULT_RULES as rules, TOPICS } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { createDwd } from '@millrace/layer-dwd';
import { createRunner } from '@millrace/service';
import { type Runner, type Snapshotting, writerOf } from '@millrace/stream';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { clicksOver } from '../driven/clicks';
import { ownCpu_us, peakRss_mb } from '../harness/cpu';
import { partOfChain } from '../harness/parts';
import { profiling } from '../harness/profile';
import { quiet } from '../harness/quiet-meter';

export interface FillJob {
  readonly directory: string;
  readonly clicks: number;
}

export interface FillAnswer {
  readonly us_per_event: number;
  readonly wall_s: number;
  readonly snapshots: number;
  readonly longest_stop_ms: number;
  /** Of the busy time of the main thread. */
  readonly snapshot_share: number;
  readonly snapshot_bytes: number;
  readonly digest: string;
}

const SOURCE = { topic: 'raw.bench', partition: 0 };
const FRAME_ROWS = 500;
const FRAMES_AN_APPEND = 100;
const DAYS = 14;
const LONG_MS = 3_600_000;

const logIn = (directory: string): Promise<FileLog> => FileLog.open(join(directory, 'log'), { clock: new SystemClock() });

/** DWD by the engine over the log in the directory, with snapshots in `snapshots`. */
function dwdOver(
  log: FileLog,
  snapshots: string,
  snapshot_interval_ms: number,
  onStop: (ms: number) => void,
): { runner: Runner; digest: () => string } {
  const layer = createDwd({ rules });
  const meter = {
    ...quiet,
    observe: (name: string, value: number): void => {
      if (name === 'snapshot_capture_seconds') onStop(value * 1_000);
    },
  };
  const runner = createRunner(
    { log, clock: new SystemClock(), meter, snapshots: { volume: new FileVolume(snapshots), checksum } },
    { rules, layers: [layer], snapshot_interval_ms },
  );
  return { runner, digest: () => digestOf(layer.operators) };
}

/** The state of all operators as a snapshot would hold it. */
function digestOf(operators: readonly Snapshotting[]): string {
  const hash = createHash('sha256');
  for (const operator of operators) {
    for (const part of operator.snapshot()) {
      hash.update(part.name);
      for (const chunk of part.capture()) hash.update(chunk);
    }
  }
  return hash.digest('hex');
}

/** Puts clicks into ods.action, and lets DWD take them all: what it then holds is what a restart must bring back. */
export async function fill({ directory, clicks }: FillJob): Promise<FillAnswer> {
  const log = await logIn(directory);
  for (const topic of [TOPICS.action, TOPICS.exposure, TOPICS.fact, TOPICS.late]) await log.ensure(topic, 1);
  const clickAt = clicksOver({ clicks, days: DAYS, total: clicks });
  const codec = new MsgpackFrameCodec();
  const writer = writerOf(SOURCE);
  for (let n = 0; n < clicks;) {
    const records: { value: Uint8Array }[] = [];
    while (records.length < FRAMES_AN_APPEND && n < clicks) {
      const rows = Array.from({ length: Math.min(FRAME_ROWS, clicks - n) }, (_, i) => clickAt(n + i));
      const offsets = rows.map((_, i) => n + i);
      n += rows.length;
      const clocks = rows.map(({ event_time }) => event_time);
      const tick = { writer, next_offset: n, clock_ms: clocks.at(-1) ?? 0, known: [writer] };
      records.push({ value: codec.encode({ source: SOURCE, rows, offsets, ordinals: rows.map(() => 0), clocks, tick }) });
    }
    await log.append([{ to: { topic: TOPICS.action, partition: 0 }, records }]);
  }
  const stops: number[] = [];
  // A small input is over before ten seconds are.
  const interval_ms = clicks < 2_000_000 ? 1_000 : 10_000;
  const snapshots = join(directory, 'snapshots');
  const { runner, digest } = dwdOver(log, snapshots, interval_ms, (ms) => stops.push(ms));
  await runner.recovered();
  const profiled = await profiling(partOfChain);
  const [began_us, began_ms] = [ownCpu_us(), performance.now()];
  const running = runner.run();
  await Promise.race([runner.drain(), running]);
  const us_per_event = (ownCpu_us() - began_us) / clicks;
  const wall_s = (performance.now() - began_ms) / 1_000;
  const shares = await profiled();
  const taken = [...stops];
  await runner.stop();
  await log.close();
  return {
    us_per_event,
    wall_s,
    snapshots: taken.length,
    longest_stop_ms: Math.max(0, ...taken),
    snapshot_share: shares['snapshots'] ?? 0,
    snapshot_bytes: sizeOf(snapshots),
    digest: digest(),
  };
}

export interface StartJob {
  readonly directory: string;
  /** Without its snapshots, as on a machine that has lost its volume. */
  readonly cold: boolean;
}

/** Starts DWD anew, and tells how long it is until it goes on. */
export async function start({ directory, cold }: StartJob) {
  const log = await logIn(directory);
  const snapshots = join(directory, cold ? `none-${process.pid}` : 'snapshots');
  const [began_us, began_ms] = [ownCpu_us(), performance.now()];
  const { runner, digest } = dwdOver(log, snapshots, LONG_MS, () => undefined);
  const running = runner.run();
  await Promise.race([runner.ready(), running]);
  const ready_s = (performance.now() - began_ms) / 1_000;
  const cpu_us = ownCpu_us() - began_us;
  const said = digest();
  const rss_mb = peakRss_mb();
  await runner.stop();
  await log.close();
  return { ready_s, cpu_us, rss_mb, digest: said };
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
