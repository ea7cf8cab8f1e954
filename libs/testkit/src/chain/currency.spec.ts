import { DEFAULT_RULES, type Fact, type Rules, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { createOds } from '@millrace/layer-ods';
import { ChainDriver } from '../driver/chain-driver';
import type { OracleEvent } from '../oracle';
import { made, standing } from '../scenario';

const DAY = 86_400_000;
const NOON = Date.UTC(2025, 2, 3, 4);
const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] } as const;
/** Dollars are known from the day before, at another rate from noon on. */
const rules: Rules = {
  ...DEFAULT_RULES,
  rates: [
    { id: 'usd-old', currency: 'USD', from_ms: NOON - DAY, base_micro: 7_180_000 },
    { id: 'usd-new', currency: 'USD', from_ms: NOON, base_micro: 7_240_000 },
  ],
};

/** Events as their producers send them, through ODS and DWD. */
const run = (...events: readonly OracleEvent[]) => {
  const chain = new ChainDriver({ raw: [createOds({ sources: [EVENTS], rules })], layers: [createDwd({ rules })] });
  chain.append(
    { topic: 'raw.events', partition: 0 },
    events.map((event) => ({ value: JSON.stringify(event), timestamp_ms: NOON + DAY })),
  );
  chain.pump();
  return {
    amounts: Object.fromEntries(
      standing(chain.rows<Fact>(TOPICS.fact)).map(({ event_id, amount_minor, rate_id }) => [event_id, [amount_minor, rate_id]]),
    ),
    rejected: chain.rows<{ reason: string; field: string }>(TOPICS.rejected).map(({ reason, field }) => [reason, field]),
  };
};
const usd = { amount_minor: 1_000, currency: 'USD' };

test('vector 23: an order in another currency around a rate change; a refund has the rate of its payment', () => {
  expect(
    run(
      made('click', NOON - 2, { cost_minor: 100, currency: 'USD' }),
      made('order', NOON - 1, usd),
      made('payment', NOON - 1, usd),
      made('order', NOON, { ...usd, event_id: 'later', order_id: 'o2' }),
      made('refund', NOON + 1, usd),
    ),
  ).toEqual({
    amounts: {
      click: [718, 'usd-old'],
      order: [7_180, 'usd-old'],
      payment: [7_180, 'usd-old'],
      later: [7_240, 'usd-new'],
      refund: [7_180, 'usd-old'],
    },
    rejected: [],
  });
});

test('vector 23: without a rate at its time an amount is rejected, and counts nowhere', () => {
  expect(
    run(
      made('order', NOON - DAY - 1, usd),
      made('payment', NOON, { ...usd, currency: 'EUR' }),
      made('click', NOON - DAY - 1, { cost_minor: 100, currency: 'USD' }),
      made('exposure', NOON, { cost_minor: 100, currency: 'EUR' }),
      // The base currency needs no rate, at any time.
      made('order', NOON - DAY - 1, { event_id: 'at home', currency: 'CNY' }),
    ),
  ).toEqual({
    amounts: { 'at home': [1_000, null] },
    rejected: Array(4).fill(['unsupported_currency', 'currency']),
  });
});
