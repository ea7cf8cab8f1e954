import { TOPICS } from '@millrace/ads';
import type { ServiceProgram } from '@millrace/boot';
import { createDws } from '@millrace/layer-dws';
import {
  CLICKHOUSE_OPTIONS,
  conductOf,
  EMISSION_OPTIONS,
  INSTANCE_OPTIONS,
  instanceOf,
  instanceProblems,
  KAFKA_OPTIONS,
  kafkaProblems,
  measureFreshness,
  noticesOf,
  openLog,
  openOlap,
  openServing,
  PROCESS_OPTIONS,
  REDIS_OPTIONS,
  redisProblems,
  RULES_OPTIONS,
  rulesOf,
  sendNotices,
  SNAPSHOT_OPTIONS,
  snapshotPlacesOf,
  snapshotProblems,
  workOf,
  EPOCH_OPTIONS,
  epochsOf,
} from '@millrace/service';

const OPTIONS = {
  ...PROCESS_OPTIONS,
  ...KAFKA_OPTIONS,
  ...CLICKHOUSE_OPTIONS,
  ...REDIS_OPTIONS,
  ...INSTANCE_OPTIONS,
  ...SNAPSHOT_OPTIONS,
  ...EMISSION_OPTIONS,
  ...RULES_OPTIONS,
  ...EPOCH_OPTIONS,
};

/** DWS: each instance has the partitions of its ordinal, and their sums. */
export const dws: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-dws',
  service: 'dws',
  description: 'Facts become sums: by merchant.',
  options: OPTIONS,
  agreements: [kafkaProblems, redisProblems, (settings) => instanceProblems(settings), snapshotProblems],
  conduct: conductOf,
  async open(settings, context) {
    const rules = rulesOf(settings);
    const layer = createDws({ rules });
    const log = await openLog(settings, { topics: [TOPICS.fact, TOPICS.notice], outside: [] }, context);
    const olap = await openOlap(settings, context);
    const serving = await openServing(settings, context);
    return workOf(
      { log, sinks: { olap, serving }, snapshots: snapshotPlacesOf(settings) },
      {
        rules,
        epoch: epochsOf(settings),
        layers: [layer],
        onEmitted: (emitted) => {
          measureFreshness(emitted, rules.lateness_ms, context);
          return sendNotices(log, noticesOf(layer.name, emitted));
        },
        instance: instanceOf(settings),
        emission_interval_ms: settings['emission.interval'],
        snapshot_interval_ms: settings['snapshots.interval'],
      },
      context,
    );
  },
};
