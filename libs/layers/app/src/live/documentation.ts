import { EXAMPLE_ANSWER } from '../metrics/example';
import { metricsProblems } from '../metrics/documentation';
import { problemResponses } from '../problem/schema';
import { textOf } from './event-stream';
import { eventIdOf } from './live-question';

const EXAMPLE = `retry: 2000\n\n${textOf({ id: eventIdOf(EXAMPLE_ANSWER), data: JSON.stringify(EXAMPLE_ANSWER) })}: heartbeat\n\n`;

export const liveResponses = {
  200: {
    description: 'Events until either side ends it',
    content: {
      'text/event-stream': {
        schema: {
          type: 'string',
          description: 'The data of an event without a type is a MetricsAnswer, that of `problem` a Problem.',
        },
        examples: { day: { summary: 'One merchant, one day', value: EXAMPLE } },
      },
    },
  },
  ...problemResponses([
    ...metricsProblems('/v1/metrics/stream?from=2014-11-11&to=2014-11-18'),
    {
      code: 'too-many-requests',
      detail: 'At most 100 live answers are open per key. Close one first.',
      instance: '/v1/metrics/stream?from=2014-11-11&to=2014-11-18',
      extensions: { limit_streams: 100 },
    },
  ]),
};
