import { type Server, startClickHouse, startKafka, startPrometheus, startRedis } from '@millrace/testkit/servers';
import { Program } from '@millrace/up/testing';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULES } from '../places';
import { documentedConfig } from '../prometheus-config';

/** In the order of the ports in the documented configuration. */
export const SERVICES = ['ods', 'dwd', 'dws', 'archive', 'app'] as const;
export type Service = (typeof SERVICES)[number];

/** The five services over real servers, two days of traffic in them, and a Prometheus that scrapes them as the guide says. */
export interface Warehouse {
  readonly api: string;
  readonly clickhouse: string;
  readonly prometheus: string;
  readonly redis: Server;
  /** Address of an instance's health and metrics. */
  readonly health: (service: Service) => string;
  /** Tells Prometheus where the services are now: one that was started again, by too much load for instance, has another port. */
  follow(): void;
  stop(): Promise<void>;
}

export const startWarehouse = async (): Promise<Warehouse> => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-watched-'));
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.reverse()) await end();
    rmSync(directory, { recursive: true, force: true });
  };
  const started = async (server: Promise<Server>): Promise<Server> => {
    const running = await server;
    ends.push(() => running.stop());
    return running;
  };
  try {
    const [kafka, redis, clickhouse] = await Promise.all([
      started(startKafka({ directory: join(directory, 'kafka') })),
      started(startRedis({ directory: join(directory, 'redis') })),
      started(startClickHouse({ directory: join(directory, 'clickhouse') })),
    ]);
    const up = new Program(
      'tools/up',
      [
        '--seed',
        '7',
        '--days',
        '2',
        '--lines-per-day',
        '2000',
        '--port',
        '0',
        '--partitions',
        '2',
        '--directory',
        join(directory, 'up'),
      ],
      {
        MILLRACE_KAFKA_BROKERS: kafka.url,
        MILLRACE_REDIS_NODES: `127.0.0.1:${redis.port}`,
        MILLRACE_CLICKHOUSE_URL: clickhouse.url,
        MILLRACE_API_REQUESTS_PER_MINUTE: '100000',
      },
    );
    ends.push(() => up.stop());
    const api = await up.hears(/Serving (http:\S+)\/docs/);
    const place = join(directory, 'prometheus');
    symlinkSync(join(RULES, '../..'), join(directory, 'deploy'));
    let config = configFor(directory);
    const prometheus = await started(startPrometheus({ directory: place, config }));
    const follow = (): void => {
      const now = configFor(directory);
      if (now === config) return;
      config = now;
      writeFileSync(join(place, 'prometheus.yml'), config);
      process.kill(prometheus.pid, 'SIGHUP');
    };
    const health = (service: Service): string => `http://127.0.0.1:${healthPort(directory, service)}`;
    return { api, clickhouse: clickhouse.url, prometheus: prometheus.url, redis, health, follow, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The documented configuration, for these ports and a test's patience. */
const configFor = (directory: string): string => {
  const ported = SERVICES.reduce(
    (config, service, at) => config.replace(`127.0.0.1:${9464 + at} # ${service}`, `127.0.0.1:${healthPort(directory, service)}`),
    documentedConfig()
      .replace(/scrape_interval: \w+/, 'scrape_interval: 1s')
      .replace(/evaluation_interval: \w+/, 'evaluation_interval: 2s'),
  );
  return ported.replace('deploy/monitoring', join(directory, 'deploy/monitoring'));
};

const healthPort = (directory: string, service: string): string => {
  const log = readFileSync(join(directory, 'up', `${service}.log`), 'utf8');
  const [, port] = [...log.matchAll(/"port":(\d+),"msg":"health and metrics"/g)].at(-1) ?? [];
  if (port === undefined) throw new Error(`${service} does not say where its metrics are`);
  return port;
};
