import { Random } from '@millrace/ads';
import { unlessStopped } from '@millrace/service/demo';
import { type Segment, segments } from '@millrace/up';
import type { Fault } from './faults';
import { Feeding } from './source/feeding';
import { type Fed, TOPIC, World, type WorldOptions } from './world/world';

/** What became of the warehouse under a fault. */
export interface Outcome {
  readonly fault: string;
  readonly says: string;
  /** The longest time in which the numbers did not move though input went on, s. */
  readonly still_s: number;
  /** The longest time in which their as-of did not move, s: it waits for the slowest partition. */
  readonly as_of_still_s: number;
  /** From the end of the fault until all input had gone through all layers, s; null: it never did. */
  readonly through_s: number | null;
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
const SERVED_WITHIN_MS = 60_000;
/** The harm is done when about so much of the input is in. */
const FIRST_SHARE = 0.15;

/** One fault after another over one start of everything; after each, all totals are held against the source's own. Throws Stopped. */
export const run = async (options: RunOptions): Promise<readonly Outcome[]> => {
  const { faults, seed, lines, onOutcome, signal, say } = options;
  const world = await World.start({ ...options, network: faults.some(({ network }) => network) });
  const outcomes: Outcome[] = [];
  try {
    await unlessStopped(signal, world.ready(START_WITHIN_MS));
    say('✓ services');
    const source = segments(world.clock.now_ms(), seed, lines);
    const all: Segment[] = [];
    const whole: Segment[] = [];
    const next = (loses: boolean): Segment => {
      const segment = source.next().value;
      all.push(segment);
      if (!loses) whole.push(segment);
      return segment;
    };
    for (const [at, fault] of faults.entries()) {
      const segment = next(fault.loses === true);
      // What was lost is lost; what comes after it must be whole again.
      const after = fault.loses === true ? next(false) : null;
      const circumstances = { segment, after, fed: { all, whole }, random: new Random(seed + at), pace_ms: options.pace_ms };
      const outcome = await unlessStopped(signal, strike(world, fault, circumstances));
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  } finally {
    await world.stop(signal.aborted);
  }
  return outcomes;
};

interface Circumstances {
  readonly segment: Segment;
  /** Fed when the fault is over. */
  readonly after: Segment | null;
  readonly fed: Fed;
  readonly random: Random;
  readonly pace_ms: number;
}

const strike = async (world: World, fault: Fault, { segment, after, fed, random, pace_ms }: Circumstances): Promise<Outcome> => {
  const { clock } = world;
  const restarts = world.restarts;
  const feeding = new Feeding(world, TOPIC, segment.lines, pace_ms);
  const standstill = world.watch(segment);
  const wrong: string[] = [];
  let checked = { equal: 0, of: 0 };
  let through_ms: number | null = null;
  try {
    const begun = world.until('input is fed', async () => (feeding.share < FIRST_SHARE ? 'not yet' : ''), SETTLE_WITHIN_MS);
    await Promise.race([begun, feeding.done.then(() => begun)]);
    await fault.strike(world, random);
    const over_ms = clock.now_ms();
    await feeding.pour();
    if (after !== null) await new Feeding(world, TOPIC, after.lines, pace_ms).pour();
    await world.ready(SETTLE_WITHIN_MS);
    await world.settle(SETTLE_WITHIN_MS);
    through_ms = clock.now_ms() - over_ms;
    await standstill.end();
    await world.served(after ?? segment, SERVED_WITHIN_MS);
    const { differences, ...counts } = await world.check(fed);
    checked = counts;
    wrong.push(...differences);
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  await standstill.end();
  return {
    fault: fault.name,
    says: fault.says,
    still_s: standstill.numbers_ms / 1_000,
    as_of_still_s: standstill.as_of_ms / 1_000,
    through_s: through_ms === null ? null : through_ms / 1_000,
    restarts: world.restarts - restarts,
    ...checked,
    wrong,
  };
};
