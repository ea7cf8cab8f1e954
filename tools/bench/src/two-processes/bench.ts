import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputOf } from '../adjoin/chosen-input';
import type { Bench, Candidate, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { joined, JoinJob, split, Shard, summed, SumJob } from './run';

/** Enough for compiling, which each process does for itself, to weigh little. */
const CLICKS = 1_000_000;
/** Time for all processes to warm up. */
const TO_START_MS = 5_000;

export const twoProcessesBench: Bench = {
  name: 'two-processes',
  method: `DWD and DWS (the part with state) in one process and in two: the AdJoin input goes through ODS once, beforehand, into as many partitions of users as
there are processes (as kafka does it), each a file of frames. Then one process takes all through DWD, or two, begun together, a partition each: decode,
DWD, encode; its facts go into as many partitions of merchants, and as many processes take those: decode, DWS and its emissions. The figure is the CPU of
all of them per event ("stages": of each half); wall_s is from the common start to the last end of each half, and speedup in the JSON that of the two runs
of a round. On a machine whose cores are not free the wall says nothing; the CPU per event then does: unchanged, the work divides. Each process takes its
first 200 000 rows first, in operators of their own (warm-up). main_thread is the part of the figure that is not garbage collection and compiling beside it.
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
          const files = shards.get(processes) ?? [];
          const facts = (from: number, to: number): string => join(scratch, `facts-${processes}-${from}-${to}`);
          const joins = await each(files, (shard, begin_at) =>
            inOwnProcess<Awaited<ReturnType<typeof joined>>>('two-joined', {
              shard,
              to: files.map(({ partition }) => facts(shard.partition, partition)),
              begin_at,
            } satisfies JoinJob),
          );
          const sums = await each(files, ({ partition }, begin_at) =>
            inOwnProcess<Awaited<ReturnType<typeof summed>>>('two-summed', {
              from: files.map(({ partition: from }) => facts(from, partition)),
              partition,
              begin_at,
            } satisfies SumJob),
          );
          const all = [...joins, ...sums];
          const found = {
            facts: total(joins, ({ facts: made }) => made),
            clicks: total(joins, ({ clicks }) => clicks),
            cost: total(joins, ({ cost }) => cost),
          };
          const run = {
            us_per_event: total(all, ({ cpu_us }) => cpu_us) / input.events,
            events: input.events,
            main_thread: total(all, ({ main_us }) => main_us) / input.events,
            rows_per_event: total(sums, ({ rows }) => rows) / input.events,
            wall_s: longest(joins) + longest(sums),
            rss_mb: Math.max(total(joins, ({ rss_mb }) => rss_mb), total(sums, ({ rss_mb }) => rss_mb)),
            stages: { dwd: total(joins, ({ cpu_us }) => cpu_us) / input.events, dws: total(sums, ({ cpu_us }) => cpu_us) / input.events },
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

/** A process for each, begun together. */
const each = <Item, Answer>(items: readonly Item[], start: (item: Item, begin_at: number) => Promise<Answer>): Promise<Answer[]> => {
  const begin_at = Date.now() + TO_START_MS;
  return Promise.all(items.map((item) => start(item, begin_at)));
};

const total = <Item>(items: readonly Item[], of: (item: Item) => number): number => items.reduce((sum, item) => sum + of(item), 0);
const longest = (of: readonly { readonly wall_s: number }[]): number => Math.max(...of.map(({ wall_s }) => wall_s));
