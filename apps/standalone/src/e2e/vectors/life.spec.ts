import { DAY_MS, eventsOf, HOUR_MS, MINUTE_MS, SECOND_MS, Timeline } from '../../testing/timeline';

/** The vectors of semantics.md about the life of an order line, and of what is sent twice or taken back. */

jest.setTimeout(60_000);
let timeline: Timeline;
const USD = [
  { id: 'usd-1', currency: 'USD', from_ms: 0, base_micro: 7_000_000 },
  { id: 'usd-2', currency: 'USD', from_ms: Date.parse('2027-01-01T00:00:00+08:00'), base_micro: 8_000_000 },
];
beforeAll(async () => (timeline = await Timeline.open({ rates: USD })));
afterAll(() => timeline.close());

const direct = (value: number) => ({ direct: value, indirect: 0, organic: 0 });
const organic = (value: number) => ({ direct: 0, indirect: 0, organic: value });

test('vector 10: a click delivered 3 times, a conversion twice: 1 and 1', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, merchant_id } = eventsOf('10');
  const { duplicates } = timeline.counters();
  await timeline.receive(t, click('c', t), order(t), click('c', t), click('c', t), order(t));
  expect(await timeline.day(t, merchant_id)).toMatchObject({ clicks: 1, click_uv: 1, cost: 10, orders: direct(1) });
  expect(timeline.counters().duplicates).toBe(duplicates + 3);
});

test('vector 11: versions 1 and 2 with different amounts, in both orders: version 2; equal versions: the first, counted', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const [rising, falling, equal] = [eventsOf('11a'), eventsOf('11b'), eventsOf('11c')];
  const versions = ({ payment }: typeof rising, ...amounts: readonly [number, number][]) =>
    amounts.map(([event_version, amount_minor]) => payment(t, { event_version, amount_minor }));
  const { conflicts } = timeline.counters();
  await timeline.receive(t, rising.order(t), falling.order(t), equal.order(t));
  await timeline.receive(
    t + MINUTE_MS,
    ...versions(rising, [1, 100], [2, 250]),
    ...versions(falling, [2, 250], [1, 100]),
    ...versions(equal, [1, 100], [1, 999]),
  );
  for (const { merchant_id } of [rising, falling])
    expect(await timeline.day(t, merchant_id)).toMatchObject({ gmv: organic(250), payments: organic(1) });
  expect(await timeline.day(t, equal.merchant_id)).toMatchObject({ gmv: organic(100), payments: organic(1) });
  expect(timeline.counters().conflicts).toBe(conflicts + 1);
});

test('vector 12: ordered at 23:59, paid at 00:01: both direct, the GMV on the second day', async () => {
  const midnight = (await timeline.nextDay()) + DAY_MS;
  const { click, order, payment, order_id, merchant_id } = eventsOf('12');
  await timeline.receive(
    midnight + MINUTE_MS,
    click('c', midnight - 2 * MINUTE_MS),
    order(midnight - MINUTE_MS),
    payment(midnight + MINUTE_MS),
  );
  expect([await timeline.credit(order_id), await timeline.credit(order_id, 'payment')]).toEqual(['direct c', 'direct c']);
  expect(await timeline.day(midnight - 1, merchant_id)).toMatchObject({
    orders: direct(1),
    gmv: direct(0),
    net_gmv_by_order_day: direct(1_000),
  });
  expect(await timeline.day(midnight, merchant_id)).toMatchObject({ orders: direct(0), gmv: direct(1_000) });
});

test('vector 13: a payment before its order: an orphan, then relinked', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, payment, order_id } = eventsOf('13');
  await timeline.receive(t, payment(t));
  expect((await timeline.told(order_id, 'payment')).credit).toMatchObject({ attribution: 'organic', orphan: true });
  await timeline.receive(t + HOUR_MS, click('c', t - MINUTE_MS), order(t - SECOND_MS));
  expect((await timeline.told(order_id, 'payment')).credit).toMatchObject({ attribution: 'direct', orphan: false });
});

