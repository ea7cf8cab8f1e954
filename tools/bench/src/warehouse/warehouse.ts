import { openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { RedisServingStore } from '@millrace/adapters/redis';
import { readConfig, SystemClock } from '@millrace/boot';
import { clickHouseOptionsOf, kafkaOptionsOf, loadSource, redisOptionsOf } from '@millrace/service';
import type { OlapStore } from '@millrace/stream';
import { freePort, type Server, startClickHouse, startKafka, startRedis, withTheParent } from '@millrace/testkit/servers';
import { type Command, environmentOf, prepare, ServiceProcess, UP_OPTIONS } from '@millrace/up';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENVIRONMENT_OF_IMAGE, FLAGS_OF_IMAGE } from '../harness/as-deployed';
import { cpuOf_us } from '../harness/cpu';

const READY_WITHIN_MS = 120_000;
/** One asker: as many as it may. */
const REQUESTS_PER_MINUTE = '1000000';

export const SOURCE = { ...loadSource('events'), name: 'bench' };
export const RAW = `raw.${SOURCE.name}`;

export interface WarehouseOptions {
  readonly directory: string;
  /** Of apps/. */
  readonly services: readonly string[];
  readonly emission_ms: number;
  /** Of every topic. */
  readonly partitions: number;
}

/** Real servers, and services over them as they are built, on ports of their own. */
export class Warehouse {
  readonly clock = new SystemClock();

  private constructor(
    readonly servers: { readonly kafka: Server; readonly redis: Server; readonly clickhouse: Server },
    readonly services: readonly ServiceProcess[],
    readonly log: KafkaLog,
    readonly olap: OlapStore,
    /** Where the services have theirs: under the same prefix. */
    readonly serving: RedisServingStore,
    /** Of the API. */
    readonly address: string,
    private readonly ends: readonly (() => Promise<unknown>)[],
  ) {}

  static async start({ directory, services: names, emission_ms, partitions }: WarehouseOptions): Promise<Warehouse> {
    mkdirSync(directory, { recursive: true });
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const kafka = await startKafka({ directory: join(directory, 'kafka') });
      ends.unshift(() => kafka.stop());
      const redis = await startRedis({ directory: join(directory, 'redis') });
      ends.unshift(() => redis.stop());
      const clickhouse = await startClickHouse({ directory: join(directory, 'clickhouse') });
      ends.unshift(() => clickhouse.stop());
      const apiPort = await freePort();
      const environment = {
        MILLRACE_PORT: String(apiPort),
        MILLRACE_DIRECTORY: directory,
        MILLRACE_PARTITIONS: String(partitions),
        MILLRACE_EMISSION_INTERVAL: `${emission_ms}ms`,
        MILLRACE_KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
        MILLRACE_REDIS_NODES: `127.0.0.1:${redis.port}`,
        MILLRACE_CLICKHOUSE_URL: `http://127.0.0.1:${clickhouse.port}`,
      };
      const config = readConfig({ name: 'bench', description: '' }, UP_OPTIONS, { args: [], environment });
      if (config.kind !== 'run') throw new Error(config.kind === 'problems' ? config.problems.join('\n') : config.text);
      const { settings } = config;
      const olap = openClickHouseStore(clickHouseOptionsOf(settings));
      ends.unshift(() => olap.close());
      await again(() => prepare(settings, [RAW], olap));
      const serving = new RedisServingStore(redisOptionsOf(settings));
      ends.unshift(() => serving.close());
      const log = await again(() => KafkaLog.connect({ ...kafkaOptionsOf(settings), isOutside: (topic) => topic === RAW }));
      ends.unshift(() => log.close());
      const common = {
        ...environmentOf(settings, [SOURCE]),
        MILLRACE_SNAPSHOTS_INTERVAL: '10s',
        MILLRACE_API_REQUESTS_PER_MINUTE: REQUESTS_PER_MINUTE,
        NODE_OPTIONS: FLAGS_OF_IMAGE.join(' '),
        ...ENVIRONMENT_OF_IMAGE,
      };
      const services = names.map((name) => {
        const service = new ServiceProcess({
          name,
          program: join('dist/apps', name, 'main.js'),
          environment: { ...common, MILLRACE_SNAPSHOTS_DIRECTORY: join(directory, 'snapshots', name) },
          log: join(directory, `${name}.log`),
          say: (line) => process.stderr.write(`${line}\n`),
          // Whatever ends the bench ends them.
          command: (program) => withTheParent([...program]) as Command,
        });
        ends.unshift(() => service.stop());
        return service;
      });
      const warehouse = new Warehouse(
        { kafka, redis, clickhouse },
        services,
        log,
        olap,
        serving,
        `http://127.0.0.1:${apiPort}`,
        ends,
      );
      await Promise.race([warehouse.#ready(), ...services.map(({ failed }) => failed)]);
      return warehouse;
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** CPU so far of every service and server, µs. */
  cpu_us(): { readonly services: Readonly<Record<string, number>>; readonly servers: Readonly<Record<string, number>> } {
    const { services, servers } = this;
    return {
      services: Object.fromEntries(services.map(({ name, pid }) => [name, cpuOf_us(pid ?? 0)])),
      servers: Object.fromEntries(Object.entries(servers).map(([name, { pid }]) => [name, cpuOf_us(pid)])),
    };
  }

  /** Asks the API for metrics. */
  async ask(query: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${this.address}/v1/metrics?${new URLSearchParams(query).toString()}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
    return JSON.parse(text) as Answer;
  }

  async stop(): Promise<void> {
    for (const end of this.ends) await end();
  }

  async #ready(): Promise<void> {
    const deadline_ms = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const said = await fetch(`${this.address}/healthz/ready`).then(
        async (response) => (response.status === 200 ? null : await response.text()),
        (error: unknown) => String(error),
      );
      if (said === null) return;
      if (performance.now() > deadline_ms) throw new Error(`the API was not ready: ${said}`);
      await this.clock.sleep(100);
    }
  }
}

const ATTEMPTS = 10;
const REST_MS = 500;

/** A broker that has just begun, or has just made a topic, may say for a while that it has not. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    try {
      return await work();
    } catch {
      await sleep(REST_MS);
    }
  }
  return work();
}

/** As far as benches look into it. */
export interface Answer {
  readonly store: string;
  readonly notes: readonly string[];
  readonly rows: readonly {
    readonly window_start: string;
    readonly merchant_id?: string;
    readonly ad_id?: string;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

const ZONE_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** The day in the default zone (it has no summer time), counted from 1970. */
export const dayAt = (time_ms: number): number => Math.floor((time_ms + ZONE_MS) / DAY_MS);
/** Its midnight, ms. */
export const midnight_ms = (day: number): number => day * DAY_MS - ZONE_MS;
