import { Random, TOPICS } from '@millrace/ads';
import { writerOf } from '@millrace/stream';
import { Outside } from './outside';
import { Plague } from './plague';
import { positionIn, progressOf } from './ports/clickhouse';
import { Fleet } from './process/fleet';
import { Callers } from './scenario/callers';
import { Producers } from './scenario/producers';
import { INPUTS, scenarioOf } from './scenario/scenario';
import { objectionsAtRest } from './truth/at-rest';
import { boundObjections } from './truth/bounds';
import { type Fault, Faults } from './world/faults';
import { World } from './world/world';

export interface SimulationOptions {
  readonly seed: number;
  /** Only these faults, whatever the seed would choose. */
  readonly only?: readonly Fault[];
  /** Told of every step. */
  readonly onStep?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  /** What is wrong, in words; none is what every seed should have. */
  readonly objections: readonly string[];
  /** Of everything that happened, in its order: a seed has one. */
  readonly trace: string;
  readonly steps: number;
  /** Deliveries of the history. */
  readonly events: number;
  /** Events that the API acknowledged, and answers of it that were compared. */
  readonly acknowledged: number;
  readonly answers: number;
  readonly faults: ReadonlyMap<Fault, number>;
}

const MAX_STEPS = 120_000;
const MAX_HEALING_STEPS = 40_000;
/** How often it is looked whether everything is at rest. */
const STEPS_A_LOOK = 16;

/** Runs one seed: faults while the history is delivered, then none; everything must drain, and then equal the oracle. */
export async function simulate({ seed, only, onStep }: SimulationOptions): Promise<Outcome> {
  const random = new Random(seed);
  const scenario = scenarioOf(seed, random);
  const faults = new Faults(random, only);
  const world = new World(random, faults, scenario.start_ms, onStep);
  const outside = new Outside(world, scenario);
  const fleet = new Fleet(outside);
  const producers = new Producers(outside);
  const callers = new Callers(outside, fleet, (event) => producers.deliver(event));
  producers.begin(callers);
  if (scenario.apis > 0) callers.begin();
  const plague = new Plague(outside, fleet);
  plague.begin();
  plague.changeRules();
  const { objections } = outside;

  const last_ms = scenario.start_ms + scenario.span_ms;
  const delivered = await world.run(() => world.now_ms > last_ms || objections.length > 0, MAX_STEPS);
  if (!delivered) outside.object(`the history was not delivered within ${MAX_STEPS} steps`);

  world.note('healing begins');
  faults.healed = true;
  // The clocks of the raw partitions go on for a while, then stand still, so that there is an end to come to.
  const { tick_interval_ms, poll_ms } = scenario.pace;
  world.after(tick_interval_ms * 4 + poll_ms * 8, null, 'the clocks stand still', () => (fleet.idles = false));
  const rested = await world.run(
    () => objections.length > 0 || (!fleet.idles && world.steps % STEPS_A_LOOK === 0 && unrest(outside, fleet).length === 0),
    MAX_HEALING_STEPS,
  );
  if (!rested)
    outside.object(`not drained after ${MAX_HEALING_STEPS} steps without faults: ${unrest(outside, fleet).join('; ')}`);
  if (objections.length === 0) {
    const all = [...objectionsAtRest(outside, producers), ...boundObjections(outside, fleet)];
    for (const objection of all) outside.object(objection);
  }
  const { acknowledged, answers } = outside;
  const events = scenario.history.length;
  return { seed, objections, trace: world.trace(), steps: world.steps, events, acknowledged, answers, faults: faults.counts };
}

/** What is still under way. */
function unrest({ brokers, tables, books }: Outside, fleet: Fleet): string[] {
  const reading = fleet.unrest();
  if (reading.length > 0) return reading;
  const progress = progressOf(tables);
  const unwritten = brokers
    .all(TOPICS.fact)
    .filter((of) => brokers.bounds(of).end > 0 && positionIn(progress.get(of.partition)) !== brokers.bounds(of).end)
    .map((of) => `dws has not written ${writerOf(of)} to its end`);
  const given = INPUTS.archive.flatMap((topic) => books.lanes(topic)).reduce((sum, { rows }) => sum + rows.length, 0);
  return tables.archived === given ? unwritten : [...unwritten, `${tables.archived} of ${given} rows are archived`];
}
