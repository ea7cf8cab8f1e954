import type { FastifyContextConfig } from 'fastify';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

/** The head of the OpenAPI document; its body is made from the schemas of the routes. */
export const openApi: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version: '1.0.0',
      description:
        'Real-time numbers of an advertising platform: send events, ask for sums, exact distinct users and credited conversions. Every answer says which position of the stream it stands for. Refusals are problem documents (RFC 9457) that say what to change.',
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key of this API. Where it runs without keys, nothing is asked for.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The same key in a header of its own.' },
      },
    },
    tags: [
      { name: 'events', description: 'Events in' },
      { name: 'metrics', description: 'Numbers out' },
      { name: 'conversions', description: 'Single conversions and their history' },
      { name: 'operation', description: 'For the platform that runs this' },
    ],
  },
  // What a route asks for is said once, in its `config`.
  transform: ({ schema, url, route }) => {
    const right = (route.config as FastifyContextConfig | undefined)?.right;
    const security: Record<string, string[]>[] = right === undefined ? [] : [{ bearer: [] }, { apiKey: [] }];
    return { schema: { ...schema, security }, url };
  },
  // Components are called by their names, not def-0, def-1, ….
  refResolver: {
    buildLocalReference: (schema, _baseUri, _fragment, index) => (typeof schema.$id === 'string' ? schema.$id : `def-${index}`),
  },
};
