import { missingMigrations, openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { RedisServingStore } from '@millrace/adapters/redis';
import { TABLES } from '@millrace/ads';
import type { ServiceContext, Settings } from '@millrace/boot';
import type { Log, OlapStore, ServingStore } from '@millrace/stream';
import { type CLICKHOUSE_OPTIONS, clickHouseOptionsOf } from '../options/clickhouse';
import { type KAFKA_OPTIONS, kafkaOptionsOf } from '../options/kafka';
import { type REDIS_OPTIONS, redisOptionsOf } from '../options/redis';
import { measuredLog, measuredOlap, measuredServing, SinkMeter } from './sinks';

export interface LogNeeds {
  /** Topics without which there is nothing to do: waited for. */
  readonly topics: readonly string[];
  /** Those of them that others write (D7). */
  readonly outside: readonly string[];
}

/** Kafka, once it answers and has the topics. */
export const openLog = (
  settings: Settings<typeof KAFKA_OPTIONS>,
  { topics, outside }: LogNeeds,
  context: ServiceContext,
): Promise<Log> => {
  const sink = new SinkMeter('kafka', context);
  return context.open(
    'kafka',
    async () => {
      const log = await KafkaLog.connect({
        ...kafkaOptionsOf(settings),
        isOutside: (topic) => outside.includes(topic),
        meter: context.meter,
        onAppendRetry: sink.retried,
        warn: (message) => context.logger.warn({ dependency: 'kafka' }, message),
      });
      const missing = topics.filter((topic) => !hasTopic(log, topic));
      const [topic = ''] = topics;
      if (missing.length === 0) {
        void context.dependencies.watch('kafka', async () => void (await log.bounds({ topic, partition: 0 })), context.signal);
        return measuredLog(log, sink);
      }
      await log.close();
      throw new Error(`there is no topic ${missing.join(', ')}; \`npm run admin -- topics create\` makes what is missing`);
    },
    (log) => log.close(),
  );
};

const hasTopic = (log: Log, topic: string): boolean => {
  try {
    return log.partitions(topic) > 0;
  } catch {
    return false;
  }
};

/** ClickHouse, once it answers and has the tables as this version writes and asks them. */
export const openOlap = (settings: Settings<typeof CLICKHOUSE_OPTIONS>, context: ServiceContext): Promise<OlapStore> => {
  const name = 'clickhouse';
  const sink = new SinkMeter(name, context);
  return context.open(
    name,
    async () => {
      const olap = openClickHouseStore({
        ...clickHouseOptionsOf(settings),
        onRetry: ({ error }) => {
          sink.retried();
          context.dependencies.tell(name, error instanceof Error ? error.message : String(error));
        },
      });
      try {
        const missing = await missingIn(olap);
        if (missing !== null) throw new Error(`there is no ${missing}; \`npm run admin -- migrate\` makes what is missing`);
      } catch (error) {
        await olap.close();
        throw error;
      }
      void context.dependencies.watch(name, () => olap.ping(), context.signal);
      return measuredOlap(olap, sink);
    },
    (olap) => olap.close(),
  );
};

/** A table may have been dropped by hand, so that the migrations alone do not tell. */
const missingIn = async (olap: OlapStore): Promise<string | null> => {
  await olap.ping();
  const migrations = await missingMigrations(olap);
  if (migrations.length > 0) return `migration ${migrations.join(', ')}`;
  const rows = await olap.query<{ name: string }>('SELECT name FROM system.tables WHERE database = currentDatabase()');
  const tables = TABLES.filter((table) => !rows.some(({ name }) => name === table.name));
  return tables.length > 0 ? `table ${tables.map(({ name }) => name).join(', ')}` : null;
};

/**
 * Redis is not waited for: it is never the only copy. Whoever writes goes on without it and fills it when it is back, and
 * whoever reads asks ClickHouse meanwhile.
 */
export const openServing = async (settings: Settings<typeof REDIS_OPTIONS>, context: ServiceContext): Promise<ServingStore> => {
  const sink = new SinkMeter('redis', context);
  const serving = new RedisServingStore({ ...redisOptionsOf(settings), onRetry: sink.retried, onMissed: sink.missed });
  await context.onStop('redis', () => serving.close());
  void context.dependencies.watch('redis', () => serving.ping(), context.signal, { needed: false });
  return measuredServing(serving, sink);
};
