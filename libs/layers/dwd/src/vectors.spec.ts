import { DEFAULT_RULES, type Fact } from '@millrace/ads';
import { cellsOfFacts, invalidationOf, made, punctual, runDwd, standing } from '@millrace/testkit';

/**
 * The test vectors of semantics.md that DWD decides. Events are told in the order of the log. 18 is decided by ODS, 19 by
 * the watermark, 20 by the zone; 21 and 22 by recovery; 23 is in currency.spec.ts.
 */

const { lateness_ms: B, window_ms: W, invalidation_ms: I, zone } = DEFAULT_RULES;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Local midnight and ten in the morning of 3 March 2025 in Shanghai. */
const MIDNIGHT = Date.UTC(2025, 2, 2, 16);
const MORNING = MIDNIGHT + 10 * HOUR;

type Events = Parameters<typeof punctual>;
const run = (...events: Events) => runDwd(punctual(...events), { rules: DEFAULT_RULES, frame_rows: 1 });

/** Ad and attribution of what stands for each effect, by event id. */
const credits = (...events: Events) =>
  Object.fromEntries(
    standing(run(...events).facts)
      .filter(({ attribution }) => attribution !== null)
      .map(({ event_id, ad_id, attribution }) => [event_id, ad_id === null ? attribution : `${ad_id} ${attribution}`]),
  );
/** Numbers of the whole platform, `day|metric`. */
const totals = (...events: Events) =>
  Object.fromEntries(
    [...cellsOfFacts(run(...events).facts, zone)]
      .filter(([cell]) => cell.startsWith('all|day|'))
      .map(([cell, value]) => [cell.slice('all|day|2025-'.length), value]),
  );
/** How an effect's credit came to be: `+` put, `-` taken back. */
const story = (facts: readonly Fact[], id: string) =>
  facts.filter(({ event_id }) => event_id === id).map(({ sign, attribution }) => `${sign > 0 ? '+' : '-'}${attribution}`);
/** Days of the late lane. */
const lateDays = (...events: Events) =>
  run(...events).late.map(({ reason, day }) => `${reason} ${new Date(day * DAY).toISOString().slice(5, 10)}`);

const click = (t: number) => made('click', t);
const other = (t: number, said: object) => made('click', t, { event_id: 'other', ad_id: 'a2', ...said });
const order = (t: number, said = {}) => made('order', t, said);
const payment = (t: number, said = {}) => made('payment', t, said);
const refund = (t: number, said = {}) => made('refund', t, said);
/** Somebody else's event, which moves the watermark to `t` - B. */
const meanwhile = (t: number) => made('click', t, { event_id: `at ${t}`, user_id: 'u2', merchant_id: 'm2' });

test('vector 1: click and conversion in the same ms are attributed', () => {
  expect(credits(click(MORNING), order(MORNING))).toEqual({ order: 'a1 direct' });
  expect(credits(order(MORNING), click(MORNING))).toEqual({ order: 'a1 direct' });
});

test('vector 2: a click 1 ms after the conversion gets nothing', () => {
  expect(credits(order(MORNING), click(MORNING + 1))).toEqual({ order: 'organic' });
});

test('vector 3: exactly 14 d is indirect, 1 ms more is organic', () => {
  expect(credits(click(MORNING), order(MORNING + W))).toEqual({ order: 'a1 indirect' });
  expect(credits(click(MORNING), order(MORNING + W + 1))).toEqual({ order: 'organic' });
});

test('vector 4: the same item at 23:59:59.999 and 00:00:00.000 local is indirect', () => {
  expect(credits(click(MIDNIGHT - 1), order(MIDNIGHT))).toEqual({ order: 'a1 indirect' });
  expect(credits(click(MIDNIGHT), order(MIDNIGHT + DAY - 1))).toEqual({ order: 'a1 direct' });
});

test('vector 5: a direct click keeps the credit against a later one on another item', () => {
  const events = [click(MORNING), other(MORNING + HOUR, { item_id: 'i2' }), order(MORNING + 2 * HOUR)];
  expect(credits(...events)).toEqual({ order: 'a1 direct' });
});

test('vector 6: of two clicks in one ms the same wins in both arrival orders', () => {
  const clicks = [click(MORNING), other(MORNING, {})];
  expect(credits(...clicks, order(MORNING))).toEqual({ order: 'a2 direct' });
  expect(credits(...clicks.toReversed(), order(MORNING))).toEqual({ order: 'a2 direct' });
});

test('vector 7: a conversion 2 h 59 min before its click arrives is organic, then direct, by one correction', () => {
  const { facts, late } = run(order(MORNING), meanwhile(MORNING + B - MINUTE), click(MORNING));
  expect(story(facts, 'order')).toEqual(['+organic', '-organic', '+direct']);
  expect(facts.filter(({ event_id }) => event_id === 'order').map(({ version }) => version)).toEqual([0, 0, 1]);
  expect(late).toEqual([]);
});

test('vector 8: at 3 h 01 the click counts, the conversion keeps its credit, and its day is in the late lane', () => {
  const events = [order(MORNING), meanwhile(MORNING + B + MINUTE), click(MORNING)];
  expect(credits(...events)).toEqual({ order: 'organic' });
  expect(totals(...events)).toMatchObject({ '03-03|clicks': 2 });
  expect(lateDays(...events)).toEqual(['late_click 03-03']);
});

