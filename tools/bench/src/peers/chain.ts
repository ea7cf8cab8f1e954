import { join } from 'node:path';
import type { AdjoinInput } from '../adjoin/input';
import type { Totals } from '../adjoin/oracle';
import type { Candidate } from '../harness/bench';
import { kept } from './kept';
import { script } from './script';

/** A stage of the peers' chain, and what the broker spent on it in the line that follows. */
interface Stage {
  readonly stage?: string;
  readonly mode?: string;
  readonly cpu_s?: number;
  readonly late_half_us?: number;
  readonly wall_s?: number;
  readonly rss_max_mb?: number;
  readonly clicks?: number;
  readonly broker_cpu_s?: number;
}

const HOPS = ['ods', 'dwd', 'dws'];

/** Three Flink jobs over Kafka, exactly once, one after the other: the peers' chain.sh, which brings its own broker (port 9092). */
export function peersOfChain(peers: string, input: AdjoinInput, warm: AdjoinInput, truth: Totals): Candidate[] {
  const environment = { IN: input.folder, WARM: warm.folder, EOS_LIST: 'true', ROUNDS: '1', TMP_DIR: kept('flink') };
  return [
    {
      what: 'peer: Flink, three jobs over Kafka, tuned by hand',
      run: async () => {
        const lines = (await script({ command: ['./chain.sh'], directory: join(peers, 'flink'), environment })) as Stage[];
        // The stages of the warm-up input name another topic and have no exactly-once in their names.
        const counted = HOPS.map((hop) => lines.findIndex(({ stage }) => stage?.startsWith(`MODE=${hop} EOS=true`) === true));
        const stages = counted.map((at) => lines[at] ?? {});
        if (stages.some(({ cpu_s }) => cpu_s === undefined)) throw new Error('the peers’ chain told no figure for a stage');
        const { events } = input;
        const sum = (of: (stage: Stage) => number | undefined): number =>
          stages.reduce((total, stage) => total + (of(stage) ?? 0), 0);
        const broker_s = counted.reduce((total, at) => total + (lines[at + 1]?.broker_cpu_s ?? 0), 0);
        return {
          us_per_event: (sum(({ cpu_s }) => cpu_s) / events) * 1e6,
          second_half: sum(({ late_half_us }) => late_half_us),
          events,
          wall_s: sum(({ wall_s }) => wall_s),
          rss_mb: sum(({ rss_max_mb }) => rss_max_mb),
          processes: Object.fromEntries(stages.map(({ cpu_s = 0 }, at) => [HOPS[at] ?? '', (cpu_s / events) * 1e6])),
          apart: { kafka: (broker_s / events) * 1e6 },
          correct: stages.some(({ clicks }) => clicks === truth.clicks + truth.repeated),
          found: stages.at(-1),
        };
      },
    },
  ];
}
