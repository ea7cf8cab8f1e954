import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf, warmUpOf } from '../adjoin/chosen-input';
import type { Found } from '../adjoin/check';
import { MODES, type ModeName } from '../adjoin/modes';
import type { Totals } from '../adjoin/oracle';
import type { Bench, BenchOptions, Candidate } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import { WHAT_PEERS_LEAVE_OUT } from '../peers/adjoin';
import { peersOfChain } from '../peers/chain';

const CLICKS = 400_000;
const ROOMY = ['--max-old-space-size=12000'];

export const chainBench: Bench = {
  name: 'chain',
  method: `The chain over real Kafka: ODS, DWD and DWS as processes of their own (apps/ods and apps/dwd as they are built; DWS as apps/dws, but with
stores that keep nothing: the sinks have a bench of their own), exactly once, snapshots every 10 s. One broker on the loopback interface holds
the input as a raw topic (a partition per file, batches of 256 kB, not compressed); inside topics (2 partitions) are made anew for every
run. The services start with all of the input waiting. CPU is that of each process, user and system and all threads, from /proc, against the
rows it has taken by its own /metrics, looked at every second: the first 15 % of the input warm up and do not count, second_half is the second
half, whole is everything from the start of the processes; the broker stands apart. Candidates take turns, run by run.
stages: every hop's parts (client, decode, the layer's work, engine, encode, snapshots, garbage collection) as shares of an uncounted run with
--cpu-prof in all three.
Candidates: "full" and the like-for-like "ad-day", as in the bench adjoin.
Check: as in the bench adjoin; the facts are read back from dwd.fact.`,
  prepare: async (options) => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const discard = (): void => rmSync(scratch, { recursive: true, force: true });
    try {
      return await prepared(options, scratch, discard);
    } catch (error) {
      discard();
      throw error;
    }
  },
};

async function prepared(options: BenchOptions, scratch: string, discard: () => void) {
  // Not before it is asked for: other benches need no client of Kafka.
  const [{ Broker }, { chain }, { adjoinSource }] = await Promise.all([
    import('./broker'),
    import('./run'),
    import('../adjoin/declaration'),
  ]);
  const input = await inputOf(options, CLICKS, scratch);
  options.say('asking the oracle');
  const truth = await inOwnProcess<Totals>('adjoin-truth', input, ROOMY);
  const source = adjoinSource();
  const broker = await Broker.start(scratch, `raw.${source.name}`);
  const close = async (): Promise<void> => {
    await broker.stop();
    discard();
  };
  try {
    options.say(`loading ${input.events} events into ${broker.version}`);
    await broker.load(input);
  } catch (error) {
    await close();
    throw error;
  }
  const candidate = (mode: ModeName): Candidate => {
    const job = { input, mode, scratch: join(scratch, 'run'), source };
    return {
      what: mode,
      parts: async () => (await chain(broker, { ...job, profile: true })).parts ?? {},
      run: async () => {
        const { answers, ...figures } = await chain(broker, { ...job, profile: false });
        const checked = await inOwnProcess<{ correct: boolean; found: Found }>('adjoin-check', { answers, input }, ROOMY);
        return { ...figures, kafka: broker.version, ...checked };
      },
    };
  };
  const { peers } = options;
  const beside = peers === null ? [] : peersOfChain(peers, input, await warmUpOf(options, input, scratch), truth);
  return {
    candidates: [...(Object.keys(MODES) as ModeName[]).map(candidate), ...beside],
    notes: peers === null ? [] : [WHAT_PEERS_LEAVE_OUT],
    close,
  };
}
