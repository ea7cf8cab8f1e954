import type { FastifyInstance } from 'fastify';
import { problemResponses } from '../problem/schema';

export interface Health {
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reasons: readonly string[];
}

export interface HealthDependencies {
  readonly health: () => Health;
  readonly metricsText: () => Promise<string>;
}

const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';
const OK = { status: 'ok', reasons: [] };
const UNREADY = { status: 'unready', reasons: ['dwd: 2 partitions are recovering'] };

const json = (description: string, example: object) => ({
  description,
  content: { 'application/json': { schema: { $ref: 'Health#' }, examples: { state: { value: example } } } },
});

/** What the platform asks: shall it restart us, shall it send us requests, how are we. */
export const healthRoutes = (app: FastifyInstance, { health, metricsText }: HealthDependencies): void => {
  app.get(
    '/healthz/live',
    {
      schema: {
        operationId: 'getLiveness',
        summary: 'Does the process answer at all',
        tags: ['operation'],
        response: { 200: json('It does', OK) },
      },
    },
    () => OK,
  );

  app.get(
    '/healthz/ready',
    {
      schema: {
        operationId: 'getReadiness',
        summary: 'Can it serve',
        tags: ['operation'],
        response: { 200: json('It can', OK), 503: json('It cannot, and why', UNREADY) },
      },
    },
    (_request, reply) => {
      const { ready, reasons } = health();
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unready', reasons });
    },
  );

  app.get(
    '/metrics',
    {
      config: { right: 'operate' },
      schema: {
        operationId: 'getProcessMetrics',
        summary: 'Prometheus metrics of this process',
        tags: ['operation'],
        response: {
          200: {
            description: 'Prometheus text format',
            content: {
              'text/plain': {
                schema: { type: 'string' },
                examples: { up: { value: '# TYPE millrace_up gauge\nmillrace_up 1\n' } },
              },
            },
          },
          ...problemResponses([
            {
              code: 'unauthenticated',
              detail: 'Send a key of this API: the header Authorization: Bearer KEY, or X-Api-Key: KEY.',
              instance: '/metrics',
            },
            { code: 'forbidden', detail: 'The key "shop-1304" may not operate. Use one that may.', instance: '/metrics' },
            {
              code: 'internal',
              detail: 'This is not caused by your request. Try again; the log of the server knows more.',
              instance: '/metrics',
            },
          ]),
        },
      },
    },
    async (_request, reply) => reply.type(TEXT_FORMAT).send(await metricsText()),
  );
};
