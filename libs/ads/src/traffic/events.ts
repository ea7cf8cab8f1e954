import type { Ad, Item, Merchant } from './catalog';
import type { Purchase, TrafficEvent } from './happening';
import type { User } from './population';

/** Writes down single events, with ids that never repeat. */
export class FunnelEvents {
  #count = 0;

  constructor(
    private readonly idPrefix: string,
    private readonly currency: string,
  ) {}

  exposure(t: number, user: User, ad: Ad): TrafficEvent {
    return this.#shown('exposure', t, user, ad, ad.exposure_cost_minor);
  }

  click(t: number, user: User, ad: Ad): TrafficEvent {
    return this.#shown('click', t, user, ad, ad.click_cost_minor);
  }

  message(t: number, user: User, { merchant_id }: Merchant, item: Item | null, channel: 'public' | 'private'): TrafficEvent {
    const { user_id, city, platform } = user;
    return {
      type: 'message',
      ...this.#envelope(sourceOf(user), t, user_id),
      merchant_id,
      item_id: item?.item_id,
      channel,
      city,
      platform,
    };
  }

  order(t: number, user: User, purchase: Purchase, quantity: number): TrafficEvent {
    const { amount_minor } = purchase;
    return { type: 'order', ...this.#ofLine('shop', t, user, purchase), amount_minor, currency: this.currency, quantity };
  }

  payment(t: number, user: User, purchase: Purchase, amount_minor: number): TrafficEvent {
    return { type: 'payment', ...this.#ofLine('pay', t, user, purchase), amount_minor, currency: this.currency };
  }

  refund(t: number, user: User, purchase: Purchase, amount_minor: number): TrafficEvent {
    return { type: 'refund', ...this.#ofLine('pay', t, user, purchase), amount_minor, currency: this.currency };
  }

  cancel(t: number, user: User, purchase: Purchase): TrafficEvent {
    return { type: 'cancel', ...this.#ofLine('shop', t, user, purchase) };
  }

  invalidate(t: number, target: TrafficEvent): TrafficEvent {
    // For an exposure, also what it takes back: DWD forgets exposures after B.
    const { ad_id, campaign_id, merchant_id, item_id, cost_minor, currency, event_time: target_time } = target;
    const takesBack =
      target.type === 'exposure' ? { ad_id, campaign_id, merchant_id, item_id, cost_minor, currency, target_time } : {};
    return {
      type: 'invalidate',
      ...this.#envelope('guard', t, target.user_id),
      target_type: target.type === 'click' ? 'click' : 'exposure',
      target_source: target.source,
      target_id: target.event_id,
      reason: 'bot',
      ...takesBack,
    };
  }

  orderId(): string {
    return `o${this.#id()}`;
  }

  /** Nearly every event comes from here, so it is written out in one go. */
  #shown(type: 'exposure' | 'click', t: number, user: User, ad: Ad, cost_minor: number): TrafficEvent {
    return {
      type,
      source: sourceOf(user),
      event_id: this.#id(),
      event_time: t,
      user_id: user.user_id,
      ad_id: ad.ad_id,
      campaign_id: ad.campaign_id,
      merchant_id: ad.merchant_id,
      // Left out by JSON where the ad is for the brand.
      item_id: ad.item?.item_id,
      slot: ad.slot,
      cost_minor,
      currency: this.currency,
      city: user.city,
      platform: user.platform,
      request_id: `r${this.#id()}`,
    };
  }

  #ofLine(source: string, t: number, user: User, { order_id, item: { item_id, merchant_id } }: Purchase) {
    return { ...this.#envelope(source, t, user.user_id), order_id, item_id, merchant_id };
  }

  #envelope(source: string, event_time: number, user_id: string) {
    return { source, event_id: this.#id(), event_time, user_id };
  }

  #id(): string {
    return `${this.idPrefix}${(this.#count++).toString(36)}`;
  }
}

const sourceOf = ({ platform }: User): string => (platform === 'web' ? 'web' : 'app');
