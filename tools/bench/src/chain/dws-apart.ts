import { TOPICS, DEFAULT_RULES as rules } from '@millrace/ads';
import { type ServiceProgram } from '@millrace/boot';
import { createDws } from '@millrace/layer-dws';
import {
  conductOf,
  INSTANCE_OPTIONS,
  instanceOf,
  KAFKA_OPTIONS,
  openLog,
  PROCESS_OPTIONS,
  SNAPSHOT_OPTIONS,
  snapshotPlacesOf,
  workOf,
} from '@millrace/service';
import { writeFileSync } from 'node:fs';
import { AdDayStore, nowhere } from '../adjoin/ad-days';
import { MODES, type ModeName } from '../adjoin/modes';
import { ownCpu_us } from '../harness/cpu';

/** By environment: what is summed up, and where the answers go. */
export const DWS_APART = { mode: 'BENCH_MODE', answers: 'BENCH_ANSWERS' } as const;

export interface DwsAnswers {
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly emitted_rows: number;
  /** All that the process has spent, its last emission included, µs. */
  readonly cpu_us: number;
  /** Of it for keeping the answers: not the engine's. */
  readonly checking_us: number;
}

const OPTIONS = { ...PROCESS_OPTIONS, ...KAFKA_OPTIONS, ...INSTANCE_OPTIONS, ...SNAPSHOT_OPTIONS };
const ZONE_MS = 8 * 3_600_000;

/** DWS as apps/dws runs it, but for its stores: rows go to a store that keeps ads by day for the check, and nothing else. */
export const dwsApart: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-dws',
  service: 'dws',
  description: 'Facts become sums, which go nowhere.',
  options: OPTIONS,
  conduct: conductOf,
  async open(settings, context) {
    const { grains, metrics } = MODES[process.env[DWS_APART.mode] as ModeName];
    let checking_us = 0;
    const olap = new AdDayStore(ZONE_MS, (work) => {
      const before = ownCpu_us();
      work();
      checking_us += ownCpu_us() - before;
    });
    const log = await openLog(settings, { topics: [TOPICS.fact], outside: [] }, context);
    // Before the work, so that it is done after the last emission.
    await context.onStop('answers', () => {
      const answers: DwsAnswers = {
        rows: Object.fromEntries(olap.sums()),
        emitted_rows: olap.rows,
        cpu_us: ownCpu_us(),
        checking_us,
      };
      writeFileSync(process.env[DWS_APART.answers] ?? '', JSON.stringify(answers));
    });
    return workOf(
      { log, sinks: { olap, serving: nowhere }, snapshots: snapshotPlacesOf(settings) },
      {
        rules,
        layers: [createDws({ rules, grains, metrics })],
        instance: instanceOf(settings),
        snapshot_interval_ms: settings['snapshots.interval'],
      },
      context,
    );
  },
};
