import { openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { TOPICS } from '@millrace/ads';
import { readConfig } from '@millrace/boot';
import { clickHouseOptionsOf, kafkaOptionsOf } from '@millrace/service';
import type { OlapStore } from '@millrace/stream';
import { UP_OPTIONS } from '@millrace/up';

/** Where the stores are, as the chart's values have them. */
export interface Addresses {
  readonly brokers: readonly string[];
  readonly clickhouse: string;
  readonly redis: string;
}

/** What is looked at beside the API: how far each layer is, and what the archive holds. */
export interface Stores {
  readonly log: KafkaLog;
  readonly olap: OlapStore;
  close(): Promise<void>;
}

export const openStores = async ({ brokers, clickhouse }: Addresses): Promise<Stores> => {
  const environment = { MILLRACE_KAFKA_BROKERS: brokers.join(), MILLRACE_CLICKHOUSE_URL: clickhouse };
  const config = readConfig({ name: 'cluster', description: '' }, UP_OPTIONS, { args: [], environment });
  if (config.kind !== 'run') throw new Error(config.kind === 'problems' ? config.problems.join('\n') : config.text);
  const log = await KafkaLog.connect({ ...kafkaOptionsOf(config.settings), isOutside: (topic) => topic === TOPICS.http });
  const olap = openClickHouseStore(clickHouseOptionsOf(config.settings));
  return {
    log,
    olap,
    close: async () => {
      await log.close();
      await olap.close();
    },
  };
};
