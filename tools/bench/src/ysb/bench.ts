import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import { peerOfYsb } from '../peers/ysb';
import { makeYsb } from './input';
import type { YsbJob } from './run';

const EVENTS = 1_000_000;
/** Beside a JVM: at a million it is still compiling. */
const EVENTS_BESIDE_PEERS = 8_000_000;
const WARM_UP = 150_000;

export const ysbBench: Bench = {
  name: 'ysb',
  method: `The Yahoo Streaming Benchmark as a small app on the engine (libs/stream): events of its schema as JSON in files, views kept, the campaign of the ad
found (100 campaigns of 10 ads, from Redis, cached), views counted by campaign in windows of 10 s of event time, counts that changed written to
a real Redis every second, exactly once (state and position in snapshots every 10 s, counts overwritten under their version). 10 000 events
a second of event time. A run is a process of its own that reads a small input first (warm-up: fresh operators follow), then all of it. CPU of
the process, user and system, all threads; Redis apart; events_per_cpu_s beside it. --clicks says how many events. With PEERS the same on Flink,
tuned by hand (ysb/flink, built with the peers' Flink: Java 17 and Maven), on the same files and the same Redis; it writes counts
without a version. Of both, CPU counts from the first read until the store has the last count.
Check: every campaign and window in Redis against the generator's own counts: 0 differences.`,
  prepare: async ({ clicks, peers, say }) => {
    const { startRedis } = await import('@millrace/testkit/servers');
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const redis = await startRedis({ directory: join(scratch, 'redis') });
    say('making its input');
    const events = clicks ?? (peers === null ? EVENTS : EVENTS_BESIDE_PEERS);
    const input = makeYsb(join(scratch, 'input'), events);
    const warm = makeYsb(join(scratch, 'warm'), Math.min(WARM_UP, events));
    const job: YsbJob = { input, warm, redis: { port: redis.port, pid: redis.pid }, scratch: join(scratch, 'run') };
    return {
      candidates: [
        { what: '', run: () => inOwnProcess<Run>('ysb', job) },
        ...(peers === null ? [] : [peerOfYsb(peers, input, warm, redis.port)]),
      ],
      close: async () => {
        await redis.stop();
        rmSync(scratch, { recursive: true, force: true });
      },
    };
  },
};
