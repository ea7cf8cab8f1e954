import type { Exposure, Invalidate } from '@millrace/ads';
import type { Operator, Output, Snapshotting, StatePart, StateParts } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { AdEventFields } from '../ad-fact';
import { adFact } from '../ad-fact';
import type { DwdCounters } from '../counters';
import { newCounters } from '../counters';
import { DistinctUsers } from '../distinct/distinct-users';
import { Emitter } from '../emitter';
import { HeldDays } from '../held-days';
import type { Policy } from '../policy';
import { Interner } from '../interner';
import { Placements } from '../placements';
import type { Stored } from '../stored';
import { ExposureIdentities } from './exposure-identities';

/** An invalidation that was taken: it stays until its target can no longer come, so that a second one changes nothing. */
interface Invalidation {
  readonly event: Invalidate;
  met: boolean;
}

/**
 * Exposures of one partition of users: duplicates (R8), distinct users (R15), invalid traffic (R12). A day's state is
 * held until the watermark is past the day's end + I; identities too, which is longer than the B that R8 promises, so
 * that an invalidation within I finds the time of its target.
 */
export class Exposures implements Operator<Exposure | Invalidate>, Snapshotting {
  /** As that of `Actions`, whose pieces it shares. */
  readonly layout = 4;
  readonly counters: DwdCounters = newCounters();
  private readonly emitter = new Emitter(this.counters);
  private readonly identities = new ExposureIdentities();
  private readonly users = new DistinctUsers();
  private readonly placements = new Placements();
  private readonly items = new Interner();
  private readonly invalidations = new Map<string, Invalidation>();
  private readonly days: HeldDays;

  constructor(private readonly policy: Policy) {
    this.days = new HeldDays(policy);
  }

  process(row: Exposure | Invalidate, watermark_ms: number, out: Output): void {
    this.counters.in++;
    this.emitter.watermark_ms = watermark_ms;
    this.emitter.ingest_time = row.ingest_time;
    if (row.type === 'exposure') this.expose(row, out);
    else this.invalidate(row, out);
  }

  advance(watermark_ms: number, out: Output): void {
    this.emitter.watermark_ms = watermark_ms;
    if (!this.days.advance(watermark_ms)) return;
    const { zone } = this.policy;
    const day = this.days.first;
    this.users.forget(day);
    this.identities.forget(zone.dayStart(day));
    this.placements.sweep(day - 1);
    this.items.sweep(day - 1);
    for (const [target, { event, met }] of this.invalidations) {
      if (event.event_time >= zone.dayStart(day)) continue;
      if (!met) this.emitter.late('invalidation_without_target', event, zone.dayOf(event.event_time), out);
      this.invalidations.delete(target);
    }
  }

  settle(): void {
    // Every row is finished by itself.
  }

  get state(): { entries: number; bytes: number } {
    return { entries: this.identities.entries + this.users.entries, bytes: this.identities.bytes + this.users.bytes };
  }

  snapshot(): StatePart[] {
    return [
      statePart('rest', null, (to) => {
        this.emitter.write(to);
        this.days.write(to);
        for (const [, stored] of this.stored()) stored.write(to);
        to.value([...this.invalidations]);
      }),
      ...this.stored().flatMap(([name, stored]) => stored.parts(name)),
    ];
  }

  restore(parts: StateParts, layout: number): void {
    const rest = parts.read('rest');
    this.emitter.restore(rest);
    this.days.restore(rest);
    for (const [name, stored] of this.stored()) {
      if (layout === 1) stored.restoreLayout1(rest, name, parts);
      else stored.restore(rest, name, parts, layout);
    }
    for (const [target, invalidation] of rest.value() as [string, Invalidation][]) this.invalidations.set(target, invalidation);
  }

  private stored(): readonly (readonly [name: string, stored: Stored])[] {
    return [
      ['identities', this.identities],
      ['users', this.users],
      ['placements', this.placements],
      ['items', this.items],
    ];
  }

  private expose(event: Exposure, out: Output): void {
    this.emitter.countLate(event.event_time);
    const day = this.policy.zone.dayOf(event.event_time);
    if (!this.days.holds(day)) return this.emitter.late('state_gone', event, day, out);
    const { merchant_id, campaign_id, ad_id, item_id } = event;
    const currency = event.currency ?? this.policy.rates.base_currency;
    const counted = { user_id: event.user_id, merchant_id, campaign_id, ad_id, item_id, currency };
    const placement = this.placements.intern(counted, day);
    const item = item_id === null ? NO_ITEM : this.items.intern(item_id, day) + 1;
    const cost_minor = event.cost_minor ?? 0;
    const held = this.identities.find(event.user_id, event.source, event.event_id);
    if (held >= 0) {
      const { identities } = this;
      const same = identities.timeAt(held) === event.event_time && identities.placementAt(held) === placement && identities.itemAt(held) === item && identities.costAt(held) === cost_minor;
      if (same) this.counters.duplicates++;
      else this.counters.conflicts++;
      return;
    }
    const invalidation = this.invalidations.get(targetOf(event.user_id, event.source, event.event_id));
    if (invalidation !== undefined) invalidation.met = true;
    const invalid = invalidation !== undefined && this.isInTime(invalidation.event, event.event_time, out);
    this.identities.add(event.event_time, placement, item, cost_minor, invalid);
    if (!invalid) this.publish(1, { ...counted, source: event.source, event_id: event.event_id, event_time: event.event_time, cost_minor }, this.users.put(day, counted), out);
  }

  private invalidate(event: Invalidate, out: Output): void {
    this.emitter.countLate(event.event_time);
    const target = targetOf(event.user_id, event.target_source, event.target_id);
    const earlier = this.invalidations.get(target);
    if (earlier !== undefined && earlier.event.event_time <= event.event_time) {
      this.counters.duplicates++;
      return;
    }
    const invalidation = { event, met: false };
    this.invalidations.set(target, invalidation);
    const { identities } = this;
    const held = identities.find(event.user_id, event.target_source, event.target_id);
    if (held < 0) return; // a tombstone: its target may still come
    invalidation.met = true;
    const event_time = identities.timeAt(held);
    if (!this.isInTime(event, event_time, out) || identities.isTakenBack(held)) return;
    identities.takeBack(held);
    const { merchant_id, campaign_id, ad_id, currency } = this.placements.get(identities.placementAt(held));
    const item = identities.itemAt(held);
    const item_id = item === NO_ITEM ? null : this.items.text(item - 1);
    const taken = { user_id: event.user_id, merchant_id, campaign_id, ad_id, item_id, currency };
    const uv = this.users.take(this.policy.zone.dayOf(event_time), taken);
    this.publish(-1, { ...taken, source: event.target_source, event_id: event.target_id, event_time, cost_minor: identities.costAt(held) }, uv, out);
  }

  /** R12: handled within I of its target, else listed. */
  private isInTime(invalidation: Invalidate, target_time: number, out: Output): boolean {
    if (invalidation.event_time - target_time <= this.policy.at(target_time).invalidation_ms) return true;
    this.emitter.late('late_invalidation', invalidation, this.policy.zone.dayOf(target_time), out);
    return false;
  }

  private publish(sign: 1 | -1, event: AdEventFields, uv: number, out: Output): void {
    this.emitter.fact(adFact('exposure', sign, event, uv, 0, this.emitter.ingest_time, this.policy.rates), out);
  }
}

/** Items are stored as number + 1. */
const NO_ITEM = 0;
const SEPARATOR = '\u0000';
const targetOf = (user_id: string, source: string, id: string): string => user_id + SEPARATOR + source + SEPARATOR + id;
