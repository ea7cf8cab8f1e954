import { REJECT_REASONS, rejectedQuery, type RejectedRow, type RejectReason } from '@millrace/ads';
import type { FastifyInstance } from 'fastify';
import { type ReceivedDependencies, receivedRoute } from '../received/route';
import { rejectedResponses } from './documentation';
import type { RejectedAnswer } from './schema';

export const rejectedRoute = (app: FastifyInstance, dependencies: ReceivedDependencies): void =>
  receivedRoute<RejectReason, RejectedRow, RejectedAnswer>(app, dependencies, {
    path: '/v1/rejected',
    operationId: 'getRejected',
    summary: 'Records that were rejected, and why',
    description:
      'As the archive has stored them, the newest first: reason, original bytes, and where the record stands in its raw topic.',
    reasons: Object.keys(REJECT_REASONS) as RejectReason[],
    example: 'missing_field',
    responses: rejectedResponses,
    query: rejectedQuery,
    answer: (rows, truncated, write) => ({ truncated, records: rows.map((row) => recordOf(row, write)) }),
  });

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
