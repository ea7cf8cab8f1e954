import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Candidate } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { FillAnswer, FillJob, start, StartJob } from './run';

const CLICKS = 500_000;
const ROOMY = ['--max-old-space-size=8000'];

export const recoveryBench: Bench = {
  name: 'recovery',
  method: `How long DWD is away. Clicks as the peers' generator draws them (--clicks of them over 14 days; 20000000 is the target's size) are put into
ods.action of a log of files and taken by DWD on the engine, with snapshots every 10 s (every second if there are fewer than
2 million: the log is read faster than life); then it is started again and again in a process of its
own, "from a snapshot" and, candidates taking turns, "cold": without its snapshots, by silent replay of the log. ready_s is the wall time from
the start of the runner until it is ready; CPU per click beside it. The fill, profiled, says what snapshots cost: their share of the main
thread's busy time (capture, checksum, writes; fsync happens in other threads), and the longest time that a capture stopped the loop.
Check: the state is, byte by byte as a snapshot would hold it, what it was when the process ended.`,
  prepare: async ({ clicks, say }) => {
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const close = async (): Promise<void> => rmSync(scratch, { recursive: true, force: true });
    const events = clicks ?? CLICKS;
    try {
      say(`filling a log with ${events} clicks, and DWD with them`);
      const filled = await inOwnProcess<FillAnswer>(
        'recovery-fill',
        { directory: scratch, clicks: events } satisfies FillJob,
        ROOMY,
      );
      const candidate = (what: string, cold: boolean): Candidate => ({
        what,
        run: async () => {
          const job: StartJob = { directory: scratch, cold };
          const { cpu_us, ready_s, rss_mb, digest } = await inOwnProcess<Awaited<ReturnType<typeof start>>>(
            'recovery-start',
            job,
            ROOMY,
          );
          const { digest: should, ...fill } = filled;
          return {
            us_per_event: cpu_us / events,
            events,
            wall_s: ready_s,
            ready_s,
            rss_mb,
            correct: digest === should,
            fill,
          };
        },
      });
      const { us_per_event, snapshots, snapshot_share, longest_stop_ms, snapshot_bytes } = filled;
      return {
        candidates: [candidate('from a snapshot', false), candidate('cold', true)],
        notes: [
          `filled: ${us_per_event.toFixed(2)} µs per click (profiled), ${snapshots} snapshots with ${(snapshot_share * 100).toFixed(1)} % of the main thread, longest stop ${longest_stop_ms.toFixed(1)} ms, ${(snapshot_bytes / events).toFixed(1)} bytes per click`,
        ],
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
