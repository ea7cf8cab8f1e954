import type { DatedRules, Rules, Zone } from '@millrace/ads';
import { RateTable, RuleBook, zoneOf } from '@millrace/ads';

/** The longest that a local day can be: 25 h, and room for the zone that once lived through a day twice. */
const LOCAL_DAY_MS = 48 * 3_600_000;

/** What decides: the rules of each day (D3), the business zone, the rates. */
export class Policy {
  readonly zone: Zone;
  readonly rates: RateTable;
  /** The longest of each period over all days: how long state is kept. */
  readonly longest: RuleBook['longest'];
  /** How far before a conversion its click may lie (R3): W; whole local days, should they be what counts. */
  readonly reach_ms: number;
  /** Every model that some day keeps. */
  readonly models: readonly string[];
  private readonly book: RuleBook;

  constructor(readonly rules: Rules) {
    this.book = new RuleBook(rules);
    this.zone = zoneOf(rules.zone);
    this.rates = new RateTable(rules.base_currency, rules.rates);
    this.longest = this.book.longest;
    this.models = this.book.models;
    const calendar = [rules, ...rules.changes].some(({ window_mode }) => window_mode === 'calendar');
    this.reach_ms = Math.max(LOCAL_DAY_MS, this.longest.window_ms + (calendar ? LOCAL_DAY_MS : 0));
  }

  /** The rules of the local day of an instant. */
  at(time_ms: number): DatedRules {
    return this.rules.changes.length === 0 ? this.rules : this.book.at(this.zone.dayOf(time_ms));
  }

  /** The last instant of a conversion that a click, or the next one on its ad that it makes repeated, could win. */
  endOfReach(click_ms: number): number {
    return click_ms + this.reach_ms + this.longest.repeat_within_ms;
  }
}
