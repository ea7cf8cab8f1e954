import { CACHE_HEADERS, NOT_MODIFIED } from '../cached';
import { GENERAL_PROBLEMS, problemResponses } from '../problem/schema';
import type { ConversionsAnswer } from './answer';

const instance = '/v1/conversions/order-1';

const CREDIT = {
  model: 'last',
  share: 1,
  attribution: 'direct',
  click: { source: 'http', event_id: 'c-1', event_time: '2014-11-11T10:00:00+08:00' },
  campaign_id: 'cp-2',
  ad_id: 'ad-3',
  orphan: false,
  amount_minor: 9_900,
} as const;

export const EXAMPLE_CONVERSIONS: ConversionsAnswer = {
  asOf: { watermark: '2014-11-13T04:12:30.250+08:00', partitions: { '0': 18_224, '1': 20_013 } },
  id: 'order-1',
  conversions: [
    {
      unit: 'order_line',
      order_id: 'order-1',
      item_id: 'i-9',
      merchant_id: '1304',
      user_id: 'u-7',
      events: [
        {
          type: 'order',
          source: 'http',
          event_id: 'o-1',
          event_time: '2014-11-11T10:05:00+08:00',
          credit: CREDIT,
          versions: [
            {
              version: 0,
              sign: 1,
              ...CREDIT,
              ingest_time: '2014-11-11T10:05:01+08:00',
              position: { topic: 'ods.action', partition: 2, offset: 4_711, ordinal: 0 },
            },
          ],
        },
      ],
    },
  ],
};

export const conversionsResponses = {
  200: {
    description: 'The conversions with this id',
    headers: CACHE_HEADERS,
    content: {
      'application/json': {
        schema: { $ref: 'ConversionsAnswer#' },
        examples: { order: { summary: 'An order with one line', value: EXAMPLE_CONVERSIONS } },
      },
    },
  },
  304: NOT_MODIFIED,
  ...problemResponses([
    {
      code: 'invalid-parameters',
      detail: 'query.version: There is no parameter "version".',
      instance: `${instance}?version=1`,
      extensions: { errors: [{ path: 'query.version', detail: 'There is no parameter "version".' }] },
    },
    {
      code: 'unknown-conversion',
      detail:
        'Nothing credited has the order_id or event_id "order-1". It may still be on its way; exposures and clicks are no conversions.',
      instance,
    },
    { code: 'forbidden', detail: 'The key "collector" may not read. Use one that may.', instance },
    ...GENERAL_PROBLEMS(instance),
    {
      code: 'store-unavailable',
      detail: 'The store of the numbers does not answer. Ask again after the time in Retry-After.',
      instance,
    },
  ]),
};
