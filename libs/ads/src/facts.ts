/**
 * A signed fact: what DWD decided about one event. DWS adds `sign` × value and nothing else. When DWD changes its mind
 * it emits the old fact with `sign -1` and the new one with `sign +1` (design, idea 1).
 */
export interface Fact {
  readonly kind: FactKind;
  readonly sign: 1 | -1;
  /** Identity of the event (R8). */
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  /** The event's own time, ms. */
  readonly event_time: number;
  /** When ODS received it, ms (log append time of the raw record that caused this row). */
  readonly ingest_time: number;
  readonly merchant_id: string;
  /** Own campaign and ad of exposures and clicks, the credited click's of effects; null: organic. */
  readonly campaign_id: string | null;
  readonly ad_id: string | null;
  /** The item shown or clicked, or the item sold. */
  readonly item_id: string | null;
  /** Base currency, minor units: cost of exposures and clicks, amount of effects after the cap of R10; 0 where none. */
  readonly amount_minor: number;
  /** R11: the amount as it came, its currency, and the rate that made `amount_minor` of it; null: the base currency. */
  readonly original_minor: number;
  readonly currency: string;
  readonly rate_id: string | null;
  /** Which grains gained (sign +1) or lost (-1) this user on this day (R15): bits of `UV_BIT`. */
  readonly uv: number;
  /** Effects only from here on. Null for exposures and clicks. */
  readonly attribution: Attribution | null;
  /** Model of the credit (R4), `MODELS`; the share of this row in micro-credits: 1 000 000 for a single winner. */
  readonly model: string;
  readonly credit_micro: number;
  /** Order day bookings (R10): the standing order's time, or the event's own while no order is held. */
  readonly order_time: number | null;
  readonly order_id: string | null;
  readonly channel: 'public' | 'private' | null;
  readonly click_source: string | null;
  readonly click_id: string | null;
  readonly click_time: number | null;
  /** Credited by itself, its order line not held (R9). */
  readonly orphan: boolean;
  /** 0 for the first credit of this event, rising by one with each correction. A take-back carries the version it takes back. */
  readonly version: number;
}

/** `cancel`: an order line that counts as cancelled and not paid at all, booked at the order's time (R10). */
export type FactKind = 'exposure' | 'click' | 'message' | 'order' | 'cancel' | 'payment' | 'refund';

export type Attribution = 'direct' | 'indirect' | 'organic';
export const ATTRIBUTIONS: readonly Attribution[] = ['direct', 'indirect', 'organic'];

/** A whole conversion in micro-credits (R4). */
export const WHOLE_CREDIT = 1_000_000;

/** What the late lane lists (R7): which (day, user) may be wrong, and why. */
export interface Late {
  readonly reason: LateReason;
  readonly type: string;
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  readonly merchant_id: string | null;
  /** Of the late event, ms. */
  readonly event_time: number;
  readonly ingest_time: number;
  /** Local calendar day (days since 1970-01-01) whose numbers may be wrong. */
  readonly day: number;
  /** Watermark when it was listed, ms: the age is watermark - event_time. */
  readonly watermark: number;
}

/** Why something is listed: the closed list, with what each means. Codes are stable; the texts are for people and the docs. */
export const LATE_REASONS = {
  late_click: 'A click that came or changed late might have won a conversion that is final, or lost it.',
  beyond_kept_clicks: 'A late conversion reaches back before the kept clicks.',
  state_gone: 'The state this event needs is gone; it is not counted in the stream.',
  line_gone: 'An event that begins an order line so late that the line it belongs to may be forgotten.',
  late_invalidation: 'An invalidation later after its target than it is handled in the stream.',
  invalidation_without_target: 'An invalidation whose target has not come.',
  orphan: 'A payment, refund or cancel whose order had not come when the watermark passed it by the lateness.',
  stale_repair: 'A repair that saw another credit than the one that stands: it was made for a state that is no more.',
} as const;

export type LateReason = keyof typeof LATE_REASONS;
