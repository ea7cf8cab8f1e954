import { LAST_TOUCH, type Fact, type Grain, type Metric, type Zone } from '@millrace/ads';
import type { StateParts, StateReader, StateWriter } from '@millrace/stream';
import { Contribution } from './contribution';
import { KeyTrees, shapesOf, type Shapes } from './key-trees';
import type { KeyTree } from './key-tree';
import { planOf, type Addition, type Plan } from './plan';
import type { Segment } from './segment';
import { type Segments } from './segments';
import { DAY_INDEX, WindowStarts } from './window-starts';

/** Books facts: finds the rows of each and adds to them. Everything here runs once per fact, so nothing here allocates for long. */
export class Ledger {
  readonly segments: Segments;
  /** Start of the newest day that was booked. */
  newestDay_ms = -Infinity;
  /** Dates the changes: raised by whoever reads them. */
  generation = 1;
  /** Under the default model every metric counts; under others those that a credit decides. */
  readonly #plan: Plan;
  readonly #creditPlan: Plan;
  readonly #shapes: Shapes;
  readonly #windows: WindowStarts;
  readonly #contribution = new Contribution();
  #trees: KeyTrees;

  constructor(
    metrics: readonly Metric[],
    grains: readonly Grain[],
    zone: Zone,
    segments: Segments,
    /** Called with a day segment that has just ended. */
    readonly onDayEnd: (segment: Segment) => void,
  ) {
    this.#plan = planOf(metrics, () => true);
    this.#creditPlan = planOf(metrics, ({ split }) => split);
    this.#shapes = shapesOf(grains);
    this.#windows = new WindowStarts(zone);
    this.#trees = new KeyTrees(this.#shapes);
    this.segments = segments;
  }

  write(to: StateWriter): void {
    to.number(this.newestDay_ms).count(this.generation);
    this.segments.write(to);
  }

  restore(from: StateReader, parts: StateParts): void {
    this.newestDay_ms = from.number();
    this.generation = from.count();
    const trees = this.#trees;
    this.segments.restore(from, parts, (...key) => trees.series(...key));
  }

  add(fact: Fact): void {
    this.#place(fact.ingest_time);
    const { kind, attribution, event_time, click_time, model } = fact;
    const credited = attribution !== null;
    const main = !credited || model === LAST_TOUCH;
    const { event, order } = (main ? this.#plan : this.#creditPlan)[kind];
    const tree = main ? this.#trees.main : this.#trees.own(model);
    tree.find(fact);
    this.#book(fact, event, event_time, tree);
    this.#book(fact, order, fact.order_time ?? event_time, tree);
    if (credited && click_time !== null) this.#bookCohort(fact, click_time);
  }

  /**
   * R13: the same effects again, all of them on the day of their click. Clicks, exposures and their cost are not repeated:
   * their own day is the click's day, so readers take them from the other basis.
   */
  #bookCohort(fact: Fact, click_time: number): void {
    const { event, order } = this.#creditPlan[fact.kind];
    const tree = this.#trees.cohort(fact.model);
    tree.find(fact);
    this.#book(fact, event, click_time, tree);
    this.#book(fact, order, click_time, tree);
  }

  #place(ingest_ms: number): void {
    const { day } = this.segments;
    if (!this.segments.advance(ingest_ms)) return;
    this.onDayEnd(day);
    this.#trees = new KeyTrees(this.#shapes);
  }

  #book(fact: Fact, additions: readonly Addition[], time_ms: number, { found, count }: KeyTree): void {
    if (additions.length === 0) return;
    const contribution = this.#contribution;
    contribution.take(additions, fact);
    this.#windows.at(time_ms);
    const { starts } = this.#windows;
    if (starts[DAY_INDEX] > this.newestDay_ms) this.newestDay_ms = starts[DAY_INDEX];
    const { fine, day } = this.segments;
    const { generation } = this;
    for (let i = 0; i < count; i++) {
      const node = found[i];
      if (node === undefined) break;
      const gainsUser = (fact.uv & node.key.grain.uv_bit) !== 0;
      for (const series of node.series) {
        const isDay = series.windowIndex === DAY_INDEX;
        // R15: users are counted in day rows only.
        const withUsers = isDay && gainsUser && contribution.users > 0;
        if (contribution.size === 0 && !withUsers) continue;
        const segment = isDay ? day : fine;
        segment.add(segment.slotOf(series, starts[series.windowIndex]), contribution, withUsers, generation);
      }
    }
  }
}
