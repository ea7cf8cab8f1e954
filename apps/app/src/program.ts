import { METRICS, metricTable, TOPICS } from '@millrace/ads';
import type { ServiceProgram } from '@millrace/boot';
import { createApp } from '@millrace/layer-app';
import {
  CLICKHOUSE_OPTIONS,
  conductOf,
  KAFKA_OPTIONS,
  kafkaProblems,
  openLog,
  openOlap,
  openServing,
  PROCESS_OPTIONS,
  REDIS_OPTIONS,
  redisProblems,
  RULES_OPTIONS,
  rulesOf,
} from '@millrace/service';
import { API_OPTIONS, apiProblems, browsersOf, limitsOf, pressureOf } from './options';

const OPTIONS = {
  ...PROCESS_OPTIONS,
  ...API_OPTIONS,
  ...KAFKA_OPTIONS,
  ...CLICKHOUSE_OPTIONS,
  ...REDIS_OPTIONS,
  ...RULES_OPTIONS,
};

/** APP: any number of instances, which keep nothing. */
export const app: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-app',
  description: 'The HTTP interface: events in, numbers out.',
  options: OPTIONS,
  agreement: (settings) => [...apiProblems(settings), ...kafkaProblems(settings), ...redisProblems(settings)],
  conduct: conductOf,
  async open(settings, context) {
    const rules = rulesOf(settings);
    const log = await openLog(settings, { topics: [TOPICS.http, TOPICS.fact], outside: [] }, context);
    const olap = await openOlap(settings, [metricTable(METRICS).name], context);
    const store = await openServing(settings, context);
    const api = createApp({
      olap,
      openDays: { store, partitions: log.partitions(TOPICS.fact) },
      log,
      clock: context.clock,
      rules,
      keys: settings['api.keys'],
      limits: limitsOf(settings),
      pressure: pressureOf(settings),
      browsers: browsersOf(settings),
      health: () => ({ ready: context.reasons().length === 0, reasons: context.reasons() }),
      metricsText: () => context.meter.text(),
    });
    const address = await api.listen({ host: settings['api.host'], port: settings['api.port'] });
    await context.onStop('api', () => api.close());
    context.readiness(() => []);
    context.logger.info({ address }, 'ready');
    return () => new Promise<never>(() => undefined);
  },
};
