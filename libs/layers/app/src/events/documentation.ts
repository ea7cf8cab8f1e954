import { GENERAL_PROBLEMS, problemResponses } from '../problem/schema';
import { FOREIGN_MERCHANT } from './accept';
import { JSON_TYPE, NDJSON_TYPE } from './body';
import { ONE_OR_MANY } from './schema';

const instance = '/v1/events';

export const EXAMPLE_CLICK = {
  type: 'click',
  event_id: 'c-1',
  event_time: '2014-11-11T10:00:00+08:00',
  user_id: 'u-7',
  ad_id: 'ad-3',
  campaign_id: 'cp-2',
  merchant_id: '1304',
  item_id: 'i-9',
  cost_minor: 120,
};

export const EXAMPLE_ORDER = {
  type: 'order',
  event_id: 'o-1',
  event_time: '2014-11-11T10:05:00+08:00',
  user_id: 'u-7',
  order_id: 'order-1',
  item_id: 'i-9',
  merchant_id: '1304',
  amount_minor: 9_900,
};

const REJECTED = {
  status: 'rejected',
  reason: 'missing_field',
  field: 'user_id',
  expected: 'a non-empty string of at most 256 bytes',
};

export const eventsBody = {
  content: {
    [JSON_TYPE]: {
      schema: {
        ...ONE_OR_MANY,
        'x-examples': {
          one: { summary: 'One event', value: EXAMPLE_CLICK },
          batch: { summary: 'A click, and the order it led to', value: [EXAMPLE_CLICK, EXAMPLE_ORDER] },
        },
      },
    },
    [NDJSON_TYPE]: {
      schema: {
        type: 'string',
        description: 'One event per line.',
        'x-examples': {
          batch: {
            summary: 'A click, and the order it led to',
            value: `${JSON.stringify(EXAMPLE_CLICK)}\n${JSON.stringify(EXAMPLE_ORDER)}\n`,
          },
        },
      },
    },
  },
};

export const eventsResponses = {
  202: {
    description: 'The log has every accepted event; at least one was.',
    content: {
      'application/json': {
        schema: { $ref: 'EventResults#' },
        examples: {
          all: {
            summary: 'All accepted',
            value: { accepted: 2, rejected: 0, results: [{ status: 'accepted' }, { status: 'accepted' }] },
          },
          some: {
            summary: 'One of two accepted',
            value: { accepted: 1, rejected: 1, results: [{ status: 'accepted' }, REJECTED] },
          },
        },
      },
    },
  },
  ...problemResponses([
    {
      code: 'malformed-body',
      detail: 'The body is not JSON: Unexpected end of JSON input. Send one event, or an array of events.',
      instance,
    },
    {
      code: 'invalid-parameters',
      detail: 'query.source: There is no parameter "source".',
      instance: `${instance}?source=web`,
      extensions: { errors: [{ path: 'query.source', detail: 'There is no parameter "source".' }] },
    },
    {
      code: 'body-too-large',
      detail: 'The body is larger than 8388608 bytes. Send the events in several smaller requests.',
      instance,
      extensions: { limit_bytes: 8_388_608 },
    },
    { code: 'unsupported-media-type', detail: 'Send application/json or application/x-ndjson.', instance },
    {
      code: 'no-event-accepted',
      detail: 'None of the events was accepted: 1 missing_field. See results for each.',
      instance,
      extensions: { accepted: 0, rejected: 1, results: [REJECTED] },
    },
    {
      code: 'forbidden',
      detail: 'None of the events was accepted: 1 foreign_merchant. See results for each.',
      instance,
      extensions: {
        accepted: 0,
        rejected: 1,
        results: [{ status: 'rejected', reason: FOREIGN_MERCHANT, field: 'merchant_id', expected: 'a merchant of the key' }],
      },
    },
    ...GENERAL_PROBLEMS(instance),
    {
      code: 'intake-full',
      detail: 'The log is slower than the senders at the moment. Send the same events again after the time in Retry-After.',
      instance,
    },
    {
      code: 'log-unavailable',
      detail: 'It is not known whether the events were kept. Send the same events again: those with a known event_id count once.',
      instance,
    },
  ]),
};
