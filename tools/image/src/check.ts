import { freePort, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Confinement, Container } from './container';

const USER = 1000;
const READY_WITHIN_MS = 90_000;
/** More than the programs' own `stop.limit`. */
const STOP_WITHIN_S = 30;
/** A command may be done again at any time, and a Job does: a Kafka that has just begun does not know yet what it was told. */
const ATTEMPTS = 3;
const COMMAND = { memory: '256m', cpus: '1' };

/** Memory limits as the chart's example `small` has them. */
const PROGRAMS: Readonly<
  Record<string, Pick<Confinement, 'memory' | 'volumes'> & { readonly told?: Confinement['environment'] }>
> = {
  // What is loaded for traces alone is in the image, too. Nobody receives them.
  ods: { memory: '384m', told: { MILLRACE_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' } },
  dwd: { memory: '512m', volumes: ['/var/lib/millrace'] },
  dws: { memory: '512m', volumes: ['/var/lib/millrace'] },
  archive: { memory: '384m' },
  app: { memory: '384m' },
};

interface Running {
  readonly program: string;
  readonly memory: string;
  readonly port: number;
  readonly container: Container;
}

/**
 * Runs every program of the image over real servers, under a memory limit, with nothing to write to but its volume: all get ready, an
 * order sent to the API is credited to its click, nobody is root, health checks pass, and SIGTERM ends each in order. Returns what
 * did not hold.
 */
export const checkImage = async (image: string, say: (line: string) => void): Promise<string[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-image-'));
  const servers = await Promise.all([
    startKafka({ directory: join(directory, 'kafka') }),
    startClickHouse({ directory: join(directory, 'clickhouse') }),
    startRedis({ directory: join(directory, 'redis') }),
  ]);
  const running: Running[] = [];
  try {
    const [kafka, clickhouse, redis] = servers;
    const api = await freePort();
    const environment = {
      MILLRACE_KAFKA_BROKERS: kafka.url,
      MILLRACE_CLICKHOUSE_URL: clickhouse.url,
      MILLRACE_REDIS_NODES: `127.0.0.1:${redis.port}`,
      MILLRACE_API_PORT: String(api),
      MILLRACE_CHECK_URL: `http://127.0.0.1:${api}`,
      MILLRACE_EMISSION_INTERVAL: '1s',
      // Nobody starts a container again that lost its group because the machine was busy.
      MILLRACE_KAFKA_SESSION: '30s',
    };
    const admin = async (...args: string[]): Promise<string[]> => {
      for (let attempt = 1; ; attempt++) {
        const { code, stdout, stderr } = await Container.run(image, ['admin', ...args], { ...COMMAND, environment });
        if (code !== 0 && attempt < ATTEMPTS) continue;
        if (code !== 0) return [`admin ${args.join(' ')}: ended with ${code}\n${stdout}${stderr}`];
        say(`✓ admin ${args[0]}${attempt === 1 ? '' : `, at attempt ${attempt}`}`);
        return [];
      }
    };

    const prepared = [
      ...(await admin('topics', 'create', '--topics-partitions', '2', '--topics-outside')),
      ...(await admin('migrate')),
    ];
    if (prepared.length > 0) return prepared;
    for (const [program, { told, ...limits }] of Object.entries(PROGRAMS))
      running.push(await start(image, program, { ...limits, cpus: '1', environment: { ...environment, ...told } }));
    const unready = (await Promise.all(running.map(notReady))).flat();
    if (unready.length > 0) return unready;
    const problems = await admin('check');
    for (const each of running) problems.push(...(await judged(each, say)));
    return problems;
  } finally {
    await Promise.all(running.map(({ container }) => container.remove()));
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  }
};

const start = async (image: string, program: string, confinement: Confinement): Promise<Running> => {
  const port = await freePort();
  const environment = { ...confinement.environment, MILLRACE_HEALTH_PORT: String(port) };
  const container = await Container.start(`millrace-image-${program}`, image, [program], { ...confinement, environment });
  return { program, memory: confinement.memory, port, container };
};

const judged = async ({ program, memory, container }: Running, say: (line: string) => void): Promise<string[]> => {
  if (!(await container.running())) return [`${program}: ended by itself:\n${(await container.logs()).slice(-2_000)}`];
  const { uid, capabilities, noNewPrivileges, peak_kb } = await container.firstProcess();
  const healthy = await container.healthy();
  const { code, outOfMemory } = await container.stop(STOP_WITHIN_S);
  const peak = `${Math.round(peak_kb / 1_024)} MiB at most, of ${memory}`;
  say(`✓ ${program.padEnd(8)} ready; uid ${uid}; ${peak}; SIGTERM: ended with ${code}`);
  return [
    ...(uid === USER ? [] : [`runs as user ${uid}, not ${USER}`]),
    ...(/^0+$/.test(capabilities) ? [] : [`has capabilities: ${capabilities}`]),
    ...(noNewPrivileges ? [] : ['may gain privileges']),
    ...(healthy ? [] : ["the image's health check fails"]),
    ...(code === 0 ? [] : [`SIGTERM: ended with ${code}, not 0:\n${(await container.logs()).slice(-2_000)}`]),
    ...(outOfMemory ? [`ran out of ${memory}`] : []),
  ].map((problem) => `${program}: ${problem}`);
};

const notReady = async ({ program, port, container }: Running): Promise<string[]> => {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && (await container.running())) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz/ready`).catch(() => null);
    if (answer?.ok === true) return [];
    await sleep(200);
  }
  return [`${program}: not ready within ${READY_WITHIN_MS} ms:\n${(await container.logs()).slice(-2_000)}`];
};
