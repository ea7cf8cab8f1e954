import type { Attribution } from '../facts';
import type { RejectReason } from '../events/rejection';

/** The metrics of R16, as a source of traffic can know them of itself. Split metrics by attribution. */
export interface TrueMetrics {
  exposures: number;
  exposure_uv: number;
  clicks: number;
  click_uv: number;
  cost: number;
  messages: Split;
  private_messages: Split;
  orders: Split;
  net_orders: Split;
  payments: Split;
  gmv: Split;
  refund_amount: Split;
  net_gmv: Split;
  net_gmv_by_order_day: Split;
}
export type Split = Record<Attribution, number>;
export type SplitMetric = { [M in keyof TrueMetrics]: TrueMetrics[M] extends Split ? M : never }[keyof TrueMetrics];

/** Users are never summed over days (R15). */
export type TrueSums = Omit<TrueMetrics, 'exposure_uv' | 'click_uv'>;

export interface TrafficTotals {
  /** Ascending by day, the whole platform. */
  readonly days: readonly { readonly day: string; readonly metrics: TrueMetrics }[];
  readonly merchants: readonly { readonly day: string; readonly merchant_id: string; readonly metrics: TrueMetrics }[];
  readonly total: TrueSums;
  readonly counts: TrafficCounts;
}

export interface TrafficCounts {
  /** Everything that was written: events, duplicates and bad records. */
  lines: number;
  /** Distinct good events. */
  events: number;
  duplicates: number;
  /** Delivered at least 2 B after their event time. */
  late: number;
  /** R8: clicks that count for nothing but stay in ODS. */
  repeated_clicks: number;
  /** R12: exposures and clicks that were taken back. */
  invalidated: number;
  /** By reason. */
  rejected: Partial<Record<RejectReason, number>>;
}

const noSplit = (): Split => ({ direct: 0, indirect: 0, organic: 0 });

export const noMetrics = (): TrueMetrics => ({
  exposures: 0,
  exposure_uv: 0,
  clicks: 0,
  click_uv: 0,
  cost: 0,
  messages: noSplit(),
  private_messages: noSplit(),
  orders: noSplit(),
  net_orders: noSplit(),
  payments: noSplit(),
  gmv: noSplit(),
  refund_amount: noSplit(),
  net_gmv: noSplit(),
  net_gmv_by_order_day: noSplit(),
});

/** The sums of days, without the users. */
export function sumOf(days: readonly TrueMetrics[]): TrueSums {
  const { exposure_uv: _seen, click_uv: _clicked, ...sum } = noMetrics();
  for (const day of days) {
    sum.exposures += day.exposures;
    sum.clicks += day.clicks;
    sum.cost += day.cost;
    for (const metric of SPLIT_METRICS) {
      sum[metric].direct += day[metric].direct;
      sum[metric].indirect += day[metric].indirect;
      sum[metric].organic += day[metric].organic;
    }
  }
  return sum;
}

const SPLIT_METRICS: readonly SplitMetric[] = [
  'messages',
  'private_messages',
  'orders',
  'net_orders',
  'payments',
  'gmv',
  'refund_amount',
  'net_gmv',
  'net_gmv_by_order_day',
];
