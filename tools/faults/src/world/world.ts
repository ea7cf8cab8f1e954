import { openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { dayName, parseDay, rawTopic, type TrafficTotals, zoneOf } from '@millrace/ads';
import { readConfig, type Settings, SystemClock } from '@millrace/boot';
import { clickHouseOptionsOf, kafkaOptionsOf, loadSource } from '@millrace/service';
import { Answers, check, type Check } from '@millrace/service/demo';
import type { MetricsAnswer } from '@millrace/layer-app';
import type { OlapStore } from '@millrace/stream';
import { freePort, type Server, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import {
  ask,
  environmentOf,
  prepare,
  rejectedIn,
  RULES,
  RULES_FILE,
  type Segment,
  settled,
  together,
  UP_OPTIONS,
} from '@millrace/up';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archivedIn } from './archived';
import { Network, type Way } from './network';
import { Standstill } from './standstill';
import { Supervised, type Surroundings } from './supervised';

export const SOURCE = { ...loadSource('events'), name: 'traffic' };
export const TOPIC = rawTopic(SOURCE.name);
const PARTITIONS = 2;
/** How many merchants are watched. */
const NAMED = 5;
/** DWD has two instances: a partition each. */
const INSTANCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ods: {},
  'dwd-0': { MILLRACE_INSTANCE_REPLICAS: '2', MILLRACE_INSTANCE_ORDINAL: '0' },
  'dwd-1': { MILLRACE_INSTANCE_REPLICAS: '2', MILLRACE_INSTANCE_ORDINAL: '1' },
  dws: {},
  archive: {},
  app: {},
};

/** Real servers, the services over them, and the ways between both. */
export interface Servers {
  readonly kafka: Server;
  readonly redis: Server;
  readonly clickhouse: Server;
}

/** What was fed so far. */
export interface Fed {
  readonly all: readonly Segment[];
  /** Without those that a fault took facts from. */
  readonly whole: readonly Segment[];
}

export interface WorldOptions {
  readonly directory: string;
  /** Whether services reach their servers through a network that can be harmed. */
  readonly network: boolean;
  readonly programs: (service: string) => string;
  readonly say: (line: string) => void;
}

/** The whole warehouse on this machine, in a folder and on ports of its own. */
export class World {
  readonly clock = new SystemClock();
  readonly services = new Map<string, Supervised>();
  readonly #ends: (() => Promise<unknown>)[] = [];
  #ways: Readonly<Record<keyof Servers, Way>> | null = null;
  #network: Network | null = null;

  private constructor(
    private readonly options: WorldOptions,
    readonly servers: Servers,
    readonly log: KafkaLog,
    private readonly olap: OlapStore,
    private readonly around: Surroundings,
    private readonly address: string,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const { directory, say } = options;
    const ends: (() => Promise<unknown>)[] = [];
    try {
      const network = options.network ? await Network.start(join(directory, 'network')) : null;
      if (network !== null) ends.push(() => network.stop());
      const kafkaWay = network === null ? null : { behind: await freePort(), advertised: await freePort() };
      const kafkaPort = await freePort();
      const controllerPort = await freePort();
      const opened = await Promise.allSettled([
        startKafka({
          directory: join(directory, 'kafka'),
          port: kafkaPort,
          controllerPort,
          ...(kafkaWay !== null && { properties: secondListener(kafkaPort, controllerPort, kafkaWay) }),
        }),
        startRedis({ directory: join(directory, 'redis') }),
        startClickHouse({ directory: join(directory, 'clickhouse') }),
      ]);
      for (const server of opened) if (server.status === 'fulfilled') ends.unshift(() => server.value.stop());
      const [kafka, redis, clickhouse] = opened.map((server) => {
        if (server.status === 'rejected') throw server.reason;
        return server.value;
      }) as [Server, Server, Server];
      say('✓ kafka, redis, clickhouse');
      const ways =
        network === null || kafkaWay === null
          ? null
          : {
              kafka: await network.way('kafka', kafkaWay.behind, kafkaWay.advertised),
              redis: await network.way('redis', redis.port),
              clickhouse: await network.way('clickhouse', clickhouse.port),
            };
      const ports = { kafka: kafka.port, redis: redis.port, clickhouse: clickhouse.port };
      const apiPort = await freePort();
      const direct = settingsFor(directory, apiPort, ports);
      const reached = ways && { kafka: ways.kafka.port, redis: ways.redis.port, clickhouse: ways.clickhouse.port };
      const environment = {
        ...environmentOf(settingsFor(directory, apiPort, reached ?? ports), [SOURCE]),
        MILLRACE_RULES: rulesIn(directory),
        MILLRACE_API_REQUESTS_PER_MINUTE: '100000',
      };
      const olap = openClickHouseStore(clickHouseOptionsOf(direct));
      ends.unshift(() => olap.close());
      await prepare(direct, [TOPIC], olap);
      const log = await KafkaLog.connect({ ...kafkaOptionsOf(direct), isOutside: (topic) => topic === TOPIC });
      ends.unshift(() => log.close());
      const around = { directory, programs: options.programs, environment, say };
      const world = new World(options, { kafka, redis, clickhouse }, log, olap, around, `http://127.0.0.1:${apiPort}`);
      world.#ends.push(...ends);
      world.#network = network;
      world.#ways = ways;
      for (const [name, own] of Object.entries(INSTANCES)) world.services.set(name, await world.supervise(name, own));
      return world;
    } catch (error) {
      for (const end of ends) await end();
      throw error;
    }
  }

