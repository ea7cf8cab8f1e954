import { columnsOf, METRICS, type ConversionRow } from '@millrace/ads';

/** A row of `dws_metric` as the store answers it: every column 0 but those given. */
export const storedRow = (given: Record<string, string | number>): Record<string, string | number> => ({
  window_start: Date.UTC(2014, 10, 10, 16),
  ...Object.fromEntries(columnsOf(METRICS).map(({ name }) => [name, 0])),
  ...given,
});

/** A signed row of an order line that a click has won. */
export const conversionRow = (given: Partial<ConversionRow>): ConversionRow => ({
  conversion_id: 'order-1',
  kind: 'order',
  attribution: 'direct',
  model: 'last',
  credit_micro: 1_000_000,
  order_id: 'order-1',
  order_time: Date.UTC(2014, 10, 11, 2),
  channel: '',
  click_source: 'http',
  click_id: 'c-1',
  click_time: Date.UTC(2014, 10, 11, 1),
  orphan: 0,
  version: 0,
  sign: 1,
  source: 'http',
  event_id: 'o-1',
  user_id: 'u-7',
  event_time: Date.UTC(2014, 10, 11, 2),
  ingest_time: Date.UTC(2014, 10, 11, 2, 0, 1),
  merchant_id: '1304',
  campaign_id: 'cp-2',
  ad_id: 'ad-3',
  item_id: 'i-9',
  amount_minor: 9_900,
  original_minor: 9_900,
  currency: 'CNY',
  rate_id: '',
  epoch: 0,
  source_topic: 'ods.action',
  source_partition: 2,
  source_offset: 4_711,
  ordinal: 0,
  ...given,
});
