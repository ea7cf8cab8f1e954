import { flag, integer, list, optional, secret, type Settings, text } from '@millrace/boot';
import {
  type ApiKeys,
  bindingProblem,
  type Browsers,
  DEFAULT_LIMITS,
  DEFAULT_PRESSURE,
  type Limits,
  parseKeys,
  type Pressure,
} from '@millrace/layer-app';
import { duration } from '@millrace/service';

const MEBI = 1024 * 1024;

/** The HTTP interface's own options. */
export const API_OPTIONS = {
  'api.host': text({
    description: 'address that the API listens on; others than loopback need keys',
    expected: 'an address',
    default: '127.0.0.1',
  }),
  'api.port': integer({ description: 'port of the API; 0: any free one', from: 0, to: 65_535, default: 8080 }),
  'api.keys': secret<ApiKeys>({
    description: 'who may use the API: a JSON document as `npm run admin -- keys make` makes it',
    expected: 'a JSON document of keys',
    read: keysOf,
  }),
  'api.corsOrigins': optional(
    list({ description: 'origins whose pages may use the API; * for all', expected: 'origins such as https://console.example' }),
  ),
  'api.securityHeaders': flag({ description: 'whether answers carry the headers that keep browsers careful', default: true }),
  'api.httpsOnly': flag({
    description: 'whether browsers are told to use HTTPS alone; only where TLS ends before this server',
    default: false,
  }),
  'api.requestsPerMinute': integer({
    description: 'of one key that names no other rate',
    from: 1,
    to: 1_000_000,
    default: DEFAULT_LIMITS.requests_per_minute,
  }),
  'api.bodyBytes': integer({
    description: 'largest body of a request',
    from: 1_024,
    to: 1_024 * MEBI,
    default: DEFAULT_LIMITS.body_bytes,
  }),
  'api.batchEvents': integer({
    description: 'most events of a request',
    from: 1,
    to: 1_000_000,
    default: DEFAULT_LIMITS.batch_events,
  }),
  'api.waitingBytes': integer({
    description: 'bytes of events that may wait for Kafka',
    from: MEBI,
    to: 4_096 * MEBI,
    default: DEFAULT_LIMITS.waiting_bytes,
  }),
  'api.logPatience': duration({
    description: 'how long a request waits for Kafka to have its events, before it is answered 503',
    default: `${DEFAULT_LIMITS.log_patience_ms / 1_000}s`,
  }),
  'api.rows': integer({ description: 'most rows of an answer', from: 1, to: 1_000_000, default: DEFAULT_LIMITS.rows }),
  'api.days': integer({ description: 'most days that a question may touch', from: 1, to: 100_000, default: DEFAULT_LIMITS.days }),
  'api.drain': duration({
    description:
      'how long it still answers when it is to stop, and asks each connection to end; for where other instances have the same address',
    default: '0s',
  }),
  'comparison.interval': duration({
    description: 'how often some numbers of open days are compared between Redis and ClickHouse',
    default: '30s',
  }),
  'api.loopDelay': duration({
    description: 'delay of the event loop above which requests are put off with 503',
    default: `${DEFAULT_PRESSURE.event_loop_delay_ms ?? 0}ms`,
  }),
};
type ApiSettings = Settings<typeof API_OPTIONS>;

export const apiProblems = (settings: ApiSettings): string[] => {
  const problem = bindingProblem(settings['api.host'], settings['api.keys']);
  return problem === null ? [] : [`api.host: ${problem}`];
};

export const limitsOf = (settings: ApiSettings): Partial<Limits> => ({
  body_bytes: settings['api.bodyBytes'],
  batch_events: settings['api.batchEvents'],
  waiting_bytes: settings['api.waitingBytes'],
  log_patience_ms: settings['api.logPatience'],
  rows: settings['api.rows'],
  days: settings['api.days'],
  requests_per_minute: settings['api.requestsPerMinute'],
});

export const pressureOf = (settings: ApiSettings): Pressure => ({ event_loop_delay_ms: settings['api.loopDelay'] });

export const browsersOf = (settings: ApiSettings): Browsers => ({
  cors_origins: settings['api.corsOrigins']?.includes('*') ? '*' : (settings['api.corsOrigins'] ?? []),
  security_headers: settings['api.securityHeaders'],
  https_only: settings['api.httpsOnly'],
});

function keysOf(written: string): ApiKeys {
  let document: unknown;
  try {
    document = JSON.parse(written);
  } catch {
    // Not the parser's message: it quotes what it read.
    throw new Error('expected a JSON document of keys, and this is no JSON');
  }
  const { keys, problems } = parseKeys(document);
  if (keys === null) throw new Error(problems.join('\n'));
  return keys;
}
