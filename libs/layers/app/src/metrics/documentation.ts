import { problemResponses } from '../problem/schema';
import { EXAMPLE_ANSWER, EXAMPLE_CSV } from './example';

const instance = '/v1/metrics?from=2014-11-11&to=2014-11-18';

export const metricsResponses = {
  200: {
    description: 'The numbers',
    content: {
      'application/json': {
        schema: { $ref: 'MetricsAnswer#' },
        examples: { day: { summary: 'One merchant, one day', value: EXAMPLE_ANSWER } },
      },
      'text/csv': {
        schema: { type: 'string', description: 'RFC 4180 with a header. The watermark is in the header Millrace-As-Of.' },
        examples: { day: { summary: 'One merchant, one day', value: EXAMPLE_CSV } },
      },
    },
  },
  ...problemResponses([
    {
      code: 'invalid-parameters',
      detail: 'query.metrics: There is no metric "click". Did you mean "clicks"?',
      instance: `${instance}&metrics=click`,
      extensions: { errors: [{ path: 'query.metrics', detail: 'There is no metric "click". Did you mean "clicks"?' }] },
    },
    {
      code: 'not-acceptable',
      detail: 'Answers are application/json or text/csv. Accept one of them, or use format=json or format=csv.',
      instance,
    },
    {
      code: 'unanswerable',
      detail:
        'click_uv counts distinct users per day in Asia/Shanghai and cannot be summed over days. Ask for window=day, or leave it out.',
      instance: `${instance}&window=total&metrics=click_uv`,
      extensions: { reason: 'users_not_additive' },
    },
    { code: 'internal', detail: 'This is not caused by your request. Try again; the log of the server knows more.', instance },
    {
      code: 'store-unavailable',
      detail: 'The store of the numbers does not answer. Ask again after the time in Retry-After.',
      instance,
    },
  ]),
};
