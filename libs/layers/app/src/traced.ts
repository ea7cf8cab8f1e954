import type { Span, Tracing } from '@millrace/stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** One span per request, from its first byte until its answer is sent. Call it before the routes are added. */
export const traceRequests = (app: FastifyInstance, tracing: Tracing): void => {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? 'none';
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    spans.set(request, tracing.span(`${request.method} ${route}`, attributes));
  });
  app.addHook('onError', async (request, _reply, error) => {
    spans.get(request)?.set({ 'error.type': error.name });
  });
  app.addHook('onResponse', async (request, { statusCode }) => {
    const span = spans.get(request);
    span?.set({ 'http.response.status_code': statusCode });
    span?.end(statusCode >= 500 ? `answered ${statusCode}` : undefined);
  });
};
