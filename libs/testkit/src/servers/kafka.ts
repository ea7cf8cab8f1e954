import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kafkaJars } from './kafka-jars';
import { freePort, refuseTaken } from './port';
import { type Place, Server } from './server';
import { talk } from './talk';

export interface KafkaPlace extends Place {
  /** KRaft's own listener. Default: a free one. */
  readonly controllerPort?: number;
  /** Lines of `server.properties` that replace ours or come on top. */
  readonly properties?: Readonly<Record<string, string>>;
}

const CLUSTER = 'MkU3OEVBNTcwNTJENDM2Qg';
const LOG4J = `rootLogger.level=warn
rootLogger.appenderRef.c.ref=C
appender.c.type=Console
appender.c.name=C
appender.c.layout.type=PatternLayout
appender.c.layout.pattern=%d %p %m (%c{1})%n
`;
const CORRELATION = 7;
/** ApiVersions, version 0, no client name. An open port is no sign: the broker opens it long before it answers. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, CORRELATION, 255, 255]);

/** One Kafka node (KRaft, no ZooKeeper), broker and controller in one process; topics are made by command alone. */
export async function startKafka(place: KafkaPlace): Promise<Server> {
  const jars = await kafkaJars();
  const port = place.port ?? (await freePort());
  const controllerPort = place.controllerPort ?? (await freePort());
  await refuseTaken(port, 'Kafka');
  await refuseTaken(controllerPort, 'Kafka');

  const { directory } = place;
  await mkdir(directory, { recursive: true });
  const data = join(directory, 'data');
  const properties = join(directory, 'server.properties');
  const log4j = join(directory, 'log4j2.properties');
  await writeFile(log4j, LOG4J);
  await writeFile(properties, textOf({ ...settings(port, controllerPort, data), ...place.properties }));
  const java: readonly [string, ...string[]] = [
    'java',
    ...['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.configurationFile=${log4j}`],
    ...['-cp', join(jars, '*')],
  ];
  if (!existsSync(join(data, 'meta.properties'))) format(java, properties);

  return Server.at(
    {
      name: 'Kafka',
      url: `127.0.0.1:${port}`,
      port,
      command: [...java, 'kafka.Kafka', properties],
      probe: async () => {
        const answer = await talk(port, API_VERSIONS);
        if (answer.readInt32BE(4) !== CORRELATION) throw new Error('something else than Kafka answers');
      },
    },
    place,
  );
}

const settings = (port: number, controllerPort: number, data: string): Record<string, string> => ({
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
  listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
  'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map':
    'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL',
  'log.dirs': data,
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.dedupe.buffer.size': '16777216',
  // By default the controller holds on to a broker that was killed for 9 s, and its successor waits.
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
});

const textOf = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

function format([file, ...args]: readonly [string, ...string[]], properties: string): void {
  const storage = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', CLUSTER, '-c', properties];
  const { status, stdout, stderr } = spawnSync(file, [...args, ...storage], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Kafka's storage could not be prepared:\n${stdout}${stderr}`);
}
