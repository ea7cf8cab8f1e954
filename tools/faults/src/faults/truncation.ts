import { deleteRecords } from '@millrace/adapters/kafka/testing';
import { TOPICS } from '@millrace/ads';
import type { World } from '../world/world';
import { commanded } from '../world/operator';
import type { Fault } from './fault';

const LAYER = 'dws';
const INPUT = { topic: TOPICS.fact, partition: 0 };
const WITHIN_MS = 60_000;
const BEHIND_MS = 5_000;

/** Retention that was faster than a reader: the reader stops, says where, and goes on when an operator has said so. */
export const TRUNCATION: Fault = {
  name: 'truncate-facts',
  says: `records of ${INPUT.topic}/${INPUT.partition} are deleted that DWS has not read: it must stop, and go on by \`npm run admin -- proceed\``,
  loses: true,
  async strike(world) {
    const dws = world.service('dws');
    dws.freeze();
    const behind = await world.log.bounds(INPUT);
    await world.sleep(BEHIND_MS);
    const { end } = await world.log.bounds(INPUT);
    if (end <= behind.end + 1) throw new Error(`DWD wrote nothing to ${INPUT.topic}/${INPUT.partition} while DWS was frozen`);
    await deleteRecords(world.servers.kafka.url, INPUT, end);
    dws.thaw();
    await world.until('DWS has stopped with the named error', () => stopped(world), WITHIN_MS);
    const at = /proceed with (\S+:\S+@\d+)/.exec(await dws.unready())?.[1];
    if (at === undefined) throw new Error(`DWS does not say what to do: ${await dws.unready()}`);
    await commanded(world, ['proceed', '--at', at]);
    await world.until('DWS has gone on', () => dws.unready(), WITHIN_MS);
  },
};

/** What is missing of: a metric that says where, a reason for not being ready, an error with its name in the log. */
const stopped = async (world: World): Promise<string> => {
  const dws = world.service('dws');
  const metric = (await dws.metrics())
    .split('\n')
    .find(
      (line) => /^\w*partition_stopped\{/.test(line) && line.includes(`topic="${INPUT.topic}"`) && line.includes('partition="0"'),
    );
  const reason = await dws.unready();
  if (metric?.endsWith(' 1') !== true) return `the metric is ${metric ?? 'absent'}; ${reason}`;
  if (!reason.includes(`stopped: the position of ${LAYER} stands at`)) return `it is not ready because of: ${reason}`;
  return dws.errors.has('ContinuityError') ? '' : `its log names ${[...dws.errors].join() || 'no error'}`;
};
