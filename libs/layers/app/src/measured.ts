import type { Meter } from '@millrace/stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer goes on for as long as somebody listens: how long it took says nothing. */
    readonly live?: boolean;
  }
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Counts requests and how long they took, by route as it is declared: never by the address that was asked, of which there is
 * no end. Call it before the routes are added.
 */
export const measureRequests = (app: FastifyInstance, meter: Pick<Meter, 'count' | 'gauge' | 'observe'>): void => {
  let inFlight = 0;
  const move = (by: 1 | -1): void => meter.gauge('api_requests_in_flight', (inFlight += by));
  app.addHook('onRequest', async () => move(1));
  app.addHook('onResponse', async (request, reply) => {
    move(-1);
    const labels = labelsOf(request);
    meter.count('api_requests', 1, { ...labels, code: String(reply.statusCode) });
    if (request.routeOptions.config.live !== true) meter.observe('api_request_seconds', reply.elapsedTime / 1_000, labels);
  });
};

const labelsOf = ({ method, routeOptions }: FastifyRequest) => ({
  method: METHODS.includes(method) ? method : 'other',
  route: routeOptions.url ?? 'none',
});
