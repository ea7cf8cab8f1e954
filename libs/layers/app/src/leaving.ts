import type { FastifyInstance } from 'fastify';

/**
 * While the process is leaving, every answer asks its connection to end: whoever keeps one open comes to another instance with
 * the next request, instead of losing it with this one.
 */
export const endConnections = (app: FastifyInstance, leaving: () => boolean): void => {
  app.addHook('onSend', async (_request, reply) => {
    if (leaving()) reply.header('connection', 'close');
  });
};
