import { freePort, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, type Confinement } from './container';

const USER = 1000;
const READY_WITHIN_MS = 90_000;
/** More than the programs' own `stop.limit`. */
const STOP_WITHIN_S = 30;

/** Memory limits as the chart's example `small` has them. */
const PROGRAMS: Readonly<Record<string, Pick<Confinement, 'memory' | 'volumes'>>> = {
  ods: { memory: '256m' },
  dwd: { memory: '512m', volumes: ['/var/lib/millrace'] },
  dws: { memory: '512m', volumes: ['/var/lib/millrace'] },
  archive: { memory: '256m' },
  app: { memory: '256m' },
};

/**
 * Runs every program of the image over real servers, under a memory limit, with nothing to write to but its volume: it gets ready, is
 * not root, its health check passes, and SIGTERM ends it in order. Returns what did not hold.
 */
export const checkImage = async (image: string, say: (line: string) => void): Promise<string[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-image-'));
  const servers = await Promise.all([
    startKafka({ directory: join(directory, 'kafka') }),
    startClickHouse({ directory: join(directory, 'clickhouse') }),
    startRedis({ directory: join(directory, 'redis') }),
  ]);
  try {
    const [kafka, clickhouse, redis] = servers;
    const environment = {
      MILLRACE_KAFKA_BROKERS: kafka.url,
      MILLRACE_CLICKHOUSE_URL: clickhouse.url,
      MILLRACE_REDIS_NODES: `127.0.0.1:${redis.port}`,
    };
    const problems: string[] = [];
    for (const [command, ...args] of [['topics', 'create', '--topics-partitions', '2', '--topics-outside'], ['migrate']]) {
      const confinement = { memory: '256m', cpus: '1', environment };
      const { code, stdout, stderr } = await Container.run(image, ['admin', command ?? '', ...args], confinement);
      if (code !== 0) return [`admin ${command}: ended with ${code}\n${stdout}${stderr}`];
      say(`✓ admin ${command}`);
    }
    for (const [program, limits] of Object.entries(PROGRAMS)) {
      const found = await checkProgram(image, program, { ...limits, cpus: '1', environment }, say);
      problems.push(...found.map((problem) => `${program}: ${problem}`));
    }
    return problems;
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  }
};

const checkProgram = async (
  image: string,
  program: string,
  confinement: Confinement,
  say: (line: string) => void,
): Promise<string[]> => {
  const port = await freePort();
  const environment = {
    ...confinement.environment,
    MILLRACE_HEALTH_PORT: String(port),
    MILLRACE_API_PORT: String(await freePort()),
  };
  const container = await Container.start(`millrace-image-${program}`, image, [program], { ...confinement, environment });
  try {
    if (!(await ready(container, port)))
      return [`not ready within ${READY_WITHIN_MS} ms:\n${(await container.logs()).slice(-2_000)}`];
    const { uid, capabilities, noNewPrivileges, peak_kb } = await container.firstProcess();
    const healthy = await container.healthy();
    const { code, outOfMemory } = await container.stop(STOP_WITHIN_S);
    say(
      `✓ ${program.padEnd(8)} ready; uid ${uid}; ${Math.round(peak_kb / 1_024)} MiB at most, of ${confinement.memory}; SIGTERM: ended with ${code}`,
    );
    return [
      ...(uid === USER ? [] : [`runs as user ${uid}, not ${USER}`]),
      ...(/^0+$/.test(capabilities) ? [] : [`has capabilities: ${capabilities}`]),
      ...(noNewPrivileges ? [] : ['may gain privileges']),
      ...(healthy ? [] : ["the image's health check fails"]),
      ...(code === 0 ? [] : [`SIGTERM: ended with ${code}, not 0:\n${(await container.logs()).slice(-2_000)}`]),
      ...(outOfMemory ? [`ran out of ${confinement.memory}`] : []),
    ];
  } finally {
    await container.remove();
  }
};

const ready = async (container: Container, port: number): Promise<boolean> => {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && (await container.running())) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz/ready`).catch(() => null);
    if (answer?.ok === true) return true;
    await sleep(200);
  }
  return false;
};
