import { REJECT_REASONS, rejectedQuery, zoneOf, type RejectedRow, type RejectReason, type Rules, type Zone } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { instantWriter } from '../instant';
import { Faults } from '../problem/faults';
import { QueryReader, type Query } from '../problem/query-reader';
import { readReceived, RECEIVED_PARAMETERS } from '../problem/received';
import { query } from '../store';
import { rejectedResponses } from './documentation';
import type { RejectedAnswer } from './schema';

const REASONS = Object.keys(REJECT_REASONS) as RejectReason[];

const PARAMETERS = {
  reason: Type.Optional(Type.String({ enum: REASONS, description: 'Default: all.', examples: ['missing_field'] })),
  ...RECEIVED_PARAMETERS,
};
type Parameter = keyof typeof PARAMETERS;

export interface RejectedDependencies {
  readonly olap: OlapStore;
  readonly rules: Rules;
}

export const rejectedRoute = (app: FastifyInstance, { olap, rules }: RejectedDependencies): void => {
  const zone = zoneOf(rules.zone);
  const write = instantWriter(rules.zone);
  app.get<{ Querystring: Query }>(
    '/v1/rejected',
    {
      config: { right: 'operate' },
      schema: {
        operationId: 'getRejected',
        summary: 'Records that were rejected, and why',
        description:
          'As the archive has stored them, the newest first: reason, original bytes, and where the record stands in its raw topic.',
        tags: ['operation'],
        querystring: Type.Object(PARAMETERS),
        response: rejectedResponses,
      },
    },
    async (request, reply) => {
      const { limit, ...asked } = parse(request.query, zone);
      const rows = await query<RejectedRow>(olap, rejectedQuery({ ...asked, limit: limit + 1 }));
      const answer: RejectedAnswer = {
        truncated: rows.length > limit,
        records: rows.slice(0, limit).map((row) => recordOf(row, write)),
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

const recordOf = (row: RejectedRow, write: (time_ms: number) => string): RejectedAnswer['records'][number] => ({
  reason: row.reason,
  field: row.field === '' ? null : row.field,
  expected: row.expected,
  source: row.source,
  ingest_time: write(row.ingest_time),
  bytes: row.bytes,
  headers: row.headers === '' ? null : (JSON.parse(row.headers) as Record<string, string>),
  position: { topic: row.source_topic, partition: row.source_partition, offset: row.source_offset },
});
