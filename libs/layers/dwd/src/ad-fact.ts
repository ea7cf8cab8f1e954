import type { Fact, RateTable } from '@millrace/ads';
import { LAST_TOUCH, toBase, WHOLE_CREDIT } from '@millrace/ads';

/** What an exposure or a click says, whether it is put or taken back. */
export interface AdEventFields {
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  /** Event time, ms. */
  readonly event_time: number;
  readonly merchant_id: string;
  readonly campaign_id: string;
  readonly ad_id: string;
  readonly item_id: string | null;
  /** As it came. */
  readonly cost_minor: number;
  readonly currency: string;
}

/** The fact of an exposure or a click: no attribution, whole. */
export const adFact = (kind: 'exposure' | 'click', sign: 1 | -1, event: AdEventFields, uv: number, version: number, ingest_time: number, rates: RateTable): Fact => {
  const rate = rates.rateAt(event.currency, event.event_time);
  return {
  kind,
  sign,
  source: event.source,
  event_id: event.event_id,
  user_id: event.user_id,
  event_time: event.event_time,
  ingest_time,
  merchant_id: event.merchant_id,
  campaign_id: event.campaign_id,
  ad_id: event.ad_id,
  item_id: event.item_id,
  amount_minor: toBase(event.cost_minor, rate),
  original_minor: event.cost_minor,
  currency: event.currency,
  rate_id: rate?.id ?? null,
  uv,
  attribution: null,
  model: LAST_TOUCH,
  credit_micro: WHOLE_CREDIT,
  order_time: null,
  order_id: null,
  channel: null,
  click_source: null,
  click_id: null,
  click_time: null,
  orphan: false,
  version,
};
};
