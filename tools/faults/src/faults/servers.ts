import { spawnSync } from 'node:child_process';
import type { Servers } from '../world/world';
import type { Fault } from './fault';

const AWAY_MS = 4_000;
const FROZEN_MS = 10_000;
const HARMED_MS = 10_000;
const LATENCY_MS = 300;

const killed = (server: keyof Servers): Fault => ({
  name: `kill-${server}`,
  says: `kill -9 of ${server}, which comes back after some seconds over what its disk has`,
  ...(server !== 'redis' && { short: true }),
  async strike(world, random) {
    await world.servers[server].kill();
    await world.sleep(random.between(1_000, AWAY_MS));
    await world.servers[server].start();
  },
});

const frozen = (server: keyof Servers): Fault => ({
  name: `freeze-${server}`,
  says: `${server} holds its connections and answers nobody (SIGSTOP), ${FROZEN_MS / 1_000} s`,
  async strike(world) {
    world.servers[server].pause();
    await world.sleep(FROZEN_MS);
    world.servers[server].resume();
  },
});

const flushed: Fault = {
  name: 'flush-redis',
  says: 'Redis forgets everything',
  short: true,
  async strike({ servers }) {
    const { status, stdout } = spawnSync('redis-cli', ['-p', String(servers.redis.port), 'flushall'], { encoding: 'utf8' });
    if (status !== 0 || stdout.trim() !== 'OK') throw new Error(`redis-cli flushall: ${stdout}`);
  },
};

type Harm = (server: keyof Servers) => Fault;
const cut: Harm = (server) => ({
  name: `cut-${server}`,
  says: `the network to ${server} is cut, ${HARMED_MS / 1_000} s`,
  network: true,
  async strike(world) {
    await world.network.ways[server].cut();
    await world.sleep(HARMED_MS);
    await world.network.mend();
  },
});
const slowed: Harm = (server) => ({
  name: `slow-${server}`,
  says: `everything to and from ${server} takes ${LATENCY_MS} ms longer, ${HARMED_MS / 1_000} s`,
  network: true,
  async strike(world) {
    await world.network.ways[server].slow(LATENCY_MS);
    await world.sleep(HARMED_MS);
    await world.network.mend();
  },
});
const halfClosed: Harm = (server) => ({
  name: `half-${server}`,
  says: `${server} hears the services, and they hear nothing of it, ${HARMED_MS / 1_000} s`,
  network: true,
  async strike(world) {
    await world.network.ways[server].halfClose();
    await world.sleep(HARMED_MS);
    await world.network.mend();
  },
});

const ALL = ['kafka', 'redis', 'clickhouse'] as const;

export const SERVER_FAULTS: readonly Fault[] = [
  ...ALL.map(killed),
  flushed,
  frozen('clickhouse'),
  ...ALL.flatMap((server) => [cut(server), slowed(server), halfClosed(server)]),
];
