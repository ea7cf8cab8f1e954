import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, BenchOptions, Candidate, Prepared } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { Found } from './check';
import { peersOfAdjoin, WHAT_PEERS_LEAVE_OUT } from '../peers/adjoin';
import { inputOf, warmUpOf } from './chosen-input';
import type { Totals } from './oracle';
import type { AdjoinAnswer, AdjoinJob } from './run';

const CLICKS = 400_000;
const SNAPSHOTS_S = 10;
/** A fixed cost of the process for each click of the check. */
const ROOMY = ['--max-old-space-size=12000'];

export const adjoinBench: Bench = {
  name: 'adjoin',
  method: `Files of JSON to facts and sums in one process: ODS, DWD and DWS as the services run them, on the engine that the services run, over a
log that reads the files and hands frames on in memory, snapshots of DWD and DWS every 10 s of wall time
to files, fsynced. A run is a process of its own that reads a small input first (warm-up: fresh operators follow), then all of the input
once; candidates take turns, run by run. The figure is the process's CPU, user and system and all threads, from the first read to the
last emission, less what is kept for the check. second_half is that of the second half of the events. Rows go to a store that keeps
nothing but ads by day: the sinks are measured by the bench of that name.
Candidates: "full" keeps every grain, window and metric, distinct users included; "ad-day" is the like-for-like mode: the sums that the peers make
and no others (ODS and DWD still do all of semantics.md); "full, encoded" makes bytes of the frames between the layers, and frames of these, as services
do that have Kafka between them. stages: shares of a profiled run that is not counted.
Check: an oracle that tries every click of a user for every conversion: each conversion must have the best click, or the best
of those that came within the lateness; clicks, cost, and every row (ad, day) with its distinct users must be equal.`,
  prepare: async (options) => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const close = async (): Promise<void> => rmSync(scratch, { recursive: true, force: true });
    try {
      return { ...(await prepared(options, scratch)), close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};

async function prepared(options: BenchOptions, scratch: string): Promise<Prepared> {
  const input = await inputOf(options, CLICKS, scratch);
  const warm = await warmUpOf(options, input, scratch);
  options.say('asking the oracle');
  const truth = await inOwnProcess<Totals>('adjoin-truth', input, ROOMY);
  const job: Omit<AdjoinJob, 'mode' | 'encoded' | 'profile'> = {
    ...input,
    warm,
    scratch: join(scratch, 'run'),
    snapshots_s: SNAPSHOTS_S,
  };
  const candidate = (mode: AdjoinJob['mode'], encoded = false): Candidate => ({
    what: encoded ? `${mode}, encoded` : mode,
    parts: async () => (await inOwnProcess<AdjoinAnswer>('adjoin', { ...job, mode, encoded, profile: true })).parts ?? {},
    run: async () => {
      const { answers, ...figures } = await inOwnProcess<AdjoinAnswer>('adjoin', { ...job, mode, encoded, profile: false });
      const checked = await inOwnProcess<{ correct: boolean; found: Found }>('adjoin-check', { answers, input }, ROOMY);
      return { ...figures, snapshot_bytes_per_click: figures.snapshot_bytes / truth.clicks, ...checked };
    },
  });
  const { clicks, conversions, duplicates, repeated } = truth;
  return {
    candidates: [
      candidate('full'),
      candidate('ad-day'),
      candidate('full', true),
      ...(options.peers === null ? [] : peersOfAdjoin(options.peers, input, warm, truth)),
    ],
    notes: [
      ...(options.peers === null ? [] : [WHAT_PEERS_LEAVE_OUT]),
      `${input.events} events (${(input.bytes / 1e6).toFixed(0)} MB) in ${input.parts} files over ${input.days} days: ${clicks} clicks that count, ${conversions} conversions, ${duplicates} delivered again, ${repeated} repeated clicks (R8)`,
      `warm-up: ${warm.events} events`,
    ],
  };
}