  /** Another instance, beside those that belong here. Whoever starts it ends it. */
  supervise(name: string, own: Readonly<Record<string, string>> = {}): Promise<Supervised> {
    return Supervised.start(name, this.around, own);
  }

  service(name: string): Supervised {
    const service = this.services.get(name);
    if (service === undefined) throw new RangeError(`there is no service ${name}`);
    return service;
  }

  /** What an instance is told besides what all are told. */
  ownOf(name: string): Readonly<Record<string, string>> {
    return INSTANCES[name] ?? {};
  }

  /** The environment of the operator's commands, who reaches the servers as the services do. */
  get environment(): Readonly<Record<string, string>> {
    return this.around.environment;
  }

  get programs(): (service: string) => string {
    return this.options.programs;
  }

  get network(): { readonly ways: Readonly<Record<keyof Servers, Way>>; mend(): Promise<void> } {
    const [ways, network] = [this.#ways, this.#network];
    if (ways === null || network === null) throw new Error('this world was made without a network');
    return { ways, mend: () => network.mend() };
  }

  get restarts(): number {
    return [...this.services.values()].reduce((sum, { restarts }) => sum + restarts, 0);
  }

  sleep(ms: number): Promise<void> {
    return this.clock.sleep(ms);
  }

  /** Polls until it is so; throws with what the probe last said. An empty string, or nothing: it is so. */
  async until(what: string, probe: () => Promise<string>, within_ms: number): Promise<void> {
    const deadline_ms = this.clock.now_ms() + within_ms;
    for (;;) {
      const problem = await probe().catch((error: unknown) => String(error));
      if (problem === '') return;
      if (this.clock.now_ms() > deadline_ms) throw new Error(`${what}: not within ${within_ms / 1_000} s: ${problem}`);
      await this.sleep(200);
    }
  }

  ready(within_ms: number): Promise<void> {
    return this.until(
      'all services are ready',
      async () => {
        const reasons = await Promise.all(
          [...this.services.values()].map(async (each) => [each.name, await each.unready()] as const),
        );
        return reasons.flatMap(([name, reason]) => (reason === '' ? [] : [`${name} ${reason}`])).join('; ');
      },
      within_ms,
    );
  }

  /** Begins to watch how far the answers about the segment's merchants are. */
  watch(segment: Segment): Standstill {
    return new Standstill(this.#byName(segment), this.clock);
  }

  /**
   * Resolves when the segment's merchants, asked for by name, have the source's own numbers, and Redis has said so: it was
   * filled again after whatever happened to it.
   */
  async served(segment: Segment, within_ms: number): Promise<void> {
    await this.until(
      'Redis answers for open days as the source does',
      async () => {
        const response = await fetch(this.#byName(segment));
        const { store, rows } = (await response.json()) as { store: string; rows: MetricsAnswer['rows'] };
        if (store !== 'redis') return `${store} answers`;
        const found = new Map(rows.map(({ merchant_id, metrics }) => [merchant_id, metrics['exposures']]));
        const wrong = named(segment).filter(({ merchant_id, metrics }) => found.get(merchant_id) !== metrics.exposures);
        return wrong
          .map(({ merchant_id, metrics }) => `${merchant_id}: ${metrics.exposures}, not ${String(found.get(merchant_id))}`)
          .join('; ');
      },
      within_ms,
    );
  }

  #byName(segment: Segment): string {
    const day = segment.totals.days[0]?.day ?? '';
    const filter = `merchant_id:${named(segment)
      .map(({ merchant_id }) => merchant_id)
      .join()}`;
    const query = {
      from: day,
      to: dayName((parseDay(day) ?? 0) + 1),
      window: 'day',
      metrics: 'exposures',
      filter,
      groupBy: 'merchant_id',
    };
    return `${this.address}/v1/metrics?${new URLSearchParams(query).toString()}`;
  }

  /** Resolves when all that is in the log has gone through every layer. */
  async settle(within_ms: number): Promise<void> {
    const late = AbortSignal.timeout(within_ms);
    let last = '';
    const waiting = { sleep: (ms: number) => this.sleep(ms), signal: late, onProgress: (text: string) => (last = text) };
    const fed_ms = this.clock.now_ms();
    await settled(this.log, this.olap, { fed_ms, lateness_ms: RULES.lateness_ms }, waiting);
    if (late.aborted) throw new Error(`not through all layers within ${within_ms / 1_000} s: ${last}`);
  }

  /** Everything that the sources say of themselves, held against what the warehouse answers (REST), and the archive holds. */
  async check({ whole, all }: Fed): Promise<Check> {
    // Whose facts were lost has its records in ODS all the same.
    const { counts } = together(all.map(({ totals }) => totals));
    const truth = { ...together(whole.map(({ totals }) => totals)), counts };
    const answers = new Answers(
      (query) => ask(`${this.address}/v1/metrics?${new URLSearchParams(query).toString()}`, this.clock),
      this.olap,
      zoneOf(RULES.zone),
    );
    const found = await check(truth, await answers.days(), answers, await rejectedIn(this.olap, TOPIC));
    return archivedIn(this.olap, truth.counts, found);
  }

  /** In the order of the flow, each after it has drained; or, in haste, all at once. */
  async stop(haste: boolean): Promise<void> {
    // A frozen one would not hear it.
    for (const service of this.services.values()) service.thaw();
    for (const service of this.services.values()) {
      const stopped = service.stop();
      if (haste) service.kill();
      await stopped;
    }
    for (const end of this.#ends) await end();
  }
}

const secondListener = (
  port: number,
  controllerPort: number,
  { behind, advertised }: { readonly behind: number; readonly advertised: number },
): Readonly<Record<string, string>> => ({
  listeners: `PLAINTEXT://127.0.0.1:${port},HARMED://127.0.0.1:${behind},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},HARMED://127.0.0.1:${advertised}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,HARMED:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
});

const settingsFor = (
  directory: string,
  apiPort: number,
  ports: Readonly<Record<keyof Servers, number>>,
): Settings<typeof UP_OPTIONS> => {
  const environment = {
    MILLRACE_PORT: String(apiPort),
    MILLRACE_DIRECTORY: directory,
    MILLRACE_PARTITIONS: String(PARTITIONS),
    MILLRACE_EMISSION_INTERVAL: '1s',
    MILLRACE_KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
    MILLRACE_REDIS_NODES: `127.0.0.1:${ports.redis}`,
    MILLRACE_CLICKHOUSE_URL: `http://127.0.0.1:${ports.clickhouse}`,
    MILLRACE_RULES: rulesIn(directory),
  };
  const config = readConfig({ name: 'faults', description: '' }, UP_OPTIONS, { args: [], environment });
  if (config.kind !== 'run') throw new Error(config.kind === 'problems' ? config.problems.join('\n') : config.text);
  return config.settings;
};

const rulesIn = (directory: string): string => {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'rules.json');
  writeFileSync(path, JSON.stringify(RULES_FILE));
  return path;
};

/** Merchants that have exposures for sure: the busiest. */
const named = ({ totals }: Segment): TrafficTotals['merchants'] =>
  [...totals.merchants].sort((a, b) => b.metrics.exposures - a.metrics.exposures).slice(0, NAMED);
