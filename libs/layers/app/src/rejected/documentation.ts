import { receivedResponses } from '../received/documentation';
import type { RejectedAnswer } from './schema';

const EXAMPLE: RejectedAnswer = {
  truncated: false,
  records: [
    {
      reason: 'missing_field',
      field: 'user_id',
      expected: 'a non-empty string of at most 256 bytes',
      source: 'http',
      ingest_time: '2014-11-11T10:05:01+08:00',
      bytes: 'eyJ0eXBlIjoiY2xpY2sifQ==',
      headers: null,
      position: { topic: 'raw.http', partition: 2, offset: 4_711 },
    },
  ],
};

export const rejectedResponses = receivedResponses({
  path: '/v1/rejected',
  reason: 'missing_field',
  schema: 'RejectedAnswer',
  description: 'The records',
  example: { summary: 'A click of nobody', value: EXAMPLE },
});
