import { join } from 'node:path';
import type { AdjoinInput } from '../adjoin/input';
import type { Totals } from '../adjoin/oracle';
import type { Candidate, Run } from '../harness/bench';
import { kept } from './kept';
import { script, type Script } from './script';

/** What a peer prints of a run, as far as all of them do. */
interface Told {
  readonly us_per_event: number;
  readonly late_half_us: number;
  readonly events: number;
  readonly wall_s: number;
  readonly rss_max_mb: number;
  readonly direct: number;
  readonly indirect: number;
  readonly organic: number;
  readonly clicks?: number;
  readonly cost?: number;
  readonly rows?: number;
}

export const WHAT_PEERS_LEAVE_OUT =
  'the peers read only the fields they need and do no validation, versions, repeated clicks (R8), distinct users, invalidations, refunds, late lane, or sums but those of an ad by day; the naive loop has no snapshots, ClickHouse keeps its tables';

/** Flink tuned by hand, ClickHouse in batches of 10 s at 20 000 events a second, a plain Node loop: on the same input, by their own scripts. */
export function peersOfAdjoin(peers: string, input: AdjoinInput, warm: AdjoinInput, truth: Totals): Candidate[] {
  const environment = { IN: input.folder, WARM: warm.folder };
  const heap = input.clicks > 8_000_000 ? '9g' : '4g';
  const flink = { MODE: 'full', STATE: 'hashmap', GC: 'Parallel', HEAP: heap, TMP_DIR: kept('flink') };
  // The script wants some batches, whatever the size.
  const batch = Math.min(200_000, Math.floor(input.events / 4));
  const clickhouse = { SCRIPT: 'micro.mjs', BATCH: String(batch), TMP_DIR: kept('clickhouse') };
  const candidate = (what: string, { command, directory, environment: own }: Script): Candidate => ({
    what: `peer: ${what}`,
    run: async () => {
      const told = (
        await script({ command, directory: join(peers, directory), environment: { ...environment, ...own } })
      ).findLast((line) => typeof line['us_per_event'] === 'number') as Told | undefined;
      if (told === undefined) throw new Error(`${what} told no figure`);
      return runOf(told, truth);
    },
  });
  return [
    candidate('Flink, heap state, tuned by hand', { command: ['./run.sh'], directory: 'flink', environment: flink }),
    candidate('ClickHouse, batches of 10 s', { command: ['./run.sh'], directory: 'clickhouse', environment: clickhouse }),
    candidate('plain Node loop', {
      command: [process.execPath, '--max-old-space-size=16000', 'naive.mjs'],
      directory: 'naive-node',
      environment: { MODE: 'full' },
    }),
  ];
}

/** Their sums, where they tell them; conversion by conversion they are compared by their own oracle (its README says how). */
function runOf(told: Told, truth: Totals): Run & object {
  const { direct, indirect, organic, clicks, cost, rows } = told;
  const close = (is: number, should: number): boolean => Math.abs(is - should) <= truth.contended + truth.repeated;
  const correct =
    direct + indirect + organic === truth.conversions &&
    close(direct, truth.direct) &&
    close(indirect, truth.indirect) &&
    close(organic, truth.organic) &&
    (clicks === undefined || clicks === truth.clicks + truth.repeated) &&
    (cost === undefined || cost === truth.cost + truth.repeated_cost);
  return {
    us_per_event: told.us_per_event,
    second_half: told.late_half_us,
    events: told.events,
    wall_s: told.wall_s,
    rss_mb: told.rss_max_mb,
    correct,
    found: { clicks, cost, direct, indirect, organic, rows },
  };
}
