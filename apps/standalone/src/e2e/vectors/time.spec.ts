import { DAY_MS, eventsOf, HOUR_MS, MINUTE_MS, Timeline } from '../../testing/timeline';

/** The vectors of semantics.md about time itself, and about size. */

jest.setTimeout(120_000);
let timeline: Timeline;
afterEach(() => timeline.close());

const direct = (value: number) => ({ direct: value, indirect: 0, organic: 0 });

test('vector 18: one event dated +30 d is rejected, and nobody else becomes late', async () => {
  timeline = await Timeline.open();
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id } = eventsOf('18');
  await timeline.receive(t, order(t));
  const future = click('future', t + 30 * DAY_MS);
  expect(await timeline.post([future])).toMatchObject({ status: 422, body: expect.stringContaining('"reason":"future_time"') });
  await timeline.append({ ...future, source: 'http' });
  expect(timeline.warehouse.census.counts()).toEqual({ future_time: 1 });
  const { late } = timeline.counters();
  await timeline.receive(t + 2 * HOUR_MS, click('c', t - MINUTE_MS));
  expect([timeline.counters().late, await timeline.credit(order_id)]).toEqual([late, 'direct c']);
});

test('vector 19: an idle source holds nobody back', async () => {
  timeline = await Timeline.open();
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { order, merchant_id } = eventsOf('19');
  await timeline.receive(t, order(t));
  const dayOf = async (): Promise<unknown> => {
    const day = new Date(t + 8 * HOUR_MS).toISOString().slice(0, 10);
    const next = new Date(t + 32 * HOUR_MS).toISOString().slice(0, 10);
    return (await timeline.answer({ from: day, to: next, filter: `merchant_id:${merchant_id}` })).days[day];
  };
  expect(await dayOf()).toBe('live');
  await timeline.until(t + 15 * HOUR_MS);
  expect(await dayOf()).toBe('closing');
  // Neither this source nor the silent one has said anything since.
  await timeline.until(t + 18 * HOUR_MS);
  expect(await dayOf()).toBe('sealed');
});

test('vector 20: a zone with a 23 h and a 25 h day: a day is from its midnight to the next', async () => {
  timeline = await Timeline.open({ zone: 'Europe/Berlin' });
  for (const [vector, first, last] of [
    ['20a', '2025-10-26T00:00:00+02:00', '2025-10-26T23:59:59.999+01:00'],
    ['20b', '2026-03-29T00:00:00+01:00', '2026-03-29T23:59:59.999+02:00'],
  ] as const) {
    const [start, end] = [Date.parse(first), Date.parse(last)];
    const { click, order, order_id, merchant_id } = eventsOf(vector);
    await timeline.receive(end + 1, click('c', start), order(end), click('before', start - 1), click('after', end + 1));
    expect(await timeline.credit(order_id)).toBe('direct c');
    expect(await timeline.day(start, merchant_id)).toMatchObject({ clicks: 1, orders: direct(1) });
    expect(await timeline.day(start - 1, merchant_id)).toMatchObject({ clicks: 1 });
    expect(await timeline.day(end + 1, merchant_id)).toMatchObject({ clicks: 1 });
  }
});

test('vector 24: one user with 100 000 clicks stays within bounds of time and memory', async () => {
  timeline = await Timeline.open();
  const CLICKS = 100_000;
  const ADS = 50;
  const APART_MS = 100;
  const t = (await timeline.nextDay()) + 10 * HOUR_MS;
  const { click, order, order_id, merchant_id } = eventsOf('24');
  const began_ms = performance.now();
  await timeline.until(t);
  for (let first = 0; first < CLICKS; first += 10_000) {
    const clicks = Array.from({ length: 10_000 }, (_, i) =>
      click(`c${first + i}`, t - (CLICKS - first - i) * APART_MS, { ad_id: `ad-${i % ADS}` }),
    );
    expect((await timeline.post(clicks)).status).toBe(202);
  }
  await timeline.receive(t + HOUR_MS, order(t));
  expect(await timeline.credit(order_id)).toBe(`direct c${CLICKS - 1}`);
  expect(await timeline.day(t, merchant_id)).toMatchObject({ clicks: CLICKS, click_uv: 1, cost: 10 * CLICKS, orders: direct(1) });
  // A tenth of a millisecond each would do; ten times that, for a machine that does other things.
  expect(performance.now() - began_ms).toBeLessThan(CLICKS);
  expect(process.memoryUsage().heapUsed).toBeLessThan(1e9);
});
