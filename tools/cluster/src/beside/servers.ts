import { endProcess, freePort, type Place, Server, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';
import { join } from 'node:path';

/** Ports on which the pods, and we, reach the stores. */
export interface Ports {
  readonly kafka: number;
  readonly kafkaHere: number;
  readonly kafkaController: number;
  readonly redis: number;
  readonly clickhouse: number;
  readonly clickhouseTcp: number;
}

export const freePorts = async (): Promise<Ports> => ({
  kafka: await freePort(),
  kafkaHere: await freePort(),
  kafkaController: await freePort(),
  redis: await freePort(),
  clickhouse: await freePort(),
  clickhouseTcp: await freePort(),
});

const FOLDERS = ['kafka', 'redis', 'clickhouse'] as const;

/**
 * Kafka, Redis and ClickHouse as plain processes, on the loopback interface and on the address that pods reach. They outlive
 * this process, so that single steps can be run one after the other. Those that run already are left alone.
 */
export const startServers = async (directory: string, address: string, ports: Ports): Promise<void> => {
  const place = (folder: (typeof FOLDERS)[number]): Place => ({ directory: join(directory, folder), outlives: true });
  const starts: Readonly<Record<(typeof FOLDERS)[number], () => Promise<Server>>> = {
    kafka: () =>
      startKafka({
        ...place('kafka'),
        port: ports.kafkaHere,
        controllerPort: ports.kafkaController,
        properties: listenersOf(address, ports),
      }),
    redis: () =>
      startRedis({ ...place('redis'), port: ports.redis, args: ['--bind', '127.0.0.1', address, '--protected-mode', 'no'] }),
    clickhouse: () =>
      startClickHouse({
        ...place('clickhouse'),
        port: ports.clickhouse,
        tcpPort: ports.clickhouseTcp,
        host: address,
      }),
  };
  const started = await Promise.allSettled(
    FOLDERS.map(async (folder) => {
      if ((await Server.running(join(directory, folder))) === null) await starts[folder]();
    }),
  );
  for (const each of started) if (each.status === 'rejected') throw each.reason;
};

/** Ends those that run, by the numbers of their processes. */
export const stopServers = async (directory: string): Promise<number> => {
  const running = (await Promise.all(FOLDERS.map((folder) => Server.running(join(directory, folder))))).filter(
    (pid) => pid !== null,
  );
  await Promise.all(running.map((pid) => endProcess(pid)));
  return running.length;
};

const listenersOf = (address: string, { kafka, kafkaHere, kafkaController }: Ports): Readonly<Record<string, string>> => ({
  listeners: `PLAINTEXT://127.0.0.1:${kafkaHere},PODS://${address}:${kafka},CONTROLLER://127.0.0.1:${kafkaController}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${kafkaHere},PODS://${address}:${kafka}`,
  'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PODS:PLAINTEXT,CONTROLLER:PLAINTEXT',
  'inter.broker.listener.name': 'PLAINTEXT',
});
