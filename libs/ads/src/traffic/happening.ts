import type { User } from './population';
import type { Item } from './catalog';

/** What a user or a merchant does, before it is written down: the wire's names, time in ms. */
export interface TrafficEvent {
  readonly type: 'exposure' | 'click' | 'message' | 'order' | 'payment' | 'refund' | 'cancel' | 'invalidate';
  readonly source: string;
  readonly event_id: string;
  readonly event_time: number;
  readonly user_id: string;
  readonly merchant_id?: string;
  readonly campaign_id?: string;
  readonly ad_id?: string;
  readonly item_id?: string;
  readonly slot?: string;
  readonly cost_minor?: number;
  readonly amount_minor?: number;
  readonly quantity?: number;
  readonly currency?: string;
  readonly order_id?: string;
  readonly channel?: 'public' | 'private';
  readonly target_type?: 'click' | 'exposure';
  readonly target_source?: string;
  readonly target_id?: string;
  readonly target_time?: number;
  readonly reason?: string;
  readonly city?: string;
  readonly platform?: string;
  readonly request_id?: string;
}

/** An order line through its life: what its events have in common. */
export interface Purchase {
  readonly order_id: string;
  readonly item: Item;
  readonly amount_minor: number;
}

export interface Happening {
  readonly event: TrafficEvent;
  readonly user: User;
  /** Of order, payment, refund and cancel. */
  readonly purchase: Purchase | null;
  /** Turns out to be invalid traffic, soon enough to be as if it had never been (R12). */
  readonly withdrawn: boolean;
}

/** The order in which the world's events happen: the order of events, but a click comes before a conversion of the same ms (R3). */
export function happensBefore(a: Happening, b: Happening): boolean {
  const [x, y] = [a.event, b.event];
  if (x.event_time !== y.event_time) return x.event_time < y.event_time;
  if (x.type !== y.type && (x.type === 'click' || y.type === 'click')) return x.type === 'click';
  // Ids are ASCII here, so UTF-16 units compare as UTF-8 bytes do.
  if (x.source !== y.source) return x.source < y.source;
  return x.event_id < y.event_id;
}
