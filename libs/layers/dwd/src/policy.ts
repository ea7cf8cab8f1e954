import type { DatedRules, Rules, Zone } from '@millrace/ads';
import { RateTable, RuleBook, zoneOf } from '@millrace/ads';
import { LocalDays } from './local-days';

/** The longest that a local day can be: 25 h, and room for the zone that once lived through a day twice. */
const LOCAL_DAY_MS = 48 * 3_600_000;

/** The rules of some days, and what holds of all days up to and with them. */
interface Page {
  readonly rules: DatedRules;
  /** The first day; -Infinity: since ever. */
  readonly from: number;
  /** The first instant of these days, and the last. They overlap with the next page's where the clock fell back over midnight. */
  readonly from_ms: number;
  readonly last_ms: number;
  /** How far before a conversion of these days its click may lie. */
  readonly reach_ms: number;
  /** I, the longest until now: what these days hold is also touched by invalidations of clicks that an earlier one let live longer. */
  readonly invalidation_ms: number;
  /** W + I, the longest of each until now. */
  readonly wait_ms: number;
  /** The same with the reach for W: how long clicks are kept. */
  readonly kept_ms: number;
}

/**
 * What decides: the rules of each day (D3), the business zone, the rates. Only `longest`, `reach_ms` and `doubt_ms`
 * look at days to come: they say for how long memory is needed. Whatever comes out depends on the rules that have begun, so that state made anew
 * under rules with another day ahead says of the past what was said.
 */
export class Policy {
  readonly zone: Zone;
  readonly days: LocalDays;
  readonly rates: RateTable;
  /** The longest of each period over all days: how long state is kept. */
  readonly longest: RuleBook['longest'];
  /** How far before a conversion its click may lie (R3): W; whole local days, should they be what counts. */
  readonly reach_ms: number;
  /** How long after a click its doubt may touch conversions to come, by whatever rules. */
  readonly doubt_ms: number;
  /** By day; never empty. */
  private readonly pages: readonly Page[];

  constructor(readonly rules: Rules) {
    const book = new RuleBook(rules);
    this.zone = zoneOf(rules.zone);
    this.days = new LocalDays(this.zone);
    this.rates = new RateTable(rules.base_currency, rules.rates);
    this.longest = book.longest;
    let invalidation_ms = 0;
    let longest_window_ms = 0;
    let longest_reach_ms = 0;
    this.pages = book.pages.map(({ from, rules }, i) => {
      const { window_ms, window_mode } = rules;
      const next = book.pages[i + 1]?.from;
      const reach_ms = Math.max(LOCAL_DAY_MS, window_ms + (window_mode === 'calendar' ? LOCAL_DAY_MS : 0));
      invalidation_ms = Math.max(invalidation_ms, rules.invalidation_ms);
      longest_window_ms = Math.max(longest_window_ms, window_ms);
      longest_reach_ms = Math.max(longest_reach_ms, reach_ms);
      return {
        rules,
        from,
        from_ms: i === 0 ? -Infinity : this.zone.dayStart(from),
        last_ms: next === undefined ? Infinity : this.zone.dayEnd(next - 1) - 1,
        reach_ms,
        invalidation_ms,
        wait_ms: longest_window_ms + invalidation_ms,
        kept_ms: longest_reach_ms + invalidation_ms,
      };
    });
    this.reach_ms = longest_reach_ms;
    this.doubt_ms = longest_reach_ms + this.longest.invalidation_ms + this.longest.repeat_within_ms;
  }

  /** The rules of the local day of an instant. */
  at(time_ms: number): DatedRules {
    return this.page(time_ms).rules;
  }

  /** How long after its end a day of this time is held, and after its own time a conversion: until no invalidation in time can touch it (R6, R12). */
  heldFor(time_ms: number): number {
    return this.page(time_ms).invalidation_ms;
  }

  /** The last instant of which conversions may be forgotten: those that nothing in time can touch any more. */
  forgottenUpTo(watermark_ms: number): number {
    if (this.pages.length === 1) return watermark_ms - this.pageAt(0).invalidation_ms;
    return this.lastOf(this.begun(watermark_ms), ({ invalidation_ms }) => watermark_ms - invalidation_ms);
  }

  /** How long an invalidation of this time waits for its click: W + I (R12). */
  waitFor(time_ms: number): number {
    return this.page(time_ms).wait_ms;
  }

  /** Clicks before this instant are forgotten (R6), whether or not there is still a memory of them for the sake of days to come. */
  keptSince(watermark_ms: number): number {
    return watermark_ms - this.pageAt(this.begun(watermark_ms)).kept_ms;
  }

  /** When the next rules begin; Infinity: none are ahead. */
  nextBegin(watermark_ms: number): number {
    return this.pages[this.begun(watermark_ms) + 1]?.from_ms ?? Infinity;
  }

  /** The day on which the rules began that hold now; -Infinity: since ever. */
  beginOf(watermark_ms: number): number {
    return this.pageAt(this.begun(watermark_ms)).from;
  }

  /**
   * The last instant of a conversion that a click, or the next one on its ad that it makes repeated, could win by the rules that
   * have begun. Those that begin later may add to it.
   */
  endOfReach(click_ms: number, watermark_ms: number): number {
    const begun = this.begun(watermark_ms);
    const follower_ms = this.lastOf(begun, ({ rules }) => click_ms + rules.repeat_within_ms);
    return this.lastOf(begun, ({ reach_ms }) => follower_ms + reach_ms);
  }

  /** Each page up to `begun` says up to when: the last instant of which the page that holds it says so. The page `begun` has no end yet. */
  private lastOf(begun: number, upTo: (page: Page) => number): number {
    for (let i = begun; i > 0; i--) {
      const page = this.pageAt(i);
      const time_ms = upTo(page);
      if (time_ms >= page.from_ms) return i === begun ? time_ms : Math.min(page.last_ms, time_ms);
    }
    const first = this.pageAt(0);
    return begun === 0 ? upTo(first) : Math.min(first.last_ms, upTo(first));
  }

  private page(time_ms: number): Page {
    let index = this.pages.length - 1;
    if (index > 0) {
      const day = this.zone.dayOf(time_ms);
      while (index > 0 && !(this.pageAt(index).from <= day)) index--;
    }
    return this.pageAt(index);
  }

  /** Index of the last page of which the watermark has seen a part. */
  private begun(watermark_ms: number): number {
    let index = this.pages.length - 1;
    while (index > 0 && this.pageAt(index).from_ms > watermark_ms) index--;
    return index;
  }

  private pageAt(index: number): Page {
    const page = this.pages[index];
    if (page === undefined) throw new RangeError(`there is no page ${index} of rules`);
    return page;
  }
}
