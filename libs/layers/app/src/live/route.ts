import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import Negotiator from 'negotiator';
import type { Limits } from '../limits';
import { METRICS_PARAMETERS } from '../metrics/parameters';
import { parseQuestion } from '../metrics/question';
import type { MetricsReader } from '../metrics/reader';
import type { Query } from '../problem/query-reader';
import { Faults } from '../problem/faults';
import { Refusal } from '../problem/refusal';
import { liveResponses } from './documentation';
import type { LiveAnswers } from './live-answers';

const EVENTS_TYPE = 'text/event-stream';

/** Everything that can be asked, in the one format that there is. */
const { format: _, ...LIVE_PARAMETERS } = METRICS_PARAMETERS;

export interface LiveDependencies {
  readonly reader: MetricsReader;
  readonly live: LiveAnswers;
  readonly limits: Limits;
}

export const liveRoute = (app: FastifyInstance, { reader, live, limits }: LiveDependencies): void => {
  // Before the server waits for its connections to end.
  app.addHook('preClose', async () => live.close());

  app.get<{ Querystring: Query }>(
    '/v1/metrics/stream',
    {
      config: { right: 'read', live: true },
      // An answer without a body would have no end either.
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamMetrics',
        summary: 'Numbers, and again whenever they move',
        description:
          'Server-sent events: the whole answer of `GET /v1/metrics` to the same question, first at once, then after every emission that moves it. Its id begins with the watermark; with `Last-Event-ID` nothing is sent that was seen. Comments keep the connection alive. An event of type `problem` says that the numbers could not be read; the next one may be well again.',
        tags: ['metrics'],
        querystring: Type.Object(LIVE_PARAMETERS),
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ description: 'Id of the last event that was seen; sent by browsers when they come again.' }),
          ),
        }),
        response: liveResponses,
      },
    },
    async (request, reply) => {
      if (new Negotiator({ headers: request.headers }).mediaType([EVENTS_TYPE]) === undefined)
        throw new Refusal('not-acceptable', `Here the answer is ${EVENTS_TYPE}. Accept it, or ask /v1/metrics.`);
      refuseFormat(request.query);
      const asked = parseQuestion(request.query, request.asker, reader.zone, limits, reader.book.models);
      const lastSeen = request.headers['last-event-id'];
      const stream = await live.watch(asked, request.asker, typeof lastSeen === 'string' ? lastSeen : null, request.url);
      return (
        reply
          // The connection has no other use, and a server that closes need not wait for it to get one.
          .headers({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no', connection: 'close' })
          .type(`${EVENTS_TYPE}; charset=utf-8`)
          .send(stream)
      );
    },
  );
};

const refuseFormat = (query: Query): void => {
  if (query['format'] === undefined) return;
  const faults = new Faults();
  faults.add('format', 'A stream has one format. Leave it out.');
  throw faults.refusal();
};
