import { GENERAL_PROBLEMS, problemResponses } from '../problem/schema';
import type { LateAnswer } from './schema';

const instance = '/v1/late?reason=late_click';

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

export const lateResponses = {
  200: {
    description: 'The rows',
    content: {
      'application/json': {
        schema: { $ref: 'LateAnswer#' },
        examples: { one: { summary: 'A click of four days before', value: EXAMPLE } },
      },
    },
  },
  ...problemResponses([
    {
      code: 'invalid-parameters',
      detail: 'query.limit: "0" is no number of records from 1 to 1000.',
      instance: '/v1/late?limit=0',
      extensions: { errors: [{ path: 'query.limit', detail: '"0" is no number of records from 1 to 1000.' }] },
    },
    { code: 'forbidden', detail: 'The key "shop-1304" may not operate. Use one that may.', instance },
    ...GENERAL_PROBLEMS(instance),
    {
      code: 'store-unavailable',
      detail: 'The store of the numbers does not answer. Ask again after the time in Retry-After.',
      instance,
    },
  ]),
};
