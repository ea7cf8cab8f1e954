import { Random } from '@millrace/ads';
import type { Fault } from './faults';
import { Feeding } from './source/feeding';
import { type Segment, segments } from './source/segment';
import { TOPIC, World, type WorldOptions } from './world/world';

/** What became of the warehouse under a fault. */
export interface Outcome {
  readonly fault: string;
  readonly says: string;
  /** The longest time in which the answers' as-of did not move though input went on, s. */
  readonly still_s: number;
  /** From the end of the fault until all input had gone through all layers, s. */
  readonly through_s: number;
  /** How often services were started again. */
  readonly restarts: number;
  /** Totals that equal the source's own, of how many: of everything that was fed so far. */
  readonly equal: number;
  readonly of: number;
  /** What went wrong; empty when nothing did. */
  readonly wrong: readonly string[];
}

export interface RunOptions extends Omit<WorldOptions, 'network'> {
  readonly faults: readonly Fault[];
  readonly seed: number;
  readonly lines: number;
  readonly pace_ms: number;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly signal: AbortSignal;
}

const START_WITHIN_MS = 120_000;
const SETTLE_WITHIN_MS = 180_000;
/** The harm is done when about so much of the input is in. */
const FIRST_SHARE = 0.15;

/** One fault after another over one start of everything; after each, all totals are held against the source's own. */
export const run = async (options: RunOptions): Promise<readonly Outcome[]> => {
  const { faults, seed, lines, onOutcome, signal, say } = options;
  const world = await World.start({ ...options, network: faults.some(({ network }) => network) });
  const outcomes: Outcome[] = [];
  try {
    await world.ready(START_WITHIN_MS);
    say('✓ services');
    const source = segments(world.clock.now_ms(), seed, lines);
    const fed: Segment[] = [];
    for (const [at, fault] of faults.entries()) {
      if (signal.aborted) break;
      const segment = source.next().value;
      if (!fault.loses) fed.push(segment);
      const outcome = await strike(world, fault, { segment, fed, random: new Random(seed + at), pace_ms: options.pace_ms });
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  } finally {
    await world.stop();
  }
  return outcomes;
};

interface Circumstances {
  readonly segment: Segment;
  readonly fed: readonly Segment[];
  readonly random: Random;
  readonly pace_ms: number;
}

const strike = async (world: World, fault: Fault, { segment, fed, random, pace_ms }: Circumstances): Promise<Outcome> => {
  const { clock } = world;
  const restarts = world.restarts;
  const feeding = new Feeding(world, TOPIC, segment.lines, pace_ms);
  const standstill = world.watch(segment);
  const wrong: string[] = [];
  let checked = { equal: 0, of: 0, differences: [] as readonly string[] };
  let over_ms = clock.now_ms();
  try {
    await Promise.race([
      feeding.done,
      world.until('input is fed', async () => (feeding.share < FIRST_SHARE ? 'not yet' : ''), pace_ms),
    ]);
    await fault.strike(world, random);
    over_ms = clock.now_ms();
    await feeding.pour();
    await world.ready(SETTLE_WITHIN_MS);
    await world.settle(SETTLE_WITHIN_MS);
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  const through_ms = clock.now_ms() - over_ms;
  const still_ms = await standstill.end();
  try {
    checked = await world.check(fed);
    wrong.push(...checked.differences);
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  return {
    fault: fault.name,
    says: fault.says,
    still_s: still_ms / 1_000,
    through_s: through_ms / 1_000,
    restarts: world.restarts - restarts,
    equal: checked.equal,
    of: checked.of,
    wrong,
  };
};
