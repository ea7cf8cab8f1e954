import { GENERAL_PROBLEMS, problemResponses } from '../problem/schema';
import type { RejectedAnswer } from './schema';

const instance = '/v1/rejected?reason=missing_field';

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

export const rejectedResponses = {
  200: {
    description: 'The records',
    content: {
      'application/json': {
        schema: { $ref: 'RejectedAnswer#' },
        examples: { one: { summary: 'A click of nobody', value: EXAMPLE } },
      },
    },
  },
  ...problemResponses([
    {
      code: 'invalid-parameters',
      detail: 'query.limit: "0" is no number of records from 1 to 1000.',
      instance: '/v1/rejected?limit=0',
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
