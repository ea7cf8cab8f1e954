import { LAST_TOUCH, WHOLE_CREDIT, type Fact } from '@millrace/ads';

/** A fact of which only what matters to a test is said. */
export const fact = (said: Partial<Fact> & Pick<Fact, 'kind' | 'event_time'>): Fact => ({
  sign: 1,
  source: 'test',
  event_id: 'e',
  user_id: 'u',
  ingest_time: said.event_time,
  merchant_id: 'm',
  campaign_id: null,
  ad_id: null,
  item_id: null,
  amount_minor: 0,
  uv: 0,
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
  version: 0,
  ...said,
});
