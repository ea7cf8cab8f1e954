import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../harness/bench';

const EMISSION_MS = 1_000;
const SECONDS = 15;
const BACKLOG = 100_000;
const SHARES = [0.5, 0.8];

export const freshnessBench: Bench = {
  name: 'freshness',
  method: `Event to answer, open loop: real Kafka, Redis, ClickHouse, and ODS, DWD, DWS and APP as they are built, an emission every second, snapshots every
10 s, generator and asker on the same cores. The own maximum is how fast ${BACKLOG} events that all are due get from the generator into answers. Then
events come at 50 % and at 80 % of it, each stamped with the time it was scheduled for, sent then whether or not earlier ones are done. Every
hundredth is a click of a probe merchant; the API is asked for that merchant's day all the time, and a probe is answered when it is counted:
p50, p99 and maximum of answered less scheduled. CPU per event of each service (waiting and emissions included), servers apart. A rate
runs for ${SECONDS} s. Candidates take turns.
Check: every probe is counted, once. generator_late_ms says how far behind its schedule the generator itself was.`,
  prepare: async ({ say, clicks }) => {
    const [{ Warehouse }, { freshness, maximum }] = await Promise.all([import('../warehouse/warehouse'), import('./run')]);
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const discard = (): void => rmSync(scratch, { recursive: true, force: true });
    const warehouse = await Warehouse.start({
      directory: scratch,
      services: ['ods', 'dwd', 'dws', 'app'],
      emission_ms: EMISSION_MS,
      partitions: 2,
    }).catch((error: unknown) => {
      discard();
      throw error;
    });
    const close = async (): Promise<void> => {
      await warehouse.stop();
      discard();
    };
    try {
      const backlog = clicks ?? BACKLOG;
      say('looking for the own maximum');
      // The first warms up.
      await maximum(warehouse, Math.ceil(backlog / 4), EMISSION_MS);
      const rate = await maximum(warehouse, backlog, EMISSION_MS);
      return {
        candidates: SHARES.map((share) => ({
          what: `${share * 100} % of the maximum`,
          run: async () => ({ ...(await freshness(warehouse, rate * share, SECONDS)), maximum: Math.round(rate) }),
        })),
        notes: [`own maximum: ${Math.round(rate)} events a second with everything on this machine`],
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  },
};
