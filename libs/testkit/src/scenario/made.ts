import type { History } from '../histories';
import type { OracleEvent, OracleEventType } from '../oracle';

const ON_AD = { merchant_id: 'm1', campaign_id: 'c1', ad_id: 'a1', item_id: 'i1' };
const OF_LINE = { merchant_id: 'm1', order_id: 'o1', item_id: 'i1' };

const USUAL: Readonly<Record<OracleEventType, Partial<OracleEvent>>> = {
  exposure: { ...ON_AD, cost_minor: 2 },
  click: { ...ON_AD, cost_minor: 30 },
  message: { merchant_id: 'm1', item_id: 'i1', channel: 'public' },
  order: { ...OF_LINE, amount_minor: 1_000 },
  payment: { ...OF_LINE, amount_minor: 1_000 },
  refund: { ...OF_LINE, amount_minor: 1_000 },
  cancel: OF_LINE,
  invalidate: {},
};

/** An event as a test tells it: what it does not say is as usual, and it is called by its type. */
export const made = (type: OracleEventType, event_time: number, said: Partial<OracleEvent> = {}): OracleEvent => ({
  type,
  source: 'app',
  event_id: type,
  user_id: 'u1',
  ...USUAL[type],
  event_time,
  ...said,
});

export const invalidationOf = (target: OracleEvent, event_time: number): OracleEvent =>
  made('invalidate', event_time, {
    user_id: target.user_id,
    target_type: target.type === 'exposure' ? 'exposure' : 'click',
    target_source: target.source,
    target_id: target.event_id,
  });

/** Each event arrives when it happens: what is told first was first in the log. */
export const punctual = (...events: OracleEvent[]): History => events.map((event) => ({ event, deliver_ms: event.event_time }));
