import type { Click, Invalidate, LateReason } from '@millrace/ads';
import { type EntryFormat, EntryLog, NOT_LOGGED, type Output, type StatePart, type StateParts, type StateReader, type StateWriter } from '@millrace/stream';
import { adFact } from '../ad-fact';
import { type Books, NO_BOOK } from '../books';
import { readWheel } from '../conversions/books-layout-1';
import type { Emitter, Subject } from '../emitter';
import type { HeldDays } from '../held-days';
import type { Policy } from '../policy';
import { TimerWheel } from '../timer-wheel';
import type { ClickRef, ClickStore, KeptClick } from './click-store';
import { NO_CLICK } from './click-store';
import { ClickUsers } from './click-users';
import { Doubts } from './doubts';
import { type Invalidation, StandingInvalidations } from './invalidations';

/** Told when a click begins or stops to count. */
export interface ClickListener {
  /** @param restates whether final conversions follow too: after an invalidation or another version, never for a mere late click (R7, R12) */
  clickGained(click: KeptClick, user: number, restates: boolean, out: Output): void;
  clickLost(click: KeptClick, user: number, restates: boolean, out: Output): void;
}

/**
 * The clicks of one partition of users: identity and versions (R8), repeated clicks (R8), invalid traffic (R12), distinct
 * users (R15). A click counts when it is neither invalid nor repeated; whenever that changes, its fact is put or taken
 * back and the conversions are told.
 */
export class ClickFlow {
  /** Invalidations until a target can no longer come: W + I after their own time. */
  private readonly tombstones = new TimerWheel<Invalidation>();
  /** The same, for snapshots: those too that an earlier one has replaced, for each is listed should its target not come. */
  private readonly invalidations = new EntryLog<Invalidation>(INVALIDATION_FORMAT);
  private readonly standing: StandingInvalidations;
  private readonly doubts: Doubts;
  private readonly users: ClickUsers;

  constructor(
    private readonly store: ClickStore,
    private readonly books: Books,
    private readonly days: HeldDays,
    private readonly emitter: Emitter,
    private readonly listener: ClickListener,
    private readonly policy: Policy,
  ) {
    this.standing = new StandingInvalidations(books);
    this.doubts = new Doubts(emitter, policy);
    this.users = new ClickUsers(store, policy.days);
  }

  click(event: Click, out: Output): void {
    const { store, emitter } = this;
    const { counters } = emitter;
    emitter.countLate(event.event_time);
    const click = priced(event, this.policy.rates.base_currency);
    if (!this.holds(click)) return this.doubt(click, 'state_gone', event, out);
    const held = this.find(event.user_id, event.source, event.event_id);
    if (held !== NO_CLICK) {
      const version = store.versionOf(held);
      if (version > click.event_version) counters.superseded++;
      else if (version < click.event_version) this.replace(held, click, event, out);
      else if (sameBody(store.read(held), click)) counters.duplicates++;
      else counters.conflicts++;
      return;
    }
    this.add(click, false, out);
  }

  invalidate(event: Invalidate, out: Output): void {
    this.emitter.countLate(event.event_time);
    const earlier = this.standing.find(this.books.find(event.user_id), event.target_source, event.target_id);
    if (earlier !== undefined && earlier.event.event_time <= event.event_time) {
      this.emitter.counters.duplicates++;
      return;
    }
    const due = event.event_time + this.policy.waitFor(event.event_time);
    const invalidation: Invalidation = { event, met: false, stands: true, due, serial: this.books.nextSerial(), number: NOT_LOGGED };
    this.standing.set(invalidation);
    if (earlier !== undefined) {
      earlier.stands = false;
      this.invalidations.changed(earlier);
    }
    this.invalidations.changed(invalidation);
    this.tombstones.add(due, invalidation);
    const click = this.find(event.user_id, event.target_source, event.target_id);
    if (click === NO_CLICK) return; // a tombstone: its target may still come
    this.meet(invalidation);
    if (this.store.isInvalid(click)) return;
    const kept = this.store.read(click);
    if (!this.isInTime(event, kept, out)) return;
    if (!this.holds(kept)) return this.doubt(kept, 'late_invalidation', event, out);
    const user = this.store.userOf(event.user_id);
    this.store.setInvalid(click, true);
    if (this.store.isCounted(click)) this.lose(user, this.store.indexOf(user, click), kept, true, out);
    this.reconsiderFollower(user, click, true, out);
  }

  advance(watermark_ms: number, out: Output): void {
    this.tombstones.takeDue(watermark_ms, (invalidation) => {
      const { event } = invalidation;
      if (!invalidation.met) this.emitter.late('invalidation_without_target', event, this.policy.zone.dayOf(event.event_time), out);
      if (invalidation.stands) this.standing.drop(invalidation);
      this.invalidations.gone(invalidation);
    });
    this.doubts.advance(watermark_ms, out);
  }

  /** Days before `day` get no further clicks. */
  forgetDays(day: number): void {
    this.users.forget(day);
  }