test('vector 9: a conversion 14 d after its click, itself delayed by 3 h, is indirect', () => {
  expect(credits(click(MORNING), meanwhile(MORNING + W + B), order(MORNING + W))).toEqual({ order: 'a1 indirect' });
});

test('vector 10: a click delivered 3 times and a conversion twice count 1 and 1', () => {
  const [c, v] = [click(MORNING), order(MORNING)];
  expect(totals(c, v, c, v, c)).toMatchObject({ '03-03|clicks': 1, '03-03|click_uv': 1, '03-03|orders|direct': 1 });
  expect(run(c, v, c, v, c).counters).toMatchObject({ duplicates: 3, conflicts: 0 });
});

test('vector 11: version 2 stands, whichever came first; of equal versions the first, and the other is counted', () => {
  const first = payment(MORNING);
  const second = { ...first, event_version: 2, amount_minor: 700 };
  expect(totals(first, second)).toMatchObject({ '03-03|gmv|organic': 700, '03-03|payments|organic': 1 });
  expect(totals(second, first)).toEqual(totals(first, second));
  expect(totals(first, { ...first, amount_minor: 500 })).toMatchObject({ '03-03|gmv|organic': 1_000 });
  expect(run(first, { ...first, amount_minor: 500 }).counters).toMatchObject({ duplicates: 0, conflicts: 1 });
});

test('vector 12: an order at 23:59 and its payment at 00:01 are both direct, the GMV lies on the second day', () => {
  const events = [click(MIDNIGHT - HOUR), order(MIDNIGHT - MINUTE), payment(MIDNIGHT + MINUTE)];
  expect(credits(...events)).toEqual({ order: 'a1 direct', payment: 'a1 direct' });
  expect(totals(...events)).toMatchObject({ '03-03|gmv|direct': 1_000, '03-02|net_gmv_by_order_day|direct': 1_000 });
});

test('vector 13: a payment before its order is credited by itself, then takes its order’s credit', () => {
  const events = [click(MIDNIGHT - HOUR), payment(MIDNIGHT + MINUTE), order(MIDNIGHT - MINUTE)];
  expect(story(run(...events).facts, 'payment')).toEqual(['+indirect', '-indirect', '+direct']);
  const { facts, late } = run(payment(MORNING), meanwhile(MORNING + 2 * B + MINUTE));
  expect(facts.find(({ kind }) => kind === 'payment')).toMatchObject({ orphan: true, attribution: 'organic' });
  expect(late).toMatchObject([{ reason: 'orphan', event_id: 'payment' }]);
});

test('vector 14: the lines of one order at two merchants are attributed separately', () => {
  const events = [
    click(MORNING),
    order(MORNING + HOUR),
    order(MORNING + HOUR, { event_id: 'second line', merchant_id: 'm2', item_id: 'i3' }),
  ];
  expect(credits(...events)).toEqual({ order: 'a1 direct', 'second line': 'organic' });
});

test('vector 15: a partial refund, then the rest and more, on other days; what exceeds the payments is counted apart', () => {
  const events = [
    order(MORNING),
    payment(MORNING),
    refund(MORNING + DAY, { amount_minor: 300 }),
    refund(MORNING + 2 * DAY, { event_id: 'rest', amount_minor: 900 }),
  ];
  expect(totals(...events, meanwhile(MORNING + 3 * DAY))).toMatchObject({
    '03-03|gmv|organic': 1_000,
    '03-04|refund_amount|organic': 300,
    '03-05|refund_amount|organic': 700,
    '03-05|net_gmv|organic': -700,
  });
  expect(totals(...events)).not.toHaveProperty(['03-03|net_gmv_by_order_day|organic']);
  expect(run(...events).counters.refund_exceeds_payment).toBe(0);
  expect(run(...events, meanwhile(MORNING + 3 * DAY)).counters.refund_exceeds_payment).toBe(1);
});

test('vector 16: a winner invalidated two days later leaves the credit to the next, and its cost goes back', () => {
  const winner = other(MORNING + HOUR, {});
  const events = [click(MORNING), winner, order(MORNING + 2 * HOUR), invalidationOf(winner, MORNING + 2 * DAY)];
  expect(credits(...events)).toEqual({ order: 'a1 direct' });
  expect(totals(...events)).toMatchObject({ '03-03|clicks': 1, '03-03|cost': 30, '03-03|click_uv': 1 });
});

test('vector 16: after I + 1 h nothing changes, and every day that the click reaches is in the late lane', () => {
  const events = [click(MORNING), order(MORNING + DAY), invalidationOf(click(MORNING), MORNING + I + HOUR)];
  expect(credits(...events)).toEqual({ order: 'a1 indirect' });
  const listed = lateDays(...events);
  expect(listed).toContain('late_invalidation 03-03');
  expect(listed).toContain('late_invalidation 03-04');
  expect(listed).toContain('late_invalidation 03-17');
  expect(listed).toHaveLength(15);
});

test('vector 17: the only click invalidated leaves the conversion organic', () => {
  const events = [click(MORNING), order(MORNING), invalidationOf(click(MORNING), MORNING + I)];
  expect(credits(...events)).toEqual({ order: 'organic' });
  expect(totals(...events)).toEqual({ '03-03|orders|organic': 1, '03-03|net_orders|organic': 1 });
});
