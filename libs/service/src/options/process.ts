import { choice, type Conduct, flag, integer, optional, type Settings, text } from '@millrace/boot';
import { duration } from './duration';
import { httpUrl } from './http-url';

/** How a service's process behaves, whatever it works at. */
export const PROCESS_OPTIONS = {
  'log.level': choice({
    description: 'least level that is logged',
    of: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
  }),
  'log.readable': flag({ description: 'log lines for people, not JSON', default: false }),
  'health.host': text({
    description: 'address of /healthz/live, /healthz/ready and /metrics; 0.0.0.0 in a container',
    expected: 'an address',
    default: '127.0.0.1',
  }),
  'health.port': integer({ description: 'port of the same; 0: any free one', from: 0, to: 65_535, default: 9464 }),
  'traces.endpoint': optional(
    httpUrl({
      description: 'where OpenTelemetry spans go, by OTLP over HTTP; without it none are made',
      example: 'http://collector:4318/v1/traces',
    }),
  ),
  'traces.percent': integer({ description: 'how many of 100 spans are kept', from: 0, to: 100, default: 100 }),
  'build.commit': optional(text({ description: 'commit that the program was built from, for its metrics: the image sets it' })),
  'stop.limit': duration({ description: 'how long a stop may take, draining included', default: '25s', least_ms: 1 }),
};

export const conductOf = (settings: Settings<typeof PROCESS_OPTIONS>): Conduct => ({
  log: { level: settings['log.level'], readable: settings['log.readable'] },
  health: { host: settings['health.host'], port: settings['health.port'] },
  stop_limit_ms: settings['stop.limit'],
  traces:
    settings['traces.endpoint'] === null ? null : { endpoint: settings['traces.endpoint'], percent: settings['traces.percent'] },
  commit: settings['build.commit'],
});
