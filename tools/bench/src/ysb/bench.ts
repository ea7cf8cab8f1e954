import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Candidate, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import { script } from '../peers/script';
import { makeYsb, type YsbInput } from './input';
import type { YsbJob } from './run';

const EVENTS = 1_000_000;
const WARM_UP = 150_000;

export const ysbBench: Bench = {
  name: 'ysb',
  method: `The Yahoo Streaming Benchmark as a small app on the engine (libs/stream): events of its schema as JSON in files, views kept, the campaign of the ad
found (100 campaigns of 10 ads, from Redis, cached), views counted by campaign in windows of 10 s of event time, counts that changed written to
a real Redis every second, exactly once (state and position in snapshots every 10 s, counts overwritten under their version). 10 000 events
a second of event time. A run is a process of its own that reads a small input first (warm-up: fresh operators follow), then all of it. CPU of
the process, user and system, all threads; Redis apart; events_per_cpu_s beside it. --clicks says how many events.
Check: every campaign and window in Redis against the generator's own counts: 0 differences.`,
  prepare: async ({ clicks, peers, say }) => {
    const { startRedis } = await import('@millrace/testkit/servers');
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const redis = await startRedis({ directory: join(scratch, 'redis') });
    say('making its input');
    const input = makeYsb(join(scratch, 'input'), clicks ?? EVENTS);
    const warm = makeYsb(join(scratch, 'warm'), Math.min(WARM_UP, clicks ?? EVENTS));
    const job: YsbJob = { input, warm, redis: { port: redis.port, pid: redis.pid }, scratch: join(scratch, 'run') };
    const port = peers === null ? null : portOf(peers, input, warm);
    return {
      candidates: [{ what: '', run: () => inOwnProcess<Run>('ysb', job) }, ...(port === null ? [] : [port])],
      notes: peers !== null && port === null ? [`${peers} has no port of this benchmark (no ysb/run.sh): ours stands alone`] : [],
      close: async () => {
        await redis.stop();
        rmSync(scratch, { recursive: true, force: true });
      },
    };
  },
};

/** A port of the benchmark, if the peers have one: it reads IN and prints a line of JSON as their other peers do. */
function portOf(peers: string, input: YsbInput, warm: YsbInput): Candidate | null {
  const directory = join(peers, 'ysb');
  if (!existsSync(join(directory, 'run.sh'))) return null;
  const environment = { IN: input.folder, WARM: warm.folder, TMP_DIR: join(tmpdir(), 'millrace-bench', 'ysb') };
  return {
    what: 'peer: their port',
    run: async () => {
      const told = (await script({ command: ['./run.sh'], directory, environment })).findLast(
        (line) => typeof line['us_per_event'] === 'number',
      );
      if (told === undefined) throw new Error('the port told no figure');
      const { us_per_event, events, differences } = told as unknown as {
        us_per_event: number;
        events: number;
        differences?: number;
      };
      return { us_per_event, events, correct: differences === undefined ? null : differences === 0, found: told };
    },
  };
}