test('vector 14: one order, two merchants: each line has its own credit', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id, merchant_id } = eventsOf('14');
  const other = { merchant_id: 'm14-other', item_id: 'i14-other', event_id: 'o-other' };
  await timeline.receive(t, click('c', t), order(t), order(t, other));
  expect([await timeline.credit(order_id, 'order', 'o'), await timeline.credit(order_id, 'order', 'o-other')]).toEqual([
    'direct c',
    'organic',
  ]);
  expect((await timeline.day(t, merchant_id))['orders']).toEqual(direct(1));
  expect((await timeline.day(t, 'm14-other'))['orders']).toEqual(organic(1));
});

test('vector 15: partial, then full refund, on other days; a refund above the payment', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { order, payment, refund, merchant_id } = eventsOf('15');
  await timeline.receive(t, order(t), payment(t));
  await timeline.receive(t + DAY_MS, refund('r1', t + DAY_MS, 400));
  await timeline.receive(t + 2 * DAY_MS, refund('r2', t + 2 * DAY_MS, 600));
  await timeline.receive(t + 3 * DAY_MS, refund('r3', t + 3 * DAY_MS, 300));
  const refunded = async (days: number): Promise<unknown> =>
    (await timeline.day(t + days * DAY_MS, merchant_id))['refund_amount'];
  expect([await refunded(1), await refunded(2), await refunded(3)]).toEqual([organic(400), organic(600), undefined]);
  expect(await timeline.day(t, merchant_id)).toMatchObject({
    gmv: organic(1_000),
    net_gmv: organic(1_000),
    net_gmv_by_order_day: organic(0),
  });
  const { refund_exceeds_payment } = timeline.counters();
  await timeline.until(t + 3 * DAY_MS + 4 * HOUR_MS);
  expect(timeline.counters().refund_exceeds_payment).toBe(refund_exceeds_payment + 1);
});

test('vector 16: the winning click invalidated 2 days later: the next click has the credit, the cost goes back; after I + 1 h: late lane', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const [soon, late] = [eventsOf('16a'), eventsOf('16b')];
  await timeline.receive(
    t,
    ...[soon, late].flatMap(({ click, order }) => [click('first', t - HOUR_MS, { cost_minor: 3 }), click('second', t), order(t)]),
  );
  await timeline.receive(t + 2 * DAY_MS, soon.invalidate('second', t + 2 * DAY_MS));
  expect(await timeline.credit(soon.order_id)).toBe('direct first');
  expect(await timeline.day(t, soon.merchant_id)).toMatchObject({ clicks: 1, cost: 3, click_uv: 1, orders: direct(1) });

  const { late_invalidation = 0 } = timeline.counters().listed;
  const tooLate = t + 3 * DAY_MS + HOUR_MS;
  // The stream's clock is B behind: what it has passed is past for certain.
  await timeline.receive(tooLate + 3 * HOUR_MS, late.invalidate('second', tooLate + 3 * HOUR_MS));
  // Every day on which the click may have won, or may still win.
  expect(timeline.counters().listed).toMatchObject({ late_invalidation: late_invalidation + 15 });
  expect(await timeline.credit(late.order_id)).toBe('direct second');
});

test('vector 17: the only click invalidated: organic', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, invalidate, order_id, merchant_id } = eventsOf('17');
  await timeline.receive(t, click('c', t), order(t));
  await timeline.receive(t + HOUR_MS, invalidate('c', t + HOUR_MS));
  expect(await timeline.credit(order_id)).toBe('organic');
  expect(await timeline.day(t, merchant_id)).toMatchObject({ clicks: 0, cost: 0, click_uv: 0, orders: organic(1) });
});

test('vector 23: an order in another currency around a change of its rate; the refund has the rate of its payment', async () => {
  const change = USD[1]?.from_ms ?? 0;
  const [before, after] = [eventsOf('23a'), eventsOf('23b')];
  const usd = { currency: 'USD' };
  await timeline.until(change - HOUR_MS);
  await timeline.receive(
    change,
    before.order(change - 1, usd),
    before.payment(change - 1, usd),
    after.order(change, usd),
    after.payment(change, usd),
  );
  await timeline.receive(change + HOUR_MS, { ...before.refund('r', change + HOUR_MS, 1_000), ...usd });
  expect((await timeline.day(change - 1, before.merchant_id))['gmv']).toEqual(organic(7_000));
  expect((await timeline.day(change, after.merchant_id))['gmv']).toEqual(organic(8_000));
  expect((await timeline.day(change, before.merchant_id))['refund_amount']).toEqual(organic(7_000));
});
