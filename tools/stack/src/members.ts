import { type Place, type Server, startClickHouse, startKafka, startRedis } from '@millrace/testkit/servers';

/** A server of the stack: where it listens is for the environment to say. */
export interface StackMember {
  readonly name: string;
  /** Its folder under `.stack`. */
  readonly folder: string;
  /** Environment name → port if that is unset. The first is the one that clients use. */
  readonly ports: Readonly<Record<string, number>>;
  /** The address that clients are given. */
  readonly url: (port: number) => string;
  readonly start: (place: Place, ports: readonly number[]) => Promise<Server>;
}

export const MEMBERS: readonly StackMember[] = [
  {
    name: 'Kafka',
    folder: 'kafka',
    ports: { MILLRACE_STACK_KAFKA_PORT: 29092, MILLRACE_STACK_KAFKA_CONTROLLER_PORT: 29093 },
    url: (port) => `127.0.0.1:${port}`,
    start: (place, [port, controllerPort]) => startKafka({ ...place, port, controllerPort }),
  },
  {
    name: 'Redis',
    folder: 'redis',
    ports: { MILLRACE_STACK_REDIS_PORT: 26379 },
    url: (port) => `redis://127.0.0.1:${port}`,
    start: (place, [port]) => startRedis({ ...place, port }),
  },
  {
    name: 'ClickHouse',
    folder: 'clickhouse',
    ports: { MILLRACE_STACK_CLICKHOUSE_PORT: 28123, MILLRACE_STACK_CLICKHOUSE_TCP_PORT: 29000 },
    url: (port) => `http://127.0.0.1:${port}`,
    start: (place, [port, tcpPort]) => startClickHouse({ ...place, port, tcpPort }),
  },
];

/** The ports of a member; throws for one that is no port. */
export function portsOf({ ports }: StackMember, environment: Readonly<Record<string, string | undefined>>): readonly number[] {
  return Object.entries(ports).map(([name, otherwise]) => {
    const said = environment[name];
    if (said === undefined || said === '') return otherwise;
    const port = Number(said);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`${name}: "${said}" is no port (1 to 65535)`);
    return port;
  });
}
