import { drawing, identity } from './draws';

const ADS = 5_000;

/** Clicks as DWD says them, of 5 000 ads of 50 merchants, one every 10 ms from `start_ms` on. */
export function factsFrom(start_ms: number): (n: number) => { readonly event_time: number } {
  const below = drawing(7);
  return (n) => {
    const ad = below(ADS);
    const time = start_ms + n * 10;
    return {
      kind: 'click',
      sign: 1,
      source: 'sdk-app',
      event_id: identity(n),
      user_id: `user-${below(200_000)}`,
      event_time: time,
      ingest_time: time,
      merchant_id: `m${ad % 50}`,
      campaign_id: `c${ad % 200}`,
      ad_id: `a${ad}`,
      item_id: `i${below(5_000)}`,
      amount_minor: 3,
      original_minor: 3,
      currency: 'CNY',
      rate_id: null,
      uv: below(32),
      attribution: null,
      model: 'last',
      credit_micro: 1_000_000,
      order_time: null,
      order_id: null,
      channel: null,
      click_source: null,
      click_id: null,
      click_time: null,
      orphan: false,
      version: 0,
    };
  };
}
