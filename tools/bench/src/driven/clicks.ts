import type { Timed } from './driven';
import { drawing, identity } from './draws';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2025, 2, 2, 16);

export interface Clicks {
  /** How many users there are: a sixth of this. */
  readonly clicks: number;
  /** Over so many days of event time lie `total` of them. */
  readonly days: number;
  readonly total: number;
}

/** Clicks as ODS makes them of the peers' events, always the same: the n-th. */
export function clicksOver({ clicks, days, total }: Clicks): (n: number) => Timed {
  const below = drawing(1);
  const users = Math.max(1, Math.round(clicks / 6));
  return (n) => {
    const item = below(2_000);
    const merchant = item % 200;
    const ad = item + 2_000 * below(2);
    const time = START_MS + Math.floor((n / total) * days * DAY_MS);
    return {
      type: 'click',
      event_id: identity(n),
      source: below(2) === 0 ? 'sdk-app' : 'sdk-web',
      event_time: time,
      user_id: `u${identity(Math.floor(users * (below(2 ** 30) / 2 ** 30) ** 2)).slice(0, 8)}`,
      currency: 'CNY',
      event_version: 1,
      schema_version: null,
      city: 'suzhou',
      platform: 'ios',
      request_id: null,
      sequence: null,
      merchant_id: `m${merchant}`,
      campaign_id: `c${merchant * 5 + (ad % 5)}`,
      ad_id: `a${ad}`,
      item_id: `i${item}`,
      slot: 'feed-01',
      cost_minor: 20 + below(300),
      ingest_time: time,
      extra: null,
    };
  };
}
