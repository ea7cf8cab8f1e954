import { dayName, LATE_REASONS, lateQuery, zoneOf, type LateReason, type LateRow, type Rules, type Zone } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { instantWriter } from '../instant';
import { Faults } from '../problem/faults';
import { QueryReader, type Query } from '../problem/query-reader';
import { readReceived, RECEIVED_PARAMETERS } from '../problem/received';
import { query } from '../store';
import { lateResponses } from './documentation';
import type { LateAnswer } from './schema';

const REASONS = Object.keys(LATE_REASONS) as LateReason[];

const PARAMETERS = {
  reason: Type.Optional(Type.String({ enum: REASONS, description: 'Default: all.', examples: ['late_click'] })),
  ...RECEIVED_PARAMETERS,
};
type Parameter = keyof typeof PARAMETERS;

export interface LateDependencies {
  readonly olap: OlapStore;
  readonly rules: Rules;
}

export const lateRoute = (app: FastifyInstance, { olap, rules }: LateDependencies): void => {
  const zone = zoneOf(rules.zone);
  const write = instantWriter(rules.zone);
  app.get<{ Querystring: Query }>(
    '/v1/late',
    {
      config: { right: 'operate' },
      schema: {
        operationId: 'getLate',
        summary: 'What late events may have made wrong',
        description:
          'The late lane (R7) as the archive has stored it, the newest first: the batch layer recomputes these days of these users.',
        tags: ['operation'],
        querystring: Type.Object(PARAMETERS),
        response: lateResponses,
      },
    },
    async (request, reply) => {
      const { limit, ...asked } = parse(request.query, zone);
      const rows = await query<LateRow>(olap, lateQuery({ ...asked, limit: limit + 1 }));
      const answer: LateAnswer = {
        truncated: rows.length > limit,
        rows: rows.slice(0, limit).map((row) => answerRowOf(row, write)),
      };
      return reply.header('cache-control', 'private, no-store').send(answer);
    },
  );
};

const parse = (given: Query, zone: Zone) => {
  const faults = new Faults();
  const reader = new QueryReader(given, Object.keys(PARAMETERS) as Parameter[], faults);
  const reason = reader.oneOf('reason', REASONS);
  const received = readReceived(reader, faults, zone);
  if (faults.any) throw faults.refusal();
  return { reasons: reason === undefined ? REASONS : [reason], ...received };
};

const answerRowOf = (row: LateRow, write: (time_ms: number) => string): LateAnswer['rows'][number] => ({
  reason: row.reason,
  day: dayName(row.day),
  user_id: row.user_id,
  merchant_id: row.merchant_id === '' ? null : row.merchant_id,
  event: { type: row.type, source: row.source, event_id: row.event_id, event_time: write(row.event_time) },
  ingest_time: write(row.ingest_time),
  watermark: write(row.watermark),
});
