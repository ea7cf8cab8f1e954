import { checksum, FileVolume } from '@millrace/adapters/file';
import { FrameReferences } from '@millrace/adapters/memory';
import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DEFAULT_RULES as rules, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { SystemClock } from '@millrace/boot';
import { createRunner } from '@millrace/service';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownCpu_us, peakRss_mb } from '../harness/cpu';
import { partOfChain } from '../harness/parts';
import { profiling } from '../harness/profile';
import { AdDayStore, nowhere } from './ad-days';
import type { Answers } from './check';
import { adjoinSource } from './declaration';
import { MODES, type ModeName } from './modes';
import { PipeLog } from './pipe-log';
import { Spool } from './spool';

export interface AdjoinJob {
  readonly folder: string;
  readonly parts: number;
  readonly events: number;
  readonly mode: ModeName;
  /** Between the layers, frames are bytes, as in a log that is kept; else they are handed on as they are. */
  readonly encoded: boolean;
  /** A small input that is read first, by operators of its own. */
  readonly warm: { readonly folder: string; readonly parts: number; readonly events: number } | null;
  /** Everything that is written goes here. */
  readonly scratch: string;
  readonly snapshots_s: number;
  readonly profile: boolean;
}

export interface AdjoinAnswer {
  readonly us_per_event: number;
  readonly second_half: number;
  readonly events: number;
  readonly wall_s: number;
  readonly rss_mb: number;
  readonly emitted_rows: number;
  readonly snapshots: number;
  readonly snapshot_bytes: number;
  readonly longest_stop_ms: number;
  readonly answers: Answers;
  readonly parts?: Readonly<Record<string, number>>;
}

/** Of the default zone. */
const ZONE_MS = 8 * 3_600_000;

/** Files to facts and sums in this process, by the engine and the layers that the services run. */
export async function adjoin({ warm, ...job }: AdjoinJob): Promise<AdjoinAnswer> {
  if (warm !== null) await once({ ...job, ...warm, profile: false });
  return once(job);
}

async function once({
  folder,
  parts,
  events,
  mode,
  encoded,
  scratch,
  snapshots_s,
  profile,
}: Omit<AdjoinJob, 'warm'>): Promise<AdjoinAnswer> {
  const { grains, metrics, checked } = MODES[mode];
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const answers: Answers = { facts: join(scratch, 'facts'), rows: join(scratch, 'rows.json'), metrics: checked };
  const spool = new Spool(answers.facts);
  const codec = encoded ? new MsgpackFrameCodec() : new FrameReferences();
  const kept = new MsgpackFrameCodec();
  // What is kept for the check is not the engine's work: its CPU is taken off.
  let checking_us = 0;
  const around = (work: () => void): void => {
    const before = ownCpu_us();
    work();
    checking_us += ownCpu_us() - before;
  };
  const rows = new AdDayStore(ZONE_MS, around);
  const spent_us = (): number => ownCpu_us() - checking_us;
  let half: { readonly us: number; readonly events: number } | null = null;

  const ods = createOds({ sources: [adjoinSource()], rules });
  const [raw = ''] = ods.inputs;
  const log = new PipeLog({
    folder,
    parts,
    raw,
    onAppend: ({ topic }, value) => {
      if (topic === TOPICS.fact) around(() => spool.add(encoded ? value : kept.encode(codec.decode(value))));
    },
    onRead: (read) => {
      if (half === null && read >= events / 2) half = { us: spent_us(), events: read };
    },
  });
  const volume = join(scratch, 'snapshots');
  const stops: number[] = [];
  const meter = {
    count: () => undefined,
    gauge: () => undefined,
    observe: (name: string, value: number) => {
      if (name === 'snapshot_capture_seconds') stops.push(value * 1_000);
    },
    forget: () => undefined,
  };
  const runner = createRunner(
    {
      log,
      codec,
      clock: new SystemClock(),
      meter,
      sinks: { olap: rows, serving: nowhere },
      ...(snapshots_s > 0 && { snapshots: { volume: new FileVolume(volume), checksum } }),
    },
    {
      rules,
      raw: [ods],
      layers: [createDwd({ rules }), createDws({ rules, grains, metrics })],
      idles: () => false,
      snapshot_interval_ms: snapshots_s * 1_000,
    },
  );
  await runner.recovered();

  const profiled = profile ? await profiling(partOfChain) : null;
  const began_us = spent_us();
  const began_ms = performance.now();
  const running = runner.run();
  await Promise.race([runner.drain(), running]);
  const ended_us = spent_us();
  const wall_s = (performance.now() - began_ms) / 1_000;
  const shares = await profiled?.();
  const rss_mb = peakRss_mb();
  const taken = stops.length;
  // One more snapshot, of all: its size is told, its time is not counted.
  await runner.stop();
  spool.close();
  writeFileSync(answers.rows, JSON.stringify(Object.fromEntries(rows.sums())));
  const middle = half as { readonly us: number; readonly events: number } | null;
  return {
    us_per_event: (ended_us - began_us) / events,
    second_half: middle === null ? NaN : (ended_us - middle.us) / (events - middle.events),
    events,
    wall_s,
    rss_mb,
    emitted_rows: rows.rows,
    snapshots: taken,
    snapshot_bytes: snapshots_s > 0 ? sizeOf(join(volume, 'dwd')) : 0,
    longest_stop_ms: Math.max(0, ...stops.slice(0, taken)),
    answers,
    ...(shares && { parts: shares }),
  };
}

/** Bytes of all files below. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
