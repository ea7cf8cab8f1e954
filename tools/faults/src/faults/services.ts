import type { Random } from '@millrace/ads';
import type { World } from '../world/world';
import type { Fault } from './fault';

const KILLS = 3;
/** Kafka's for a member that is silent, and some more: by then its partitions are somebody else's. */
const BEYOND_SESSION_MS = 12_000;
const READY_WITHIN_MS = 60_000;

/** `kill -9` at moments that the seed chooses: while it works, while it recovers, and soon after. */
const killed = (name: string, instance: string): Fault => ({
  name: `kill-${name}`,
  says: `kill -9 of ${instance}, ${KILLS} times`,
  async strike(world, random) {
    for (let kill = 0; kill < KILLS; kill++) {
      await world.sleep(random.between(200, 4_000));
      world.service(instance).kill();
    }
  },
});

const killEach: Fault = {
  name: 'kill-each',
  says: 'kill -9 of every service once, one soon after the other',
  short: true,
  async strike(world, random) {
    for (const instance of shuffled([...world.services.keys()], random)) {
      await world.sleep(random.between(100, 1_000));
      world.service(instance).kill();
    }
  },
};

const frozen = (name: string, instance: string): Fault => ({
  name: `freeze-${name}`,
  says: `${instance} is frozen (SIGSTOP) until the group has given it up, and goes on`,
  async strike(world) {
    const service = world.service(instance);
    service.freeze();
    await world.sleep(BEYOND_SESSION_MS);
    service.thaw();
  },
});

/** A second one beside dwd-0, as after a split network or by a mistake of an operator: the newer has the partitions. */
const twin: Fault = {
  name: 'twin-dwd',
  says: 'a second instance of the same ordinal comes, works for a while, and goes',
  async strike(world) {
    const other = await world.supervise('dwd-0-twin', world.ownOf('dwd-0'));
    try {
      await world.sleep(BEYOND_SESSION_MS);
    } finally {
      await other.stop();
    }
  },
};

const rolling: Fault = {
  name: 'roll-dwd',
  says: 'the two instances of DWD are stopped (SIGTERM) and started again, the last first, each when the one before is ready',
  async strike(world) {
    for (const instance of ['dwd-1', 'dwd-0']) {
      const code = await world.service(instance).stop();
      if (code !== 0) throw new Error(`${instance} was asked to stop and ended with ${code}`);
      world.service(instance).startAgain();
      await ready(world, instance);
    }
  },
};

const ready = (world: World, instance: string): Promise<void> =>
  world.until(`${instance} is ready`, () => world.service(instance).unready(), READY_WITHIN_MS);

const shuffled = (names: readonly string[], random: Random): string[] => {
  const left = [...names];
  return names.map(() => left.splice(random.below(left.length), 1)[0] ?? '');
};

export const SERVICE_FAULTS: readonly Fault[] = [
  killed('ods', 'ods'),
  killed('dwd', 'dwd-0'),
  killed('dws', 'dws'),
  killed('archive', 'archive'),
  killed('app', 'app'),
  killEach,
  frozen('ods', 'ods'),
  frozen('dwd', 'dwd-0'),
  frozen('dws', 'dws'),
  twin,
  rolling,
];
