import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { Rules } from '@millrace/ads';
import type { Clock, Log, Meter, OlapStore, Tracing } from '@millrace/stream';
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { authenticate } from './access/authenticate';
import type { ApiKeys } from './access/keys-file';
import { COMPONENTS } from './components';
import { conversionsRoute } from './conversions/route';
import { eventsRoute } from './events/route';
import { guardBrowsers, limitRates, refuseUnderPressure, type Browsers, type Pressure } from './guard';
import { healthRoutes, type HealthDependencies } from './health/route';
import { endConnections } from './leaving';
import { DEFAULT_LIMITS, type Limits } from './limits';
import { measureRequests } from './measured';
import { traceRequests } from './traced';
import type { OpenDaysStore } from './metrics/open-days';
import { MetricsReader } from './metrics/reader';
import { metricsRoute } from './metrics/route';
import { openApi } from './openapi';
import { LiveAnswers } from './live/live-answers';
import { PolledNotices, type Notices } from './live/notices';
import { liveRoute } from './live/route';
import { answerError, answerWithProblems } from './problem/handlers';
import { collectMethods, refuseOtherMethods } from './problem/methods';
import { lateRoute } from './late/route';
import { rejectedRoute } from './rejected/route';

export interface AppOptions extends HealthDependencies {
  readonly olap: OlapStore;
  /** What DWS keeps of open days. Default: they are read like all others. */
  readonly openDays?: OpenDaysStore;
  /** Wakes live answers. Default: it is looked every second how far the summaries are, while somebody watches. */
  readonly notices?: Notices;
  /** Must have the topics `raw.http` and `dwd.fact`. */
  readonly log: Log;
  readonly clock: Clock;
  readonly rules: Rules;
  /**
   * Who may use it (`parseKeys`). Null, the default: whoever reaches the address may do everything, so the caller must ask
   * `bindingProblem` before it listens.
   */
  readonly keys?: ApiKeys | null;
  readonly limits?: Partial<Limits>;
  /** Told why the log did not take events, besides those who sent them: a log that fails for good should end the process. */
  readonly onAppendFailure?: (cause: unknown) => void;
  /** Default: none, for a process that does other work as well; `DEFAULT_PRESSURE` is for one that does not. */
  readonly pressure?: Pressure;
  readonly browsers?: Browsers;
  /** Whether the process is about to stop; connections then end with their next answer. Default: never. */
  readonly leaving?: () => boolean;
  /** Told of every request. Default: nobody. */
  readonly meter?: Pick<Meter, 'count' | 'gauge' | 'observe'>;
  /** Told of every request, too. Default: nobody. */
  readonly tracing?: Tracing | undefined;
  /** Fastify's; off by default. */
  readonly logger?: FastifyServerOptions['logger'];
}

const POLL_MS = 1_000;

/** The HTTP interface, not listening yet: the caller decides where, or injects requests. */
export const createApp = ({
  olap,
  log,
  clock,
  rules,
  openDays,
  notices = new PolledNotices(olap, clock, POLL_MS),
  health,
  metricsText,
  onAppendFailure,
  meter,
  tracing,
  leaving = () => false,
  keys = null,
  pressure = {},
  browsers = {},
  ...options
}: AppOptions): FastifyInstance => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const reader = new MetricsReader({ olap, openDays, clock, rules, limits });
  const live = new LiveAnswers(reader, notices, clock, limits);
  const app = Fastify({
    logger: options.logger ?? false,
    bodyLimit: limits.body_bytes,
    // Addresses longer than this have no meaning here.
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: answerError,
    // What still comes while it closes is answered, for nobody else will.
    return503OnClosing: false,
  });
  // Schemas describe; requests are read by code of ours, which reports all faults at once, and the tests hold the answers
  // against the schemas. So nothing is checked twice, and nothing is dropped from an answer without a word.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  // Here and not beside the routes: a scope that adds a schema of its own gets compilers of its own.
  for (const component of COMPONENTS) app.addSchema(component);
  answerWithProblems(app);
  endConnections(app, leaving);
  if (meter !== undefined) measureRequests(app, meter);
  if (tracing !== undefined) traceRequests(app, tracing);

  guardBrowsers(app, browsers);
  void app.register(fastifySwagger, openApi);
  void app.register(fastifySwaggerUi, { routePrefix: '/docs' });
  void app.register(async (routes) => {
    const methods = collectMethods(routes);
    authenticate(routes, keys);
    await routes.register(async (limited) => {
      if (keys !== null) await limitRates(limited, limits);
      await refuseUnderPressure(limited, pressure);
      eventsRoute(limited, { log, clock, rules, limits, ...(onAppendFailure && { onAppendFailure }) });
      metricsRoute(limited, { reader, limits });
      liveRoute(limited, { reader, live, limits });
      conversionsRoute(limited, { olap, log, rules });
      rejectedRoute(limited, { olap, rules });
      lateRoute(limited, { olap, rules });
    });
    // Health is answered whatever the load is, or the platform would end a busy process.
    healthRoutes(routes, { health, metricsText });
    refuseOtherMethods(routes, methods);
  });
  return app;
};
