import { type ReceivedRequest, type Rules, type Statement, zoneOf, type Zone } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { instantWriter } from '../instant';
import { Faults } from '../problem/faults';
import { type Query, QueryReader } from '../problem/query-reader';
import { query } from '../store';
import { readReceived, RECEIVED_PARAMETERS } from './parameters';

export interface ReceivedDependencies {
  readonly olap: OlapStore;
  readonly rules: Rules;
}

/** What differs between one list for operators and another: all of them are asked by reason and by when the raw log got it. */
export interface ReceivedList<Reason extends string, Row extends object, Answer> {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly reasons: readonly Reason[];
  /** One of them, for the documentation. */
  readonly example: Reason;
  readonly responses: object;
  readonly query: (request: ReceivedRequest<Reason>) => Statement;
  readonly answer: (rows: readonly Row[], truncated: boolean, write: (time_ms: number) => string) => Answer;
}

/** A list for operators, as the archive has stored it, the newest first. */
export const receivedRoute = <Reason extends string, Row extends object, Answer>(
  app: FastifyInstance,
  { olap, rules }: ReceivedDependencies,
  list: ReceivedList<Reason, Row, Answer>,
): void => {
  const zone = zoneOf(rules.zone);
  const write = instantWriter(rules.zone);
  const { path, operationId, summary, description, reasons, example, responses } = list;
  const parameters = {
    reason: Type.Optional(Type.String({ enum: [...reasons], description: 'Default: all.', examples: [example] })),
    ...RECEIVED_PARAMETERS,
  };
  const names = Object.keys(parameters) as (keyof typeof parameters)[];
  app.get<{ Querystring: Query }>(
    path,
    {
      config: { right: 'operate' },
      schema: {
        operationId,
        summary,
        description,
        tags: ['operation'],
        querystring: Type.Object(parameters),
        response: responses,
      },
    },
    async (request, reply) => {
      const { limit, ...asked } = parse(request.query, names, reasons, zone);
      const rows = await query<Row>(olap, list.query({ ...asked, limit: limit + 1 }));
      const answer = list.answer(rows.slice(0, limit), rows.length > limit, write);
      return reply.header('cache-control', 'private, no-store').send(answer);
    },
  );
};

const parse = <Reason extends string>(
  given: Query,
  names: readonly ('reason' | 'from' | 'to' | 'limit')[],
  reasons: readonly Reason[],
  zone: Zone,
): ReceivedRequest<Reason> => {
  const faults = new Faults();
  const reader = new QueryReader(given, names, faults);
  const reason = reader.oneOf('reason', reasons);
  const received = readReceived(reader, faults, zone);
  if (faults.any) throw faults.refusal();
  return { reasons: reason === undefined ? reasons : [reason], ...received };
};
