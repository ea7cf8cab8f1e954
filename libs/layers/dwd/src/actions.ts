import type { Cancel, Click, Invalidate, Message, Order, Payment, Refund, Repair } from '@millrace/ads';
import type { Operator, Output, Snapshotting, StatePart, StateParts } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { Books } from './books';
import { Attribution } from './clicks/attribution';
import { ClickFlow } from './clicks/click-flow';
import type { ClickStore } from './clicks/click-store';
import { ConversionFlow } from './conversions/conversion-flow';
import { FactWriter } from './conversions/fact-writer';
import type { DwdCounters } from './counters';
import { newCounters } from './counters';
import { DistinctUsers } from './distinct/distinct-users';
import { Emitter } from './emitter';
import { HeldDays } from './held-days';
import type { Policy } from './policy';
import type { Stored } from './stored';

export type Action = Click | Message | Order | Payment | Refund | Cancel | Invalidate | Repair;

/** Layouts in which distinct users of clicks were state of their own. */
const USERS_COUNTED_UP_TO = 3;

/** Everything but exposures: clicks, conversions and the interval join between them, for one partition of users. */
export class Actions implements Operator<Action>, Snapshotting {
  readonly layout = 4;
  readonly counters: DwdCounters = newCounters();
  private readonly emitter = new Emitter(this.counters);
  private readonly books: Books;
  private readonly days: HeldDays;
  private readonly clicks: ClickFlow;
  private readonly conversions: ConversionFlow;

  constructor(
    private readonly policy: Policy,
    private readonly store: ClickStore & Stored,
  ) {
    const attribution = new Attribution(store, policy, this.emitter);
    this.days = new HeldDays(policy);
    this.books = new Books(store);
    this.conversions = new ConversionFlow(this.books, attribution, new FactWriter(this.emitter, policy), this.emitter, policy);
    this.clicks = new ClickFlow(store, this.books, this.days, this.emitter, this.conversions, policy);
  }

  process(row: Action, watermark_ms: number, out: Output): void {
    this.counters.in++;
    this.emitter.watermark_ms = watermark_ms;
    this.emitter.ingest_time = row.ingest_time;
    if (row.type === 'click') this.clicks.click(row, out);
    else if (row.type === 'invalidate') this.clicks.invalidate(row, out);
    else if (row.type === 'repair') this.conversions.repair(row, out);
    else this.conversions.convert(row, out);
  }

  /** R6: what the watermark has passed is listed, then forgotten. */
  advance(watermark_ms: number, out: Output): void {
    this.emitter.watermark_ms = watermark_ms;
    this.conversions.advance(watermark_ms, out);
    this.clicks.advance(watermark_ms, out);
    this.store.forget(watermark_ms - this.policy.reach_ms - this.policy.longest.invalidation_ms);
    if (!this.days.advance(watermark_ms)) return;
    this.clicks.forgetDays(this.days.first);
    this.clicks.forgetDoubts(watermark_ms - this.policy.doubt_ms);
  }

  settle(out: Output): void {
    this.conversions.settle(out);
    this.clicks.settle();
  }

  snapshot(): StatePart[] {
    const parts = [
      ...this.store.parts('clicks'),
      ...this.conversions.parts('units'),
      ...this.clicks.parts('invalidations'),
    ];
    const rest = statePart('rest', null, (to) => {
      this.emitter.write(to);
      this.days.write(to);
      this.books.write(to);
      this.store.write(to);
      this.conversions.write(to);
      this.clicks.write(to);
    });
    return [rest, ...parts];
  }

  restore(parts: StateParts, layout: number): void {
    if (layout === 1) return this.restoreLayout1(parts);
    const rest = parts.read('rest');
    this.emitter.restore(rest);
    this.days.restore(rest);
    this.books.restore(rest);
    this.store.restore(rest, 'clicks', parts, layout);
    // What was counted then is worked out from the clicks now.
    if (layout <= USERS_COUNTED_UP_TO) new DistinctUsers().restore(rest, 'users', parts, layout);
    this.conversions.restore(rest, 'units', parts);
    this.clicks.restore(rest, 'invalidations', parts, layout);
  }

  private restoreLayout1(parts: StateParts): void {
    const rest = parts.read('rest');
    this.emitter.restore(rest);
    this.days.restore(rest);
    this.store.restoreLayout1(rest, 'clicks', parts);
    const books = parts.read('books');
    this.conversions.restoreLayout1(books);
    this.clicks.restoreLayout1(books);
  }

  get state(): { entries: number; bytes: number } {
    return { entries: this.store.entries, bytes: this.store.bytes };
  }
}
