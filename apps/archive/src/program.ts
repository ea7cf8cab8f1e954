import { MemoryServingStore } from '@millrace/adapters/memory';
import type { ServiceProgram } from '@millrace/boot';
import { createArchive } from '@millrace/layer-archive';
import {
  CLICKHOUSE_OPTIONS,
  conductOf,
  EMISSION_OPTIONS,
  KAFKA_OPTIONS,
  kafkaProblems,
  openLog,
  openOlap,
  PROCESS_OPTIONS,
  RULES_OPTIONS,
  rulesOf,
  workOf,
  EPOCH_OPTIONS,
  epochsOf,
} from '@millrace/service';

const OPTIONS = {
  ...PROCESS_OPTIONS,
  ...KAFKA_OPTIONS,
  ...CLICKHOUSE_OPTIONS,
  ...EMISSION_OPTIONS,
  ...RULES_OPTIONS,
  ...EPOCH_OPTIONS,
};

/** ARCHIVE: any number of instances; whatever one writes twice is one row. */
export const archive: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-archive',
  service: 'archive',
  description: 'Rows of the inside topics into ClickHouse, as they are.',
  options: OPTIONS,
  agreements: [kafkaProblems],
  conduct: conductOf,
  async open(settings, context) {
    const layer = createArchive();
    const log = await openLog(settings, { topics: layer.inputs, outside: [] }, context);
    const olap = await openOlap(settings, context);
    return workOf(
      // It has nothing to serve quickly.
      { log, sinks: { olap, serving: new MemoryServingStore(context.clock) } },
      {
        rules: rulesOf(settings),
        epoch: epochsOf(settings),
        layers: [layer],
        emission_interval_ms: settings['emission.interval'],
      },
      context,
    );
  },
};
