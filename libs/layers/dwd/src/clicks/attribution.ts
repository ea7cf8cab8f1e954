import type { Touch } from '@millrace/ads';
import { MAX_CANDIDATES, compareEvents, touchOf, withinWindow } from '@millrace/ads';
import type { Policy } from '../policy';
import type { ClickRef, ClickStore, KeptClick } from './click-store';

const DAY_MS = 86_400_000;

/** What is to be credited: who converted where, when, for which item. */
export interface Conversion {
  readonly user_id: string;
  readonly merchant_id: string;
  readonly item_id: string | null;
  readonly time: number;
}

/** A click that may be credited, with what a fact says of it. It outlives the click, which is forgotten earlier. */
export interface Candidate {
  readonly touch: Touch;
  readonly time: number;
  readonly source: string;
  readonly event_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
}

/** R3 and R4 over the kept clicks. */
export class Attribution {
  constructor(
    private readonly clicks: ClickStore,
    private readonly policy: Policy,
    private readonly now: { readonly watermark_ms: number },
  ) {}

  /** R3 for one click of the same user and merchant; null when it can win nothing. */
  candidate(click: KeptClick, conversion: Conversion): Candidate | null {
    const touch = touchOf({ time: click.event_time, item: click.item_id }, { time: conversion.time, item: conversion.item_id }, null, this.policy.at(conversion.time), this.policy.zone);
    return touch === null ? null : candidateOf(click, touch);
  }

  /** R4: direct before indirect, then the later in the order of events. */
  beats(challenger: Candidate, holder: Candidate | null): boolean {
    if (holder === null) return true;
    if (challenger.touch !== holder.touch) return challenger.touch === 'direct';
    return compareEvents(challenger, holder) > 0;
  }

  /** The winner among all kept clicks (R4), or null: organic. */
  winner(conversion: Conversion): Candidate | null {
    let indirect = null as ClickRef | null;
    const { zone } = this.policy;
    const rules = this.policy.at(conversion.time);
    const day = zone.dayOf(conversion.time);
    const dayStart_ms = zone.dayStart(day);
    const item = conversion.item_id === null ? -1 : this.clicks.itemOf(conversion.item_id);
    let direct = null as ClickRef | null;
    this.newestFirst(conversion, (click) => {
      const time = this.clicks.timeOf(click);
      // Once an indirect one stands, only the rest of the day can still hold a direct one.
      if (indirect !== null && (item < 0 || time < dayStart_ms)) return true;
      if (item >= 0 && this.clicks.itemNumberOf(click) === item && zone.dayOf(time) === day) {
        direct = click;
        return true;
      }
      if (indirect === null && withinWindow(time, conversion.time, rules, zone)) indirect = click;
      return false;
    });
    if (direct !== null) return candidateOf(this.clicks.read(direct), 'direct');
    return indirect === null ? null : candidateOf(this.clicks.read(indirect), 'indirect');
  }

  /** The newest candidates, oldest first, for models that share a credit (R4). */
  candidates(conversion: Conversion): Candidate[] {
    const found: Candidate[] = [];
    this.newestFirst(conversion, (click) => {
      const candidate = this.candidate(this.clicks.read(click), conversion);
      return candidate !== null && found.push(candidate) === MAX_CANDIDATES;
    });
    return found.reverse();
  }

  /** Valid clicks of the user and merchant that could be direct or indirect, the last in the order of events first, until one is enough. */
  private newestFirst(conversion: Conversion, isEnough: (click: ClickRef) => boolean): void {
    const { clicks } = this;
    const user = clicks.userOf(conversion.user_id);
    const merchant = clicks.merchantOf(conversion.merchant_id);
    if (user < 0 || merchant < 0) return;
    const earliest_ms = this.earliest(conversion.time);
    let from = clicks.countUpTo(user, conversion.time) - 1;
    for (let index = clicks.lastOfMerchant(user, from, merchant); index >= 0; index = clicks.lastOfMerchant(user, from, merchant)) {
      from = index - 1;
      if (clicks.isBefore(user, index, earliest_ms)) return;
      const click = clicks.at(user, index);
      if (clicks.isInvalid(click) || clicks.isRepeated(click)) continue;
      if (isEnough(click)) return;
    }
  }

  /** No click before this can be a candidate: none so far back, and, for a conversion that comes very late, none that is forgotten. */
  private earliest(time: number): number {
    const { watermark_ms } = this.now;
    const { zone } = this.policy;
    const day = zone.dayOf(time);
    const { window_mode, window_ms } = this.policy.at(time);
    const indirect = window_mode === 'rolling' ? time - window_ms : zone.dayStart(day - Math.floor(window_ms / DAY_MS));
    const candidate_ms = Math.min(indirect, zone.dayStart(day));
    return time < watermark_ms ? Math.max(candidate_ms, this.policy.keptSince(watermark_ms)) : candidate_ms;
  }
}

const candidateOf = (click: KeptClick, touch: Touch): Candidate => ({
  touch,
  time: click.event_time,
  source: click.source,
  event_id: click.event_id,
  campaign_id: click.campaign_id,
  ad_id: click.ad_id,
});