  /** Clicks before `time_ms` can win nothing that is to come. */
  forgetDoubts(time_ms: number): void {
    this.doubts.forget(time_ms);
  }

  settle(): void {
    this.invalidations.settle();
    this.doubts.settle();
  }

  /** After `parts`. */
  write(to: StateWriter): void {
    this.tombstones.write(to);
    this.invalidations.write(to);
    this.doubts.write(to);
  }

  parts(prefix: string): StatePart[] {
    return [...this.invalidations.parts(prefix), ...this.doubts.parts(`${prefix}.doubts`)];
  }

  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void {
    this.tombstones.restore(from.number());
    const invalidations: Invalidation[] = [];
    this.invalidations.restore(from, prefix, parts, (invalidation) => invalidations.push(invalidation));
    this.take(invalidations);
    if (layout >= DOUBTS_SINCE_LAYOUT) this.doubts.restore(from, `${prefix}.doubts`, parts);
  }

  restoreLayout1(from: StateReader): void {
    const invalidations: Invalidation[] = [];
    const next = readWheel(from, (due) => {
      const [event, met, stands] = [from.value() as Invalidate, from.value() as boolean, from.value() as boolean];
      invalidations.push({ event, met, stands, due, serial: this.books.nextSerial(), number: NOT_LOGGED });
    });
    this.tombstones.restore(next);
    this.take(invalidations);
    for (const invalidation of invalidations) this.invalidations.changed(invalidation);
  }

  private take(invalidations: Iterable<Invalidation>): void {
    for (const invalidation of invalidations) {
      if (invalidation.stands) this.standing.set(invalidation);
      this.tombstones.add(invalidation.due, invalidation);
    }
    this.tombstones.arrange((due) => due.sort((a, b) => a.serial - b.serial));
  }

  private meet(invalidation: Invalidation): void {
    if (invalidation.met) return;
    invalidation.met = true;
    this.invalidations.changed(invalidation);
  }

  private add(click: KeptClick, restates: boolean, out: Output): void {
    const { store } = this;
    const known = store.userOf(click.user_id) >= 0;
    const ref = store.add(click);
    const user = store.userOf(click.user_id);
    if (!known) this.books.meet(user, click.user_id);
    const invalid = this.isInvalidated(user, click, out);
    const repeated = this.hasPredecessor(user, store.indexOf(user, ref), click.event_time);
    if (invalid) store.setInvalid(ref, true);
    if (repeated) store.setRepeated(ref, true);
    if (repeated && !invalid) this.emitter.counters.repeated++;
    this.reconsiderFollower(user, ref, restates, out);
    if (!invalid && !repeated) this.gain(user, store.indexOf(user, ref), click, restates, out);
  }

  /** A higher version: what stood is taken back, the new one is put (R8). */
  private replace(held: ClickRef, click: KeptClick, event: Click, out: Output): void {
    const { store } = this;
    const old = store.read(held);
    if (!this.holds(old)) {
      this.doubt(old, 'state_gone', event, out);
      return this.doubt(click, 'state_gone', event, out);
    }
    const user = store.userOf(old.user_id);
    if (store.isRepeated(held) && !store.isInvalid(held)) this.emitter.counters.repeated--;
    const index = store.indexOf(user, held);
    const next = this.followerOf(user, index, old.event_time);
    const follower = next < 0 ? NO_CLICK : store.at(user, next);
    const counted = store.isCounted(held);
    const uv = counted ? this.users.take(user, held, index, old) : 0;
    store.remove(user, held);
    if (counted) this.lost(user, old, uv, true, out);
    if (follower !== NO_CLICK) this.reconsider(user, store.indexOf(user, follower), true, out);
    this.add(click, true, out);
  }

  private gain(user: number, index: number, click: KeptClick, restates: boolean, out: Output): void {
    const uv = this.users.put(user, this.store.at(user, index), index, click);
    this.emitter.fact(adFact('click', 1, click, uv, click.event_version, this.emitter.ingest_time, this.policy.rates), out);
    this.listener.clickGained(click, user, restates, out);
  }

  private lose(user: number, index: number, click: KeptClick, restates: boolean, out: Output): void {
    this.lost(user, click, this.users.take(user, this.store.at(user, index), index, click), restates, out);
  }

  private lost(user: number, click: KeptClick, uv: number, restates: boolean, out: Output): void {
    this.emitter.fact(adFact('click', -1, click, uv, click.event_version, this.emitter.ingest_time, this.policy.rates), out);
    this.listener.clickLost(click, user, restates, out);
  }

  /**
   * After `click` came or went: the next click on its ad may stop or start being repeated. Only the first one that is not
   * invalid can, for it makes all later ones that `click` could reach repeated itself.
   */
  private reconsiderFollower(user: number, click: ClickRef, restates: boolean, out: Output): void {
    const follower = this.followerOf(user, this.store.indexOf(user, click), this.store.timeOf(click));
    if (follower >= 0) this.reconsider(user, follower, restates, out);
  }

