import { drawing, identity } from '../driven/draws';

/** One event in so many is a probe's. */
export const PROBE_EVERY = 100;
/** Probes of one user on one ad lie further apart than clicks that are taken for repeated (2 s), at any rate up to this many a second. */
const PROBE_ADS = 1_000;

/** The n-th event of a run as the source `events` writes it: clicks and orders of many users, and, now and then, a click of the probe. */
export function eventsOf(run: string): (n: number, time_ms: number) => string {
  const below = drawing(5);
  return (n, time_ms) => {
    const envelope = { event_id: `${run}-${identity(n)}`, source: 'bench', event_time: time_ms };
    if (n % PROBE_EVERY === 0) {
      const ad = (n / PROBE_EVERY) % PROBE_ADS;
      const place = { ad_id: `p${ad}`, campaign_id: 'probe', merchant_id: `probe-${run}` };
      return JSON.stringify({ type: 'click', ...envelope, user_id: `probe-${run}`, ...place, cost_minor: 1 });
    }
    const item = below(2_000);
    const merchant = item % 200;
    const who = { user_id: `u${below(100_000)}` };
    const sold = { merchant_id: `m${merchant}`, item_id: `i${item}` };
    if (n % 21 === 20)
      return JSON.stringify({
        type: 'order',
        ...envelope,
        ...who,
        ...sold,
        order_id: `${run}-${n}`,
        amount_minor: 990 + below(200_000),
      });
    const ad = { ad_id: `a${item * 2 + below(2)}`, campaign_id: `c${merchant * 5 + (item % 5)}` };
    return JSON.stringify({
      type: 'click',
      ...envelope,
      ...who,
      ...ad,
      ...sold,
      slot: 'feed-01',
      platform: 'ios',
      cost_minor: 20 + below(300),
    });
  };
}
