import { metricsQuery, RuleBook, zoneOf, type Rules } from '@millrace/ads';
import type { Clock, OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import Negotiator from 'negotiator';
import type { IncomingHttpHeaders } from 'node:http';
import type { Limits } from '../limits';
import type { Query } from '../problem/query-reader';
import { Refusal } from '../problem/refusal';
import { readAtOnePosition } from '../store';
import { answerOf } from './answer';
import { answerable } from './answerable';
import { csvOf } from './csv';
import { daysBetween } from './days';
import { metricsResponses } from './documentation';
import { ordered } from './order';
import { METRICS_PARAMETERS } from './parameters';
import { parseQuestion, type Question } from './question';
import type { StoredRow } from './value';

const JSON_TYPE = 'application/json';
const CSV_TYPE = 'text/csv';

export interface MetricsDependencies {
  readonly olap: OlapStore;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly limits: Limits;
}

export const metricsRoute = (app: FastifyInstance, { olap, clock, rules, limits }: MetricsDependencies): void => {
  const businessZone = zoneOf(rules.zone);
  const book = new RuleBook(rules);
  app.get<{ Querystring: Query }>(
    '/v1/metrics',
    {
      config: { right: 'read' },
      schema: {
        operationId: 'getMetrics',
        summary: 'Numbers by window and group',
        description:
          'Sums, exact distinct users and ratios over a range of time, with the position of the stream they stand for and the state of each day.',
        tags: ['metrics'],
        querystring: Type.Object(METRICS_PARAMETERS),
        response: metricsResponses,
      },
    },
    async (request, reply) => {
      const asked = parseQuestion(request.query, request.asker, businessZone, limits, book.models);
      const format = asked.format ?? accepted(request.headers);
      const businessDays = daysBetween(asked.request.from_ms, asked.request.to_ms, businessZone);
      const understood = answerable(asked, businessZone, businessDays, limits);
      const read = await readAtOnePosition<StoredRow>(olap, statementFor(understood.question, limits));
      refuseTooManyRows(understood.question, read.rows.length, limits);
      const answer = answerOf(understood, read, { book, businessZone, businessDays, now_ms: clock.now_ms() });
      if (format === 'json') return reply.send(answer);
      return reply
        .type(`${CSV_TYPE}; charset=utf-8; header=present`)
        .header('millrace-as-of', answer.asOf.watermark ?? 'unknown')
        .send(csvOf(understood.question, answer));
    },
  );

  /** One row more than is shown tells whether there are more. */
  const statementFor = ({ request, order, keys, limit }: Question, { rows }: Limits) => {
    const atMost = (limit ?? rows) + 1;
    const definitions = { zone: businessZone };
    return order
      ? ordered(metricsQuery(request, definitions), order, keys, atMost)
      : metricsQuery({ ...request, limit: atMost }, definitions);
  };
};

/** A cut answer that was not asked for looks like a whole one. */
const refuseTooManyRows = ({ limit }: Question, count: number, { rows }: Limits): void => {
  if (limit !== null || count <= rows) return;
  throw new Refusal(
    'unanswerable',
    `The answer has more than ${rows} rows. Narrow the range or the filter, take a longer window, or ask for the first rows with limit and order.`,
    {
      extensions: { reason: 'too_many_rows' },
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
