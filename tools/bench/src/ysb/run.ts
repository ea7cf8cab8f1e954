import { checksum, FileVolume } from '@millrace/adapters/file';
import { RedisServingStore } from '@millrace/adapters/redis';
import { DEFAULT_RULES as rules } from '@millrace/ads';
import { SystemClock } from '@millrace/boot';
import { createRunner } from '@millrace/service';
import type { OlapStore } from '@millrace/stream';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PipeLog } from '../adjoin/pipe-log';
import { cpuOf_us, ownCpu_us, peakRss_mb } from '../harness/cpu';
import { quiet } from '../harness/quiet-meter';
import { counts, views, YSB_RAW, ysbKey } from './app';
import { adsOf, campaigns, type YsbInput } from './input';

export interface YsbJob {
  readonly input: YsbInput;
  readonly warm: YsbInput;
  readonly redis: { readonly port: number; readonly pid: number };
  readonly scratch: string;
}

/** Nothing is written there: the benchmark's results are in Redis. */
const noOlap: OlapStore = {
  command: async () => undefined,
  insert: async () => undefined,
  query: async () => [],
  ping: async () => undefined,
  close: async () => undefined,
};

export async function ysb({ input, warm, redis, scratch }: YsbJob) {
  await once(warm, redis, scratch, false);
  return once(input, redis, scratch, true);
}

async function once(input: YsbInput, redis: YsbJob['redis'], scratch: string, isChecked: boolean) {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const run = `${process.pid}-${isChecked ? 'run' : 'warm'}`;
  const serving = new RedisServingStore({ place: { kind: 'single', at: { host: '127.0.0.1', port: redis.port } } });
  // As the benchmark does: which campaign an ad is of is in Redis, and a cache holds it.
  const stored = [...adsOf(campaigns())].map(([ad, campaign]) => ({
    key: `{ads}:${ad}`,
    version: 1,
    value: Buffer.from(campaign),
    expires_ms: Date.UTC(2100, 0, 1),
  }));
  await serving.put(stored, true);
  const names = await serving.get(stored.map(({ key }) => key));
  const campaignOf = new Map(
    stored.map(({ key }, i) => [key.slice('{ads}:'.length), Buffer.from(names[i]?.value ?? []).toString()]),
  );

  let half: { readonly us: number; readonly events: number } | null = null;
  const log = new PipeLog({
    folder: input.folder,
    parts: input.parts,
    raw: YSB_RAW,
    onAppend: () => undefined,
    onRead: (read) => {
      if (half === null && read >= input.events / 2) half = { us: ownCpu_us(), events: read };
    },
  });
  const runner = createRunner(
    {
      log,
      clock: new SystemClock(),
      meter: quiet,
      sinks: { olap: noOlap, serving },
      snapshots: { volume: new FileVolume(join(scratch, 'snapshots')), checksum },
    },
    { rules, raw: [views(campaignOf)], layers: [counts(run)], idles: () => false, emission_interval_ms: 1_000 },
  );
  await runner.recovered();
  const [began_us, redis_us, began_ms] = [ownCpu_us(), cpuOf_us(redis.pid), performance.now()];
  const running = runner.run();
  await Promise.race([runner.drain(), running]);
  const ended_us = ownCpu_us();
  const wall_s = (performance.now() - began_ms) / 1_000;
  const apart = { redis: (cpuOf_us(redis.pid) - redis_us) / input.events };
  await runner.stop();

  const truth = Object.entries(isChecked ? (JSON.parse(readFileSync(input.truth, 'utf8')) as Record<string, number>) : {});
  const keys = truth.map(([cell]) => {
    const [campaign = '', window = ''] = cell.split('|');
    return ysbKey(run, 0, campaign, Number(window));
  });
  const written = await serving.get(keys);
  const differences = truth
    .filter(([, views]) => views > 0)
    .filter(([, views], i) => Number(Buffer.from(written[i]?.value ?? []).toString()) !== views);
  await serving.close();
  const middle = half as { readonly us: number; readonly events: number } | null;
  return {
    us_per_event: (ended_us - began_us) / input.events,
    second_half: middle === null ? NaN : (ended_us - middle.us) / (input.events - middle.events),
    events: input.events,
    events_per_cpu_s: Math.round((input.events / (ended_us - began_us)) * 1e6),
    wall_s,
    rss_mb: peakRss_mb(),
    apart,
    correct: differences.length === 0 && truth.length > 0,
    found: { windows: truth.length, differences: differences.length },
  };
}
