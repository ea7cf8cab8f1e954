import fastifyCors from '@fastify/cors';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyUnderPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';
import type { Limits } from './limits';
import { Refusal } from './problem/refusal';

const MINUTE_MS = 60_000;
const RETRY_AFTER_S = '2';

/** Above which the process answers nothing but health: 503 with Retry-After. What is absent has no bound. */
export interface Pressure {
  /** Mean delay of the event loop over a second. */
  readonly event_loop_delay_ms?: number;
  readonly heap_used_bytes?: number;
  readonly rss_bytes?: number;
}

/** What a process of its own may bear. One that does other work beside, as standalone does, has its loop delayed by that. */
export const DEFAULT_PRESSURE: Pressure = { event_loop_delay_ms: 1_000 };

export interface Browsers {
  /** Origins whose pages may use the API, such as `https://console.example`; `*`: all. Default: none. */
  readonly cors_origins?: readonly string[] | '*';
  /** Whether answers carry the headers that keep browsers careful. Default: yes. */
  readonly security_headers?: boolean;
  /** Whether browsers are told to use HTTPS alone. Only where TLS ends before this server. Default: no. */
  readonly https_only?: boolean;
}

/** What a browser may do with the answers. Before keys are asked for, since a preflight request has none. */
export const guardBrowsers = (
  app: FastifyInstance,
  { cors_origins = [], security_headers = true, https_only = false }: Browsers,
): void => {
  if (cors_origins === '*' || cors_origins.length > 0)
    void app.register(fastifyCors, {
      origin: cors_origins === '*' ? '*' : [...cors_origins],
      methods: ['GET', 'HEAD', 'POST'],
      allowedHeaders: ['authorization', 'x-api-key', 'content-type', 'if-none-match', 'last-event-id'],
      exposedHeaders: ['etag', 'retry-after', 'millrace-as-of', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
      maxAge: 600,
    });
  if (security_headers)
    void app.register(fastifyHelmet, {
      // The page of /docs is the only one; its scripts are files of this server, its styles partly in the page.
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
        },
      },
      hsts: https_only,
    });
};

/** Refuses the requests of a key beyond its rate. Call it before the routes that it is for are added. */
export const limitRates = (app: FastifyInstance, { requests_per_minute }: Limits): PromiseLike<unknown> =>
  app.register(fastifyRateLimit, {
    keyGenerator: ({ asker }) => asker.name,
    max: ({ asker }) => asker.requests_per_minute ?? requests_per_minute,
    timeWindow: MINUTE_MS,
    enableDraftSpec: true,
    errorResponseBuilder: ({ asker }, { max }) =>
      new Refusal(
        'too-many-requests',
        `The key "${asker.name}" has ${max} requests a minute. Ask again after the time in Retry-After, or send more events per request.`,
        { extensions: { limit_requests_per_minute: max } },
      ),
  });

/** Refuses requests while the process has too much to do. Call it before the routes that it is for are added. */
export const refuseUnderPressure = (
  app: FastifyInstance,
  { event_loop_delay_ms = 0, heap_used_bytes = 0, rss_bytes = 0 }: Pressure,
): PromiseLike<unknown> =>
  app.register(fastifyUnderPressure, {
    maxEventLoopDelay: event_loop_delay_ms,
    maxHeapUsedBytes: heap_used_bytes,
    maxRssBytes: rss_bytes,
    pressureHandler: () => {
      throw new Refusal('overloaded', 'The server has too much to do at the moment. Ask again after the time in Retry-After.', {
        headers: { 'retry-after': RETRY_AFTER_S },
      });
    },
  });
