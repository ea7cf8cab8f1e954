import { compileValidator, RateTable, TOPICS, type Rules } from '@millrace/ads';
import type { Clock, Log } from '@millrace/stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Limits } from '../limits';
import { refuseParameters, type Query } from '../problem/query-reader';
import { Refusal } from '../problem/refusal';
import { DEFAULT_SOURCE, FOREIGN_MERCHANT, judge, type EventResult } from './accept';
import { JSON_TYPE, NDJSON_TYPE, readJson, readNdjson, type Item } from './body';
import { eventsBody, eventsResponses } from './documentation';
import { Intake } from './intake';

export interface EventsDependencies {
  readonly log: Log;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly limits: Limits;
  /** Told why the log did not take events, besides those who sent them. */
  readonly onAppendFailure?: (cause: unknown) => void;
}

export const eventsRoute = (app: FastifyInstance, { log, clock, rules, limits, onAppendFailure }: EventsDependencies): void => {
  const rates = new RateTable(rules.base_currency, rules.rates);
  const validate = compileValidator({
    base_currency: rules.base_currency,
    covers: (currency, time_ms) => rates.covers(currency, time_ms),
    default_source: DEFAULT_SOURCE,
  });
  const intake = new Intake({
    log,
    topic: TOPICS.http,
    clock,
    bound_bytes: limits.waiting_bytes,
    patience_ms: limits.log_patience_ms,
    ...(onAppendFailure && { onFailure: onAppendFailure }),
  });
  // What was taken is kept before the log goes away.
  app.addHook('onClose', () => intake.drain());

  app.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer', bodyLimit: limits.body_bytes } as const;
  // Asynchronous, because what a synchronous parser throws ends the process.
  app.addContentTypeParser(JSON_TYPE, options, async (_request: FastifyRequest, body: Buffer) => readJson(body));
  app.addContentTypeParser(NDJSON_TYPE, options, async (_request: FastifyRequest, body: Buffer) => readNdjson(body));

  app.post<{ Body: readonly Item[] | undefined; Querystring: Query }>(
    '/v1/events',
    {
      config: { right: 'write' },
      onRequest: refuseEncodedBody,
      schema: {
        operationId: 'postEvents',
        summary: 'Send events',
        description: `One event, an array, or one per line. Each is judged by itself; accepted ones are in the log when the answer comes. Sending an event again is safe: its type, source and event_id count once. \`source\` is \`${DEFAULT_SOURCE}\` when absent; unknown fields are kept.`,
        tags: ['events'],
        body: eventsBody,
        response: eventsResponses,
      },
    },
    async (request, reply) => {
      refuseParameters(request.query);
      const items = request.body ?? [];
      refuseBatchSize(items.length, limits);
      const { results, accepted } = judge(items, validate, clock.now_ms(), log.partitions(TOPICS.http), request.asker.merchants);
      const counts = { accepted: accepted.length, rejected: results.length - accepted.length, results };
      if (accepted.length === 0)
        throw new Refusal(
          results.every((each) => each.status === 'rejected' && each.reason === FOREIGN_MERCHANT)
            ? 'forbidden'
            : 'no-event-accepted',
          `None of the events was accepted: ${countReasons(results)}. See results for each.`,
          { extensions: counts },
        );
      await intake.take(accepted);
      return reply.code(202).send(counts);
    },
  );
};

/** Compressed bodies are not unpacked: their size would be known too late. */
const refuseEncodedBody = async ({ headers }: FastifyRequest): Promise<void> => {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return;
  throw new Refusal(
    'unsupported-media-type',
    `The body is encoded with ${encoding}. Send it as it is, without Content-Encoding.`,
    {
      // RFC 9110, 15.5.16
      headers: { 'accept-encoding': 'identity' },
    },
  );
};

const refuseBatchSize = (count: number, { batch_events }: Limits): void => {
  if (count === 0) throw new Refusal('malformed-body', 'There is no event in the body. Send at least one.');
  if (count > batch_events)
    throw new Refusal(
      'body-too-large',
      `The request has ${count} events; at most ${batch_events} are taken at once. Send them in several requests.`,
      { extensions: { limit_events: batch_events } },
    );
};

/** `2 missing_field, 1 future_time` */
const countReasons = (results: readonly EventResult[]): string => {
  const counts = new Map<string, number>();
  for (const result of results) if (result.status === 'rejected') counts.set(result.reason, (counts.get(result.reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
};
