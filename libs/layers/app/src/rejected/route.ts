import { REJECT_REASONS, rejectedQuery, zoneOf, type RejectedRow, type RejectReason, type Rules, type Zone } from '@millrace/ads';
import type { OlapStore } from '@millrace/stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { instantWriter, parseInstant } from '../instant';
import { Faults } from '../problem/faults';
import { QueryReader, type Query } from '../problem/query-reader';
import { query } from '../store';
import { rejectedResponses } from './documentation';
import type { RejectedAnswer } from './schema';

const REASONS = Object.keys(REJECT_REASONS) as RejectReason[];
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const PARAMETERS = {
  reason: Type.Optional(Type.String({ enum: REASONS, description: 'Default: all.', examples: ['missing_field'] })),
  from: Type.Optional(
    Type.String({ minLength: 1, description: 'When the log got it, inclusive: RFC 3339 or a date.', examples: ['2014-11-11'] }),
  ),
  to: Type.Optional(Type.String({ minLength: 1, description: 'Exclusive: as `from`.', examples: ['2014-11-12T00:00:00+08:00'] })),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, description: 'At most so many.', examples: [20] }),
  ),
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
  const edge = (name: 'from' | 'to', otherwise: string): number => {
    const text = reader.one(name) ?? otherwise;
    const instant = parseInstant(text, zone);
    if (instant === undefined) faults.add(name, `"${text}" is no instant. Write RFC 3339, or a date, such as 2014-11-11.`);
    return instant ?? 0;
  };
  const [from_ms, to_ms] = [edge('from', '1970-01-01T00:00:00Z'), edge('to', '2200-01-01T00:00:00Z')];
  const text = reader.one('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_LIMIT) faults.add('limit', `"${text}" is no number of records from 1 to ${MAX_LIMIT}.`);
  if (faults.any) throw faults.refusal();
  return { reasons: reason === undefined ? REASONS : [reason], from_ms, to_ms, limit };
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
