import { dayName, LATE_REASONS, lateQuery, type LateReason, type LateRow } from '@millrace/ads';
import type { FastifyInstance } from 'fastify';
import { type ReceivedDependencies, receivedRoute } from '../received/route';
import { lateResponses } from './documentation';
import type { LateAnswer } from './schema';

export const lateRoute = (app: FastifyInstance, dependencies: ReceivedDependencies): void =>
  receivedRoute<LateReason, LateRow, LateAnswer>(app, dependencies, {
    path: '/v1/late',
    operationId: 'getLate',
    summary: 'What late events may have made wrong',
    description:
      'The late lane (R7) as the archive has stored it, the newest first: the batch layer recomputes these days of these users.',
    reasons: Object.keys(LATE_REASONS) as LateReason[],
    example: 'late_click',
    responses: lateResponses,
    query: lateQuery,
    answer: (rows, truncated, write) => ({ truncated, rows: rows.map((row) => answerRowOf(row, write)) }),
  });

const answerRowOf = (row: LateRow, write: (time_ms: number) => string): LateAnswer['rows'][number] => ({
  reason: row.reason,
  day: dayName(row.day),
  user_id: row.user_id,
  merchant_id: row.merchant_id === '' ? null : row.merchant_id,
  event: { type: row.type, source: row.source, event_id: row.event_id, event_time: write(row.event_time) },
  ingest_time: write(row.ingest_time),
  watermark: write(row.watermark),
});