  private reconsider(user: number, index: number, restates: boolean, out: Output): void {
    const { store } = this;
    const click = store.at(user, index);
    const repeated = this.hasPredecessor(user, index, store.timeOf(click));
    if (repeated === store.isRepeated(click)) return;
    store.setRepeated(click, repeated);
    this.emitter.counters.repeated += repeated ? 1 : -1;
    if (repeated) this.lose(user, index, store.read(click), restates, out);
    else this.gain(user, index, store.read(click), restates, out);
  }

  /** R8: another click of the user on the same ad, not invalid, precedes the one at `index` by at most the time of the rule. */
  private hasPredecessor(user: number, index: number, time_ms: number): boolean {
    const { store } = this;
    const within_ms = this.policy.at(time_ms).repeat_within_ms;
    if (within_ms === 0) return false;
    for (let i = index - 1; i >= 0 && !store.isBefore(user, i, time_ms - within_ms); i--)
      if (store.adAt(user, i) === store.adAt(user, index) && !store.isInvalid(store.at(user, i))) return true;
    return false;
  }

  /** Index of the next click on the same ad that is not invalid and within the time of the rule; -1: there is none. */
  private followerOf(user: number, index: number, time_ms: number): number {
    const { store } = this;
    const within_ms = this.policy.longest.repeat_within_ms;
    if (within_ms === 0) return -1;
    const count = store.count(user);
    for (let i = index + 1; i < count && store.isBefore(user, i, time_ms + within_ms + 1); i++)
      if (store.adAt(user, i) === store.adAt(user, index) && !store.isInvalid(store.at(user, i))) return i;
    return -1;
  }

  private isInvalidated(user: number, click: KeptClick, out: Output): boolean {
    const book = this.books.of(user, click.user_id, click.event_time);
    const invalidation = book === NO_BOOK ? undefined : this.standing.find(book, click.source, click.event_id);
    if (invalidation === undefined) return false;
    this.meet(invalidation);
    return this.isInTime(invalidation.event, click, out);
  }

  /** R12: handled within I of its target, else listed. */
  private isInTime(event: Invalidate, target: KeptClick, out: Output): boolean {
    if (event.event_time - target.event_time <= this.policy.at(target.event_time).invalidation_ms) return true;
    this.doubt(target, 'late_invalidation', event, out);
    return false;
  }

  /**
   * A click, or its invalidation, came too late for the stream (R7, R12): its own day is listed, and every day on which it,
   * or the next click on its ad, could win something; those to come too, for what is decided then does not know of it.
   */
  private doubt(click: KeptClick, reason: LateReason, subject: Subject, out: Output): void {
    // An earlier version of it may stand where this one would have taken it back; versions lie up to B apart.
    const apart_ms = click.event_version > 1 ? this.policy.rules.lateness_ms : 0;
    this.doubts.list(click.event_time - apart_ms, click.event_time + apart_ms, reason, subject, out);
  }

  /** A kept click. One that is forgotten (R6) is not found, also where its segment is still there: how much memory is kept decides nothing. */
  private find(user_id: string, source: string, event_id: string): ClickRef {
    const { store } = this;
    const click = store.find(user_id, source, event_id);
    if (click === NO_CLICK || store.timeOf(click) >= this.policy.keptSince(this.emitter.watermark_ms)) return click;
    store.remove(store.userOf(user_id), click);
    return NO_CLICK;
  }

  private holds(click: KeptClick): boolean {
    return this.days.holds(this.policy.days.at(click.event_time).number);
  }
}

/** Before, nobody remembered them. */
const DOUBTS_SINCE_LAYOUT = 3;

const INVALIDATION_FORMAT: EntryFormat<Invalidation> = {
  write: ({ event, met, stands, due, serial }, to) => void to.value(event).value(met).value(stands).value(due).count(serial),
  read: (from) => ({
    event: from.value() as Invalidate,
    met: from.value() as boolean,
    stands: from.value() as boolean,
    due: from.value() as number,
    serial: from.count(),
    number: NOT_LOGGED,
  }),
};

/** The click with its currency. */
const priced = (event: Click, base_currency: string): KeptClick => ({
  user_id: event.user_id,
  source: event.source,
  event_id: event.event_id,
  event_time: event.event_time,
  event_version: event.event_version,
  merchant_id: event.merchant_id,
  campaign_id: event.campaign_id,
  ad_id: event.ad_id,
  item_id: event.item_id,
  cost_minor: event.cost_minor,
  currency: event.currency ?? base_currency,
});

/** R8 compares what the numbers depend on: a retry that differs only in, say, its request id is the same click. */
const sameBody = (a: KeptClick, b: KeptClick): boolean =>
  a.event_time === b.event_time && a.ad_id === b.ad_id && a.campaign_id === b.campaign_id && a.merchant_id === b.merchant_id && a.item_id === b.item_id && a.cost_minor === b.cost_minor && a.currency === b.currency;
