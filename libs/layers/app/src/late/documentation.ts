import { receivedResponses } from '../received/documentation';
import type { LateAnswer } from './schema';

const EXAMPLE: LateAnswer = {
  truncated: false,
  rows: [
    {
      reason: 'late_click',
      day: '2014-11-11',
      user_id: '98862',
      merchant_id: '1304',
      event: { type: 'click', source: 'http', event_id: 'c-1', event_time: '2014-11-11T10:05:01+08:00' },
      ingest_time: '2014-11-15T08:00:00+08:00',
      watermark: '2014-11-15T04:59:30+08:00',
    },
  ],
};

export const lateResponses = receivedResponses({
  path: '/v1/late',
  reason: 'late_click',
  schema: 'LateAnswer',
  description: 'The rows',
  example: { summary: 'A click of four days before', value: EXAMPLE },
});
