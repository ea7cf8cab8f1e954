import type { DatedRules, Rules, Zone } from '@millrace/ads';
import { RateTable, RuleBook, zoneOf } from '@millrace/ads';

/** What decides: the rules of each day (D3), the business zone, the rates. */
export class Policy {
  readonly zone: Zone;
  readonly rates: RateTable;
  /** The longest of each period over all days: how long state is kept. */
  readonly longest: RuleBook['longest'];
  /** Every model that some day keeps. */
  readonly models: readonly string[];
  private readonly book: RuleBook;

  constructor(readonly rules: Rules) {
    this.book = new RuleBook(rules);
    this.zone = zoneOf(rules.zone);
    this.rates = new RateTable(rules.base_currency, rules.rates);
    this.longest = this.book.longest;
    this.models = this.book.models;
  }

  /** The rules of the local day of an instant. */
  at(time_ms: number): DatedRules {
    return this.rules.changes.length === 0 ? this.rules : this.book.at(this.zone.dayOf(time_ms));
  }
}
