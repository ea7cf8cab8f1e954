import { DEFAULT_RULES, type Rules } from '@millrace/ads';
import { invalidationOf, made, punctual, runDwd, standing } from '@millrace/testkit';

const HOUR = 3_600_000;
const NOON = Date.UTC(2025, 2, 3, 4);
/** The dollar's rate changes at noon. */
const rules: Rules = {
  ...DEFAULT_RULES,
  rates: [
    { id: 'usd-old', currency: 'USD', from_ms: 0, base_micro: 7_180_000 },
    { id: 'usd-new', currency: 'USD', from_ms: NOON, base_micro: 7_240_000 },
  ],
};
const usd = (amount_minor: number) => ({ amount_minor, currency: 'USD' });
const cost = (cost_minor: number) => ({ cost_minor, currency: 'USD' });

/** What stands of each event: base amount, its own amount, currency, rate. */
const amounts = (...events: Parameters<typeof punctual>) =>
  Object.fromEntries(
    standing(runDwd(punctual(...events), { rules }).facts).map(
      ({ event_id, amount_minor, original_minor, currency, rate_id }) => [
        event_id,
        [amount_minor, original_minor, currency, rate_id],
      ],
    ),
  );

test('vector 23: an order in another currency around a rate change; a refund has the rate of its payment', () => {
  expect(
    amounts(
      made('order', NOON - 1, usd(1_000)),
      made('payment', NOON - 1, usd(1_000)),
      made('order', NOON, { ...usd(1_000), event_id: 'later order', order_id: 'o2' }),
      made('payment', NOON, { ...usd(1_000), event_id: 'later payment', order_id: 'o2' }),
      made('refund', NOON + HOUR, usd(400)),
      made('refund', NOON + HOUR, { ...usd(1_000), event_id: 'later refund', order_id: 'o2' }),
      made('order', NOON, { event_id: 'order at home', order_id: 'o3' }),
    ),
  ).toEqual({
    order: [7_180, 1_000, 'USD', 'usd-old'],
    payment: [7_180, 1_000, 'USD', 'usd-old'],
    'later order': [7_240, 1_000, 'USD', 'usd-new'],
    'later payment': [7_240, 1_000, 'USD', 'usd-new'],
    refund: [2_872, 400, 'USD', 'usd-old'],
    'later refund': [7_240, 1_000, 'USD', 'usd-new'],
    'order at home': [1_000, 1_000, 'CNY', null],
  });
});

test('a refund that comes before its payment gets the rate of the payment when that comes', () => {
  expect(amounts(made('refund', NOON, usd(400)), made('payment', NOON - 1, usd(1_000)))).toEqual({
    payment: [7_180, 1_000, 'USD', 'usd-old'],
    refund: [2_872, 400, 'USD', 'usd-old'],
  });
});

test('a version in another currency replaces amount and rate', () => {
  expect(amounts(made('payment', NOON), made('payment', NOON, { ...usd(1_000), event_version: 2 }))).toEqual({
    payment: [7_240, 1_000, 'USD', 'usd-new'],
  });
});

describe.each(['click', 'exposure'] as const)('cost in another currency, of: %s', (type) => {
  test('is counted at the rate of its time', () => {
    const before = made(type, NOON - 1, cost(100));
    const after = made(type, NOON, { ...cost(100), event_id: 'after', ad_id: 'a2' });
    expect(amounts(before, after)).toEqual({ [type]: [718, 100, 'USD', 'usd-old'], after: [724, 100, 'USD', 'usd-new'] });
  });

  test('is taken back as it was put, though the rate has changed since', () => {
    const before = made(type, NOON - 1, cost(100));
    const { facts } = runDwd(punctual(before, invalidationOf(before, NOON + HOUR)), { rules });
    expect(facts.map(({ sign, amount_minor, original_minor, rate_id }) => [sign, amount_minor, original_minor, rate_id])).toEqual(
      [
        [1, 718, 100, 'usd-old'],
        [-1, 718, 100, 'usd-old'],
      ],
    );
    expect(standing(facts)).toEqual([]);
  });

  test('is one body with its currency: the same number in another is a conflict', () => {
    const { counters } = runDwd(
      punctual(made(type, NOON, cost(100)), made(type, NOON, cost(100)), made(type, NOON, { cost_minor: 100 })),
      { rules },
    );
    expect([counters.duplicates, counters.conflicts]).toEqual([1, 1]);
  });
});
