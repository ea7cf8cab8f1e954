import type { Fault } from './fault';

const KILLS = 2;

/** `kill -9` at moments that the seed chooses: while it works, and again while it recovers or soon after. */
const killed = (name: string, instance: string): Fault => ({
  name: `kill-${name}`,
  says: `kill -9 of ${instance}, ${KILLS} times`,
  short: true,
  async strike(world, random) {
    for (let kill = 0; kill < KILLS; kill++) {
      await world.sleep(random.between(200, 3_000));
      world.service(instance).kill();
    }
  },
});

export const SERVICE_FAULTS: readonly Fault[] = [
  { name: 'nothing', says: 'no fault at all: what the others are compared with', strike: (world) => world.sleep(5_000) },
  killed('ods', 'ods'),
  killed('dwd', 'dwd-0'),
  killed('dws', 'dws'),
  killed('archive', 'archive'),
  killed('app', 'app'),
];
