import type { Settings } from '@millrace/boot';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UP_OPTIONS } from './options';
import { ServiceProcess } from './service-process';

/** In the order of the flow. */
export const SERVICES = ['ods', 'dwd', 'dws', 'archive', 'app'] as const;

export interface Starting {
  /** Where a service's built program is. */
  readonly programs: (service: string) => string;
  /** What else flags and the configuration file say, by environment names. */
  readonly given: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/** Starts the five services over the servers that the settings name. What they are not told they take from this process's environment. */
export const startServices = (
  settings: Settings<typeof UP_OPTIONS>,
  sources: readonly object[],
  { programs, given, say }: Starting,
): ServiceProcess[] => {
  const { directory } = settings;
  const common = { ...given, ...environmentOf(settings, sources) };
  return SERVICES.map(
    (name) =>
      new ServiceProcess({
        name,
        program: programs(name),
        environment: { ...common, MILLRACE_SNAPSHOTS_DIRECTORY: join(directory, 'snapshots', name) },
        log: join(directory, `${name}.log`),
        say,
      }),
  );
};

/** What every service is told of the servers and the sources, whose declarations are written to the directory. */
export const environmentOf = (
  settings: Settings<typeof UP_OPTIONS>,
  sources: readonly object[],
): Readonly<Record<string, string>> => {
  const { directory } = settings;
  mkdirSync(join(directory, 'sources'), { recursive: true });
  const declared = sources.map((source, at) => {
    const path = join(directory, 'sources', `${at}.json`);
    writeFileSync(path, JSON.stringify(source));
    return path;
  });
  return {
    MILLRACE_LOG_READABLE: 'false',
    MILLRACE_LOG_LEVEL: 'info',
    MILLRACE_HEALTH_PORT: '0',
    MILLRACE_KAFKA_BROKERS: settings['kafka.brokers'].join(),
    MILLRACE_CLICKHOUSE_URL: settings['clickhouse.url'],
    MILLRACE_REDIS_NODES: settings['redis.nodes']
      .map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
      .join(),
    MILLRACE_EMISSION_INTERVAL: `${settings['emission.interval']}ms`,
    MILLRACE_SNAPSHOTS_INTERVAL: '2s',
    MILLRACE_SOURCES: ['http', ...declared].join(),
    MILLRACE_API_PORT: String(settings.port),
  };
};
