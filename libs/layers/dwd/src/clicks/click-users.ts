import { GRAINS } from '@millrace/ads';
import type { LocalDay, LocalDays } from '../local-days';
import type { Placement } from '../placements';
import type { ClickRef, ClickStore, KeptClick } from './click-store';

/** So many clicks of a user's day, before and after one, are looked at; where there are more, keys are counted. */
const LOOKED_AT = 64;
const SEPARATOR = '\u0000';

const EVERY_GRAIN = GRAINS.reduce((mask, { uv_bit }) => mask | uv_bit, 0);
/** Those under which all events of a day share one key, and the rest. */
const COMMON = GRAINS.filter(({ path }) => path.length === 0).reduce((mask, { uv_bit }) => mask | uv_bit, 0);
const OF_MERCHANT = GRAINS.filter(({ path }) => path.length > 0);
const NEED_ITEM = GRAINS.filter(({ path }) => path.includes('item_id')).reduce((mask, { uv_bit }) => mask | uv_bit, 0);

/** What the keys of the grains are made of. */
interface Keyed extends Pick<Placement, 'merchant_id' | 'campaign_id' | 'ad_id'> {
  readonly item_id: string | null;
}

/**
 * R15 for clicks: exact distinct users per (day, grain key), worked out from the clicks that are kept. A click that begins or stops to
 * count brings or takes its user under those keys that no other counted click of the user and day has. Days on which a user clicks so
 * often that this would take long get counts per key, which are made from the clicks too, and never stored.
 */
export class ClickUsers {
  /** By user and day. */
  private readonly crowds = new Map<number, Map<number, KeyCounts>>();

  constructor(
    private readonly store: ClickStore,
    private readonly days: LocalDays,
  ) {}

  /** The click counts from now on: the grains (`Grain.uv_bit`) at which its user appears. */
  put(user: number, ref: ClickRef, index: number, click: KeptClick): number {
    const { store } = this;
    if (store.isCounted(ref)) throw new RangeError(`click ${click.event_id} of user ${click.user_id} counts already`);
    const mask = this.change(user, index, click, 1);
    store.setCounted(ref, true);
    return mask;
  }

  /** The click counts no longer: the grains at which its user vanishes. It must still stand at `index`. */
  take(user: number, ref: ClickRef, index: number, click: KeptClick): number {
    const { store } = this;
    if (!store.isCounted(ref)) throw new RangeError(`click ${click.event_id} of user ${click.user_id} does not count`);
    store.setCounted(ref, false);
    return this.change(user, index, click, -1);
  }

  /** Days before `day` get no further clicks. */
  forget(day: number): void {
    for (const [user, days] of this.crowds) {
      for (const held of days.keys()) if (held < day) days.delete(held);
      if (days.size === 0) this.crowds.delete(user);
    }
  }

  /** The grains at which no other counted click of the user's day shares the key. */
  private change(user: number, index: number, click: KeptClick, by: 1 | -1): number {
    const day = this.days.at(click.event_time);
    const counts = this.crowds.size === 0 ? undefined : this.crowds.get(user)?.get(day.number);
    if (counts !== undefined) return counts.add(click, by);
    const { store } = this;
    const count = store.count(user);
    const isCrowded =
      (index >= LOOKED_AT && !store.isBefore(user, index - LOOKED_AT, day.start_ms)) ||
      (index + LOOKED_AT < count && store.isBefore(user, index + LOOKED_AT, day.end_ms));
    if (isCrowded) return this.crowd(user, index, day).add(click, by);
    const merchant = store.merchantAt(user, index);
    let mask = click.item_id === null ? EVERY_GRAIN & ~NEED_ITEM : EVERY_GRAIN;
    for (let i = index - 1; mask !== 0 && i >= 0 && !store.isBefore(user, i, day.start_ms); i--)
      mask &= ~this.shared(user, i, day, merchant, click, mask);
    for (let i = index + 1; mask !== 0 && i < count && store.isBefore(user, i, day.end_ms); i++)
      mask &= ~this.shared(user, i, day, merchant, click, mask);
    return mask;
  }

  /** The grains of `mask` at which the click at `i` has the same key. */
  private shared(user: number, i: number, day: LocalDay, merchant: number, click: KeptClick, mask: number): number {
    const { store } = this;
    const sameMerchant = store.merchantAt(user, i) === merchant;
    if (!sameMerchant && (mask & COMMON) === 0) return 0;
    const other = store.at(user, i);
    if (!store.isCounted(other) || !this.days.isOf(day, store.timeOf(other))) return 0;
    return sameMerchant ? sharedBits(click, this.keyed(other)) : COMMON;
  }

  private keyed(click: ClickRef): Keyed {
    const { merchant_id, campaign_id, ad_id } = this.store.placementOf(click);
    return { merchant_id, campaign_id, ad_id, item_id: this.store.itemTextOf(click) };
  }

  /** Counts all of the day but the click at `index`. */
  private crowd(user: number, index: number, day: LocalDay): KeyCounts {
    const { store } = this;
    const counts = new KeyCounts();
    const end = store.countUpTo(user, day.end_ms - 1);
    for (let i = store.countUpTo(user, day.start_ms - 1); i < end; i++) {
      const click = store.at(user, i);
      if (i !== index && store.isCounted(click) && this.days.isOf(day, store.timeOf(click))) counts.add(this.keyed(click), 1);
    }
    const days = this.crowds.get(user);
    if (days === undefined) this.crowds.set(user, new Map([[day.number, counts]]));
    else days.set(day.number, counts);
    return counts;
  }
}

/** How many clicks there are under each key, for one user and day. */
class KeyCounts {
  private readonly counts = new Map<string, number>();

  /** The grains at which the count left 0, or returned there. */
  add(click: Keyed, by: 1 | -1): number {
    let mask = 0;
    for (const { name, path, uv_bit } of GRAINS) {
      if ((uv_bit & NEED_ITEM) !== 0 && click.item_id === null) continue;
      const key = [name, ...path.map((field) => click[field])].join(SEPARATOR);
      const count = this.counts.get(key) ?? 0;
      if (count + by === 0) this.counts.delete(key);
      else this.counts.set(key, count + by);
      if (count === 0 || count + by === 0) mask |= uv_bit;
    }
    return mask;
  }
}

/** The grains whose key two clicks share. An absent item is no key. */
const sharedBits = (a: Keyed, b: Keyed): number => {
  let mask = COMMON;
  for (const { path, uv_bit } of OF_MERCHANT) if (path.every((field) => a[field] !== null && a[field] === b[field])) mask |= uv_bit;
  return mask;
};
