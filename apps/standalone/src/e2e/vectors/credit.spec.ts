import { DAY_MS, eventsOf, historyText, HOUR_MS, MINUTE_MS, Timeline } from '../../testing/timeline';

/** The vectors of semantics.md about who gets the credit, through the whole chain and back by REST. */

jest.setTimeout(60_000);
let timeline: Timeline;
beforeAll(async () => (timeline = await Timeline.open()));
afterAll(() => timeline.close());

test('vector 1: click and conversion in the same millisecond: attributed', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id } = eventsOf('1');
  await timeline.receive(t, order(t), click('c', t));
  expect(await timeline.credit(order_id)).toBe('direct c');
});

test('vector 2: click 1 ms after: not', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id } = eventsOf('2');
  await timeline.receive(t, click('c', t + 1), order(t));
  expect(await timeline.credit(order_id)).toBe('organic');
});

test('vector 3: exactly 14 d: indirect; 14 d + 1 ms: organic', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const [within, beyond] = [eventsOf('3a'), eventsOf('3b')];
  await timeline.receive(t, within.click('c', t), beyond.click('c', t - 1));
  await timeline.receive(t + 14 * DAY_MS, within.order(t + 14 * DAY_MS), beyond.order(t + 14 * DAY_MS));
  expect([await timeline.credit(within.order_id), await timeline.credit(beyond.order_id)]).toEqual(['indirect c', 'organic']);
});

test('vector 4: the same item at 23:59:59.999 and 00:00:00.000 local: indirect', async () => {
  const midnight = (await timeline.nextDay()) + DAY_MS;
  const { click, order, order_id } = eventsOf('4');
  await timeline.receive(midnight, click('c', midnight - 1), order(midnight));
  expect(await timeline.credit(order_id)).toBe('indirect c');
});

test('vector 5: direct at 10:00, a later click on another item at 11:00: direct keeps it', async () => {
  const day = await timeline.nextDay();
  const { click, order, order_id } = eventsOf('5');
  const clicks = [click('ten', day + 10 * HOUR_MS), click('eleven', day + 11 * HOUR_MS, { item_id: 'another' })];
  await timeline.receive(day + 12 * HOUR_MS, ...clicks, order(day + 12 * HOUR_MS));
  expect(await timeline.credit(order_id)).toBe('direct ten');
});

test('vector 6: two clicks in one millisecond on different ads: the same winner in both orders of arrival', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const [one, other] = [eventsOf('6a'), eventsOf('6b')];
  await timeline.receive(t, one.click('a', t), one.click('b', t), one.order(t));
  await timeline.receive(t + MINUTE_MS, other.click('b', t), other.click('a', t), other.order(t));
  expect([await timeline.credit(one.order_id), await timeline.credit(other.order_id)]).toEqual(['direct b', 'direct b']);
});

test('vector 7: a conversion 2 h 59 min before its click arrives: organic, then direct, one correction', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id, merchant_id } = eventsOf('7');
  await timeline.receive(t, order(t));
  expect(await timeline.credit(order_id)).toBe('organic');
  const { corrections } = timeline.counters();
  await timeline.receive(t + 2 * HOUR_MS + 59 * MINUTE_MS, click('c', t));
  expect(historyText(await timeline.told(order_id, 'order'))).toBe('+organic -organic +direct c');
  expect(timeline.counters().corrections).toBe(corrections + 1);
  expect((await timeline.day(t, merchant_id))['orders']).toEqual({ direct: 1, indirect: 0, organic: 0 });
});

test('vector 8: the same at 3 h 01: listed in the late lane; the click counts, the credit stays', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id, merchant_id } = eventsOf('8');
  await timeline.receive(t, order(t));
  const { late_click = 0 } = timeline.counters().listed;
  await timeline.receive(t + 3 * HOUR_MS + MINUTE_MS, click('c', t));
  expect(await timeline.credit(order_id)).toBe('organic');
  expect(timeline.counters().listed).toMatchObject({ late_click: late_click + 1 });
  expect(await timeline.day(t, merchant_id)).toMatchObject({ clicks: 1, orders: { direct: 0, indirect: 0, organic: 1 } });
});

test('vector 9: a conversion at t + 14 d, itself delayed by 3 h: its click is still kept', async () => {
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id } = eventsOf('9');
  await timeline.receive(t, click('c', t));
  await timeline.receive(t + 14 * DAY_MS + 3 * HOUR_MS, order(t + 14 * DAY_MS));
  expect(await timeline.credit(order_id)).toBe('indirect c');
});
