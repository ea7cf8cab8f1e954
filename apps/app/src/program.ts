import { TOPICS } from '@millrace/ads';
import type { ServiceProgram } from '@millrace/boot';
import { Agreement, createApp, NoticeBoard } from '@millrace/layer-app';
import {
  CLICKHOUSE_OPTIONS,
  conductOf,
  followNotices,
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
import { AppendFailure } from './append-failure';
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
  service: 'app',
  description: 'The HTTP interface: events in, numbers out.',
  options: OPTIONS,
  agreements: [apiProblems, kafkaProblems, redisProblems],
  conduct: conductOf,
  async open(settings, context) {
    const rules = rulesOf(settings);
    const log = await openLog(settings, { topics: [TOPICS.http, TOPICS.fact, TOPICS.notice], outside: [] }, context);
    const olap = await openOlap(settings, context);
    const store = await openServing(settings, context);
    const openDays = { store, partitions: log.partitions(TOPICS.fact) };
    const notices = new NoticeBoard();
    const appendFailure = new AppendFailure();
    const api = createApp({
      olap,
      notices,
      openDays,
      log,
      onAppendFailure: appendFailure.tell,
      clock: context.clock,
      rules,
      keys: settings['api.keys'],
      limits: limitsOf(settings),
      pressure: pressureOf(settings),
      browsers: browsersOf(settings),
      health: () => ({ ready: context.reasons().length === 0, reasons: context.reasons() }),
      metricsText: context.metricsText,
      meter: context.meter,
      tracing: context.tracing,
      leaving: () => context.signal.aborted,
    });
    await followNotices(log, {
      clock: context.clock,
      signal: context.signal,
      onNotice: (notice) => notices.publish(notice),
      onFailure: (error) => context.logger.warn({ err: error }, 'notices of what was written may have been missed'),
    });
    const agreement = new Agreement({
      ...{ olap, openDays, rules, clock: context.clock, meter: context.meter },
      onChange: (disagreement) => {
        if (disagreement === null) context.logger.info('redis and clickhouse agree again');
        else context.logger.error(disagreement, 'redis and clickhouse disagree');
      },
    });
    void agreement.watch(settings['comparison.interval'], context.signal);
    const address = await api.listen({ host: settings['api.host'], port: settings['api.port'] });
    await context.onStop('api', async () => {
      // Not after a fault, when there may be nothing to answer with.
      if (context.signal.aborted) await context.clock.sleep(settings['api.drain']);
      await api.close();
    });
    context.readiness(() => []);
    context.logger.info({ address }, 'ready');
    return () => appendFailure.lasting;
  },
};
