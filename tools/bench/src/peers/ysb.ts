import { resolve } from 'node:path';
import type { Candidate } from '../harness/bench';
import type { YsbInput } from '../ysb/input';
import { kept } from './kept';
import { script } from './script';

/** What the port prints of a run. */
interface Told {
  readonly us_per_event: number;
  readonly late_half_us: number;
  readonly events: number;
  readonly wall_s: number;
  readonly rss_max_mb: number;
  readonly windows: number;
  readonly differences: number;
}

/** The benchmark on Flink, tuned by hand: the peers have none, so it is ours (ysb/flink/Ysb.java), on the Flink that they build. */
export const peerOfYsb = (peers: string, input: YsbInput, warm: YsbInput, redis_port: number): Candidate => ({
  what: 'peer: Flink, heap state, tuned by hand',
  run: async () => {
    const lines = await script({
      command: ['./run.sh'],
      directory: 'tools/bench/src/ysb/flink',
      environment: {
        ...{ PEERS: resolve(peers), IN: input.folder, WARM: warm.folder, EVENTS: String(input.events) },
        ...{ REDIS_PORT: String(redis_port), TMP_DIR: kept('flink') },
      },
    });
    const told = lines.findLast((line) => typeof line['us_per_event'] === 'number') as Told | undefined;
    if (told === undefined) throw new Error('the port told no figure');
    const { us_per_event, late_half_us, events, wall_s, rss_max_mb, windows, differences } = told;
    return {
      us_per_event,
      second_half: late_half_us,
      events,
      events_per_cpu_s: Math.round(1e6 / us_per_event),
      wall_s,
      rss_mb: rss_max_mb,
      correct: differences === 0 && windows > 0 && events === input.events,
      found: { windows, differences },
    };
  },
});
