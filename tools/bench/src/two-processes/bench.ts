import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf } from '../adjoin/chosen-input';
import type { Bench, Candidate, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { shared, split, Shard } from './run';

/** Enough for compiling, which each process does for itself, to weigh little. */
const CLICKS = 1_000_000;

export const twoProcessesBench: Bench = {
  name: 'two-processes',
  method: `DWD and DWS (the part with state) in one process and in two: the AdJoin input goes through ODS once, beforehand, into as many partitions of users as
there are processes (as kafka does it), each a file of frames; then one process takes all, or two, started together, take a partition each: decode,
DWD, encode, decode, DWS and its emissions. The figure is the CPU of all of them per event; wall_s is from the common start to the last end, and
speedup in the JSON that of the two runs of a round. On a machine whose cores are not free the wall says nothing; the CPU per event then does:
unchanged, the work divides. Each process takes the first 200 000 rows first, in operators of their own (warm-up). main_thread is the part of the figure that
is not garbage collection and compiling beside it. rows_per_event: a process sums the facts of its own users, so that a row of many users is emitted by
both, where the services share facts out by merchant: a tenth more rows for DWS in two than in one.
Check: both have the same number of facts, clicks and cost.`,
  prepare: async (options) => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const close = async (): Promise<void> => rmSync(scratch, { recursive: true, force: true });
    try {
      const input = await inputOf(options, CLICKS, scratch);
      options.say('ODS, once for one process and once for two');
      const shards = new Map<number, Shard[]>();
      for (const processes of [1, 2]) {
        const { files } = await inOwnProcess<Awaited<ReturnType<typeof split>>>('two-split', {
          folder: input.folder,
          parts: input.parts,
          processes,
          scratch,
        });
        shards.set(processes, files);
      }
      let alone: Run | null = null;
      const candidate = (processes: number): Candidate => ({
        what: processes === 1 ? 'one process' : 'two processes',
        run: async () => {
          const all = await Promise.all(
            (shards.get(processes) ?? []).map((shard) =>
              inOwnProcess<Awaited<ReturnType<typeof shared>>>('two-shared', { shard, begin_at: Date.now() + 2_000 }),
            ),
          );
          const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0);
          const found = { facts: sum(({ facts }) => facts), clicks: sum(({ clicks }) => clicks), cost: sum(({ cost }) => cost) };
          const run = {
            us_per_event: sum(({ cpu_us }) => cpu_us) / input.events,
            events: input.events,
            main_thread: sum(({ main_us }) => main_us) / input.events,
            rows_per_event: sum(({ rows }) => rows) / input.events,
            wall_s: Math.max(...all.map(({ wall_s }) => wall_s)),
            rss_mb: sum(({ rss_mb }) => rss_mb),
            correct: alone === null || JSON.stringify(alone.found) === JSON.stringify(found),
            cores: cpus().length,
            found,
          };
          if (processes === 1) alone = run;
          return processes === 1 || alone?.wall_s === undefined ? run : { ...run, speedup: alone.wall_s / run.wall_s };
        },
      });
      return { candidates: [candidate(1), candidate(2)], close };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
