import type { Attribution, FactKind } from './facts';
import { ATTRIBUTIONS } from './facts';

/**
 * Metrics, grains, windows and ratios (R15, R16), defined once, as data. DWS accumulators, ClickHouse DDL and SQL, the
 * API schema and the docs are generated from here. To add a metric, add one entry.
 */
export interface Metric {
  readonly name: string;
  readonly description: string;
  readonly unit: 'events' | 'users' | 'minor';
  /** Whether it exists per attribution (direct, indirect, organic). */
  readonly split: boolean;
  /** Whether it may be summed over keys and windows. False for distinct users (R15). */
  readonly additive: boolean;
  /** Whether a sealed day may still change (R14). */
  readonly restatable: boolean;
  /** The metric is the sum of these over all facts. */
  readonly terms: readonly Term[];
}

export interface Term {
  readonly fact: FactKind;
  /** What a fact adds: its share of one event, its amount, or the users it gained. */
  readonly add: 'count' | 'amount' | 'users';
  readonly sign: 1 | -1;
  /** The instant at which it is booked: the event's own, or its order's (R10). */
  readonly booked: 'event' | 'order';
  /** Only facts of this consultation channel. */
  readonly channel?: 'private';
}

const one = (fact: FactKind): readonly Term[] => [{ fact, add: 'count', sign: 1, booked: 'event' }];

export const METRICS: readonly Metric[] = [
  { name: 'exposures', description: 'Ads shown.', unit: 'events', split: false, additive: true, restatable: false, terms: one('exposure') },
  {
    name: 'exposure_uv',
    description: 'Exact distinct users who saw an ad that day.',
    unit: 'users',
    split: false,
    additive: false,
    restatable: false,
    terms: [{ fact: 'exposure', add: 'users', sign: 1, booked: 'event' }],
  },
  { name: 'clicks', description: 'Valid clicks: not repeated within 2 s, not invalidated.', unit: 'events', split: false, additive: true, restatable: false, terms: one('click') },
  {
    name: 'click_uv',
    description: 'Exact distinct users with a valid click that day.',
    unit: 'users',
    split: false,
    additive: false,
    restatable: false,
    terms: [{ fact: 'click', add: 'users', sign: 1, booked: 'event' }],
  },
  {
    name: 'cost',
    description: 'What the advertiser pays for exposures (CPM) and valid clicks (CPC).',
    unit: 'minor',
    split: false,
    additive: true,
    restatable: false,
    terms: [
      { fact: 'exposure', add: 'amount', sign: 1, booked: 'event' },
      { fact: 'click', add: 'amount', sign: 1, booked: 'event' },
    ],
  },
  { name: 'messages', description: 'Consultations.', unit: 'events', split: true, additive: true, restatable: false, terms: one('message') },
  {
    name: 'private_messages',
    description: 'Consultations in a private channel.',
    unit: 'events',
    split: true,
    additive: true,
    restatable: false,
    terms: [{ fact: 'message', add: 'count', sign: 1, booked: 'event', channel: 'private' }],
  },
  { name: 'orders', description: 'Order lines placed. Never shrinks by a cancel.', unit: 'events', split: true, additive: true, restatable: false, terms: one('order') },
  {
    name: 'net_orders',
    description: "The day's order lines less those cancelled and not paid at all, on the order's day.",
    unit: 'events',
    split: true,
    additive: true,
    restatable: true,
    terms: [
      { fact: 'order', add: 'count', sign: 1, booked: 'event' },
      { fact: 'cancel', add: 'count', sign: -1, booked: 'order' },
    ],
  },
  { name: 'payments', description: 'Payment events of order lines.', unit: 'events', split: true, additive: true, restatable: false, terms: one('payment') },
  {
    name: 'gmv',
    description: 'Amount paid, by payment day.',
    unit: 'minor',
    split: true,
    additive: true,
    restatable: false,
    terms: [{ fact: 'payment', add: 'amount', sign: 1, booked: 'event' }],
  },
  {
    name: 'refund_amount',
    description: "Amount refunded, by refund day; a line's refunds are capped at the sum of its payments.",
    unit: 'minor',
    split: true,
    additive: true,
    restatable: false,
    terms: [{ fact: 'refund', add: 'amount', sign: 1, booked: 'event' }],
  },
  {
    name: 'net_gmv',
    description: 'gmv less refund_amount, each on its own day.',
    unit: 'minor',
    split: true,
    additive: true,
    restatable: false,
    terms: [
      { fact: 'payment', add: 'amount', sign: 1, booked: 'event' },
      { fact: 'refund', add: 'amount', sign: -1, booked: 'event' },
    ],
  },
  {
    name: 'net_gmv_by_order_day',
    description: "Payments less refunds, both on the order's day; restates the past.",
    unit: 'minor',
    split: true,
    additive: true,
    restatable: true,
    terms: [
      { fact: 'payment', add: 'amount', sign: 1, booked: 'order' },
      { fact: 'refund', add: 'amount', sign: -1, booked: 'order' },
    ],
  },
];

