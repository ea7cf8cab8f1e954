import { TOPICS } from '@millrace/ads';
import type { ServiceProgram } from '@millrace/boot';
import { createDwd } from '@millrace/layer-dwd';
import {
  beginCountingLateLane,
  conductOf,
  INSTANCE_OPTIONS,
  instanceOf,
  instanceProblems,
  KAFKA_OPTIONS,
  kafkaProblems,
  openLog,
  PROCESS_OPTIONS,
  RULES_OPTIONS,
  rulesOf,
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
  ...INSTANCE_OPTIONS,
  ...SNAPSHOT_OPTIONS,
  ...RULES_OPTIONS,
  ...EPOCH_OPTIONS,
};

/** DWD: each instance has the partitions of its ordinal, and their state. */
export const dwd: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-dwd',
  service: 'dwd',
  description: 'Who gets the credit, who is new, and what is a duplicate: by user.',
  options: OPTIONS,
  agreements: [kafkaProblems, (settings) => instanceProblems(settings), snapshotProblems],
  conduct: conductOf,
  async open(settings, context) {
    const rules = rulesOf(settings);
    beginCountingLateLane(context.meter);
    const log = await openLog(
      settings,
      { topics: [TOPICS.action, TOPICS.exposure, TOPICS.fact, TOPICS.late], outside: [] },
      context,
    );
    return workOf(
      { log, snapshots: snapshotPlacesOf(settings) },
      {
        rules,
        epoch: epochsOf(settings),
        layers: [createDwd({ rules })],
        instance: instanceOf(settings),
        snapshot_interval_ms: settings['snapshots.interval'],
      },
      context,
    );
  },
};
