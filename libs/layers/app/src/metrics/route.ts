import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';
import { sendCacheable } from '../cached';
import type { Limits } from '../limits';
import type { Query } from '../problem/query-reader';
import { Refusal } from '../problem/refusal';
import { csvOf } from './csv';
import { metricsResponses } from './documentation';
import { maxAgeOf, validatorOf } from './freshness';
import { METRICS_PARAMETERS } from './parameters';
import { parseQuestion } from './question';
import type { MetricsReader } from './reader';

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';

export interface MetricsDependencies {
  readonly reader: MetricsReader;
  readonly limits: Limits;
}

export const metricsRoute = (app: FastifyInstance, { reader, limits }: MetricsDependencies): void => {
  app.get<{ Querystring: Query }>(
    '/v1/metrics',
    {
      config: { right: 'read' },
      schema: {
        operationId: 'getMetrics',
        summary: 'Numbers by window and group',
        description:
          'Sums, exact distinct users and ratios over a range of time, with the position of the stream they stand for and the state of each day. Answers about days that are over may be cached; `If-None-Match` is answered with 304 where nothing is new.',
        tags: ['metrics'],
        querystring: Type.Object(METRICS_PARAMETERS),
        response: metricsResponses,
      },
    },
    async (request, reply) => {
      const asked = parseQuestion(request.query, request.asker, reader.zone, limits, reader.book.models);
      const format = asked.format ?? accepted(request.headers);
      const { question, answer } = await reader.read(asked);
      const isJson = format === 'json';
      return sendCacheable(request, reply, {
        type: isJson ? `${JSON_TYPE}; charset=utf-8` : `${CSV_TYPE}; charset=utf-8; header=present`,
        body: isJson ? JSON.stringify(answer) : csvOf(question, answer),
        validator: validatorOf(answer, format),
        max_age_s: maxAgeOf(answer),
        asOf: answer.asOf.watermark ?? 'unknown',
      });
    },
  );
};

const accepted = (headers: IncomingHttpHeaders): 'json' | 'csv' => {
  const type = new Negotiator({ headers }).mediaType([JSON_TYPE, CSV_TYPE]);
  if (type === undefined)
    throw new Refusal(
      'not-acceptable',
      `Answers are ${JSON_TYPE} or ${CSV_TYPE}. Accept one of them, or use format=json or format=csv.`,
    );
  return type === JSON_TYPE ? 'json' : 'csv';
};