/** One stored number: a metric, or one attribution of a split metric. */
export interface Column {
  readonly name: string;
  readonly metric: Metric;
  readonly attribution: Attribution | null;
}

/** The stored columns of a set of metrics, in order: `orders` becomes `orders_direct`, `orders_indirect`, `orders_organic`. */
export const columnsOf = (metrics: readonly Metric[]): readonly Column[] =>
  metrics.flatMap((metric): Column[] =>
    metric.split
      ? ATTRIBUTIONS.map((attribution) => ({ name: `${metric.name}_${attribution}`, metric, attribution }))
      : [{ name: metric.name, metric, attribution: null }],
  );

/** Ratios are computed from sums at read time, never stored or averaged (R16). Null when the denominator is 0. */
export interface Ratio {
  readonly name: string;
  readonly description: string;
  readonly numerator: Part;
  readonly denominator: Part;
  readonly scale: number;
}
export interface Part {
  readonly metric: string;
  /** Of a split metric: which attributions are summed. */
  readonly attributions?: readonly Attribution[];
}
const ATTRIBUTED: readonly Attribution[] = ['direct', 'indirect'];

export const RATIOS: readonly Ratio[] = [
  { name: 'ctr', description: 'Clicks per exposure.', numerator: { metric: 'clicks' }, denominator: { metric: 'exposures' }, scale: 1 },
  { name: 'cpc', description: 'Cost per click, minor units.', numerator: { metric: 'cost' }, denominator: { metric: 'clicks' }, scale: 1 },
  { name: 'cpm', description: 'Cost per thousand exposures, minor units.', numerator: { metric: 'cost' }, denominator: { metric: 'exposures' }, scale: 1000 },
  { name: 'cvr', description: 'Attributed orders per click.', numerator: { metric: 'orders', attributions: ATTRIBUTED }, denominator: { metric: 'clicks' }, scale: 1 },
  { name: 'roi', description: 'Attributed gmv per cost.', numerator: { metric: 'gmv', attributions: ATTRIBUTED }, denominator: { metric: 'cost' }, scale: 1 },
];

export type Window = 'minute' | 'hour' | 'day';
export type KeyField = 'merchant_id' | 'campaign_id' | 'ad_id' | 'item_id';

/** A grain: which facts share a row. A fact has a row at a grain iff every field of the path is present. */
export interface Grain {
  readonly name: 'all' | 'merchant' | 'campaign' | 'ad' | 'item';
  readonly path: readonly KeyField[];
  /** Windows for which rows are kept. Users are counted in day rows only (R15). */
  readonly windows: readonly Window[];
  /** Bit of this grain in `Fact.uv`. */
  readonly uv_bit: number;
  /** Whether effects without a click exist here (R16). */
  readonly organic: boolean;
}

export const GRAINS: readonly Grain[] = [
  { name: 'all', path: [], windows: ['minute', 'day'], uv_bit: 1, organic: true },
  { name: 'merchant', path: ['merchant_id'], windows: ['minute', 'day'], uv_bit: 2, organic: true },
  { name: 'campaign', path: ['merchant_id', 'campaign_id'], windows: ['minute', 'day'], uv_bit: 4, organic: false },
  { name: 'ad', path: ['merchant_id', 'campaign_id', 'ad_id'], windows: ['hour', 'day'], uv_bit: 8, organic: false },
  { name: 'item', path: ['merchant_id', 'item_id'], windows: ['hour', 'day'], uv_bit: 16, organic: true },
];

/** R13: effects are booked on their own day (default), or, as cohorts of day rows, on the day of the credited click. */
export type DateBasis = 'conversion' | 'click';
