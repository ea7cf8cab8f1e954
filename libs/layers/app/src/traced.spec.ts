import type { SpanAttributes } from '@millrace/stream';
import { appOver, ScriptedOlap } from './testing/doubles';

test('a request is one span, named by its route, with its answer', async () => {
  const spans: { name: string; said: SpanAttributes; ended: unknown[] }[] = [];
  const olap = new ScriptedOlap();
  const app = appOver(
    { olap },
    {
      tracing: {
        span: (name, attributes) => {
          const span = { name, said: attributes, ended: [] as unknown[] };
          spans.push(span);
          return {
            set: (more) => void (span.said = { ...span.said, ...more }),
            end: (error) => void span.ended.push(error),
          };
        },
      },
    },
  );
  await app.inject('/v1/conversions/order-4711');
  olap.failure = new Error('connection refused');
  olap.alive = false;
  await app.inject('/v1/metrics?from=2014-11-13&to=2014-11-14&metrics=clicks');
  expect(spans).toEqual([
    {
      name: 'GET /v1/conversions/:id',
      said: expect.objectContaining({ 'http.route': '/v1/conversions/:id', 'http.response.status_code': 404 }),
      ended: [undefined],
    },
    {
      name: 'GET /v1/metrics',
      said: expect.objectContaining({ 'http.request.method': 'GET', 'http.response.status_code': 503 }),
      ended: ['answered 503'],
    },
  ]);
});
