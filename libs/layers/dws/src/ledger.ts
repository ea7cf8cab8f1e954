import { LAST_TOUCH, type Fact, type Grain, type Metric, type Zone } from '@millrace/ads';
import type { StateParts, StateReader, StateWriter } from '@millrace/stream';
import type { Families } from './families';
import type { KeyTree } from './key-tree';
import { KeyTrees, shapesOf, type Shapes } from './key-trees';
import { Plan, type Booking } from './plan';
import type { Segment } from './segment';
import { Segments } from './segments';
import { DAY_INDEX, HOUR_INDEX, MINUTE_INDEX, WindowStarts } from './window-starts';

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
  #trees: KeyTrees;

  constructor(
    metrics: readonly Metric[],
    grains: readonly Grain[],
    zone: Zone,
    families: Families,
    maxRows: number,
    /** Called with a day segment that has just ended. */
    readonly onDayEnd: (segment: Segment) => void,
  ) {
    this.#plan = new Plan(metrics, families, () => true);
    this.#creditPlan = new Plan(metrics, families, ({ split }) => split);
    this.#shapes = shapesOf(grains);
    this.#windows = new WindowStarts(zone);
    this.#trees = new KeyTrees(this.#shapes);
    this.segments = new Segments(families, maxRows, this.#trees.keys, () => {
      this.#trees = new KeyTrees(this.#shapes);
      return this.#trees.keys;
    });
  }

  write(to: StateWriter): void {
    to.number(this.newestDay_ms).count(this.generation);
    this.segments.write(to);
  }

  restore(from: StateReader, parts: StateParts, layout: number): void {
    this.newestDay_ms = from.number();
    this.generation = from.count();
    this.segments.restore(from, parts, layout, this.#trees);
  }

  add(fact: Fact): void {
    this.#place(fact.ingest_time);
    const { event_time, click_time, model } = fact;
    const credited = fact.attribution !== null;
    const main = !credited || model === LAST_TOUCH;
    // Models that share a credit count in micro-credits, so that their sums too are exact integers.
    const share = main ? 1 : fact.credit_micro;
    const { event, order } = (main ? this.#plan : this.#creditPlan).of(fact);
    const tree = main ? this.#trees.main : this.#trees.own(model);
    const ids = tree.find(fact);
    if (event !== null) this.#book(tree, ids, event, event_time, fact, share);
    if (order !== null) this.#book(tree, ids, order, fact.order_time ?? event_time, fact, share);
    if (credited && click_time !== null) this.#bookCohort(fact, click_time, share);
  }

  /**
   * R13: the same effects again, all of them on the day of their click. Clicks, exposures and their cost are not repeated:
   * their own day is the click's day, so readers take them from the other basis.
   */
  #bookCohort(fact: Fact, click_time: number, share: number): void {
    const { event, order } = this.#creditPlan.of(fact);
    const tree = this.#trees.cohort(fact.model);
    const ids = tree.find(fact);
    if (event !== null) this.#book(tree, ids, event, click_time, fact, share);
    if (order !== null) this.#book(tree, ids, order, click_time, fact, share);
  }

  #place(ingest_ms: number): void {
    const { day } = this.segments;
    if (this.segments.advance(ingest_ms)) this.onDayEnd(day);
  }

  /** To all series of these ids. */
  #book({ known }: KeyTree, ids: number, what: Booking, time_ms: number, { sign, amount_minor, uv }: Fact, share: number): void {
    what.take(sign, share, amount_minor);
    this.#windows.at(time_ms);
    const { starts } = this.#windows;
    const day_ms = starts[DAY_INDEX];
    if (day_ms > this.newestDay_ms) this.newestDay_ms = day_ms;
    const { fine, day } = this.segments;
    const { generation } = this;
    const { records } = known;
    const minutes = known.first(ids);
    const hours = known.end(ids, MINUTE_INDEX);
    const days = known.end(ids, HOUR_INDEX);
    const end = known.end(ids, DAY_INDEX);
    const { sums, users } = what;
    if (sums !== null) {
      if (minutes < hours) fine.add(records, minutes, hours, starts[MINUTE_INDEX], sums, generation);
      if (hours < days) fine.add(records, hours, days, starts[HOUR_INDEX], sums, generation);
      if (days < end) day.add(records, days, end, day_ms, sums, generation);
    }
    // R15: users are counted in day rows only.
    if (users !== null && uv !== 0) day.addUsers(records, days, end, uv, day_ms, users, generation);
  }
}
