import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { Rules } from '@millrace/ads';
import type { Clock, Log, OlapStore } from '@millrace/stream';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { COMPONENTS } from './components';
import { conversionsRoute } from './conversions/route';
import { eventsRoute } from './events/route';
import { healthRoutes, type HealthDependencies } from './health/route';
import { DEFAULT_LIMITS, type Limits } from './limits';
import { metricsRoute } from './metrics/route';
import { openApi } from './openapi';
import { answerError, answerWithProblems } from './problem/handlers';
import { collectMethods, refuseOtherMethods } from './problem/methods';

export interface AppOptions extends HealthDependencies {
  readonly olap: OlapStore;
  /** Must have the topic `raw.http`. */
  readonly log: Log;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly limits?: Partial<Limits>;
  /** Fastify's; off by default. */
  readonly logger?: FastifyServerOptions['logger'];
}

/** The HTTP interface, not listening yet: the caller decides where, or injects requests. */
export const createApp = ({ olap, log, clock, rules, health, metricsText, ...options }: AppOptions): FastifyInstance => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app = Fastify({
    logger: options.logger ?? false,
    bodyLimit: limits.body_bytes,
    // Addresses longer than this have no meaning here.
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: answerError,
  });
  // Schemas describe; requests are read by code of ours, which reports all faults at once, and the tests hold the answers
  // against the schemas. So nothing is checked twice, and nothing is dropped from an answer without a word.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  // Here and not beside the routes: a scope that adds a schema of its own gets compilers of its own.
  for (const component of COMPONENTS) app.addSchema(component);
  answerWithProblems(app);

  void app.register(fastifySwagger, openApi);
  void app.register(fastifySwaggerUi, { routePrefix: '/docs' });
  void app.register((routes, _options, done) => {
    const methods = collectMethods(routes);
    eventsRoute(routes, { log, clock, rules, limits });
    metricsRoute(routes, { olap, clock, rules, limits });
    conversionsRoute(routes, { olap, rules });
    healthRoutes(routes, { health, metricsText });
    refuseOtherMethods(routes, methods);
    done();
  });
  return app;
};
