import { GENERAL_PROBLEMS, problemResponses, type ExampleProblem } from '../problem/schema';
import { CACHE_HEADERS, NOT_MODIFIED } from '../cached';
import { EXAMPLE_ANSWER, EXAMPLE_CSV } from './example';

/** What can be wrong with a question, however it is answered. */
export const metricsProblems = (instance: string): readonly ExampleProblem[] => [
  {
    code: 'invalid-parameters',
    detail: 'query.metrics: There is no metric "click". Did you mean "clicks"?',
    instance: `${instance}&metrics=click`,
    extensions: { errors: [{ path: 'query.metrics', detail: 'There is no metric "click". Did you mean "clicks"?' }] },
  },
  {
    code: 'forbidden',
    detail:
      'The key "shop-1304" does not have the merchant 9. Ask for merchants of the key, or for none, which means all of them.',
    instance: `${instance}&filter=merchant_id:9`,
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
  ...GENERAL_PROBLEMS(instance),
  {
    code: 'store-unavailable',
    detail: 'The store of the numbers does not answer. Ask again after the time in Retry-After.',
    instance,
  },
];

export const metricsResponses = {
  200: {
    description: 'The numbers',
    headers: CACHE_HEADERS,
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
  304: NOT_MODIFIED,
  ...problemResponses(metricsProblems('/v1/metrics?from=2014-11-11&to=2014-11-18')),
};
