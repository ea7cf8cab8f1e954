import type { OracleEvent } from './event';
import type { OracleOptions } from './options';
import { oracle } from './oracle';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Local midnight in Shanghai, 2025-03-03. */
const MIDNIGHT = Date.UTC(2025, 2, 2, 16);
const MORNING = MIDNIGHT + 10 * HOUR;

let next = 0;
const made = (type: OracleEvent['type'], event_time: number, fields: Partial<OracleEvent>): OracleEvent => ({
  type,
  source: 'app',
  event_id: `e${String(next++).padStart(4, '0')}`,
  event_time,
  user_id: 'u1',
  merchant_id: 'm1',
  ...fields,
});
const click = (t: number, fields: Partial<OracleEvent> = {}) =>
  made('click', t, { campaign_id: 'c1', ad_id: 'a1', item_id: 'i1', cost_minor: 30, ...fields });
const exposure = (t: number, fields: Partial<OracleEvent> = {}) =>
  made('exposure', t, { campaign_id: 'c1', ad_id: 'a1', item_id: 'i1', cost_minor: 2, ...fields });
const line = { order_id: 'o1', item_id: 'i1', amount_minor: 1000 };
const order = (t: number, fields: Partial<OracleEvent> = {}) => made('order', t, { ...line, ...fields });
const payment = (t: number, fields: Partial<OracleEvent> = {}) => made('payment', t, { ...line, ...fields });
const refund = (t: number, fields: Partial<OracleEvent> = {}) => made('refund', t, { ...line, ...fields });
const cancel = (t: number, fields: Partial<OracleEvent> = {}) => made('cancel', t, { ...line, amount_minor: null, ...fields });
const invalidate = (target: OracleEvent, t: number) =>
  made('invalidate', t, {
    target_type: target.type === 'click' ? 'click' : 'exposure',
    target_source: target.source,
    target_id: target.event_id,
  });

/** `ad/attribution` of each conversion, by event. */
const credits = (log: readonly OracleEvent[], options?: Partial<OracleOptions>) =>
  Object.fromEntries(
    oracle(log, options).conversions.map(({ kind, event, credits: [credit] }) => [
      `${kind} ${event.order_id ?? event.event_id}${event.item_id === 'i1' ? '' : ` ${event.item_id}`}`,
      credit?.click ? `${credit.click.ad_id} ${credit.attribution}` : credit?.attribution,
    ]),
  );
const all = (log: readonly OracleEvent[], options?: Partial<OracleOptions>) =>
  Object.fromEntries(
    [...oracle(log, options).cells].filter(([cell]) => cell.startsWith('all|day|')).map(([cell, n]) => [cell.slice(8), n]),
  );

describe('vectors of semantics.md', () => {
  it('1: click and conversion in the same ms are attributed', () => {
    expect(credits([click(MORNING), order(MORNING)])).toEqual({ 'order o1': 'a1 direct' });
  });

  it('2: a click 1 ms after the conversion gets nothing', () => {
    expect(credits([click(MORNING + 1), order(MORNING)])).toEqual({ 'order o1': 'organic' });
  });

  it('3: exactly 14 d is indirect, 1 ms more is organic', () => {
    expect(credits([click(MORNING), order(MORNING + 14 * DAY)])).toEqual({ 'order o1': 'a1 indirect' });
    expect(credits([click(MORNING), order(MORNING + 14 * DAY + 1)])).toEqual({ 'order o1': 'organic' });
  });

  it('4: the same item on both sides of local midnight is indirect', () => {
    expect(credits([click(MIDNIGHT - 1), order(MIDNIGHT)])).toEqual({ 'order o1': 'a1 indirect' });
    expect(credits([click(MIDNIGHT - 1), order(MIDNIGHT)], { zone: 'UTC' })).toEqual({ 'order o1': 'a1 direct' });
  });

  it('5: a later click on another item does not take a direct credit', () => {
    const log = [click(MORNING), click(MORNING + HOUR, { ad_id: 'a2', item_id: 'i2' }), order(MORNING + 2 * HOUR)];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct' });
  });

  it('6: of two clicks in one ms the same wins in both arrival orders', () => {
    const log = [
      click(MORNING, { event_id: 'x', ad_id: 'a1' }),
      click(MORNING, { event_id: 'y', ad_id: 'a2' }),
      order(MORNING + 1),
    ];
    expect(credits(log)).toEqual({ 'order o1': 'a2 direct' });
    expect(credits(log.toReversed())).toEqual({ 'order o1': 'a2 direct' });
  });

  it('6: ids are compared as UTF-8 bytes, not as UTF-16 units', () => {
    const log = [
      click(MORNING, { event_id: '\uff5e', ad_id: 'a1' }),
      click(MORNING, { event_id: '\u{1f600}', ad_id: 'a2' }),
      order(MORNING + 1),
    ];
    expect(credits(log)).toEqual({ 'order o1': 'a2 direct' });
  });

  it('7: a conversion before its click in the log is as good as after it', () => {
    expect(credits([order(MORNING + HOUR), click(MORNING)])).toEqual({ 'order o1': 'a1 direct' });
  });

  it('10: a click delivered 3 times and a conversion twice count 1 and 1', () => {
    const [c, v] = [click(MORNING), order(MORNING + 1)];
    expect(all([c, v, c, v, c])).toMatchObject({ '2025-03-03|clicks': 1, '2025-03-03|orders|direct': 1 });
    expect(oracle([c, v, c, v, c]).counts).toMatchObject({ duplicates: 3, duplicate_conflicts: 0 });
  });

  it('11: version 2 stands whatever arrived first; of equal versions the first in the log', () => {
    const first = payment(MORNING);
    const second = { ...first, event_version: 2, amount_minor: 700 };
    expect(all([first, second])).toMatchObject({ '2025-03-03|gmv|organic': 700 });
    expect(all([second, first])).toMatchObject({ '2025-03-03|gmv|organic': 700 });
    const conflict = oracle([second, { ...second, amount_minor: 500 }]);
    expect(conflict.cells.get('all|day|2025-03-03|gmv|organic')).toBe(700);
    expect(conflict.counts.duplicate_conflicts).toBe(1);
  });

  it('12: a payment after midnight keeps the direct credit of its order, its GMV lies on the second day', () => {
    const log = [click(MIDNIGHT - HOUR), order(MIDNIGHT - MINUTE), payment(MIDNIGHT + MINUTE)];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct', 'payment o1': 'a1 direct' });
    expect(all(log)).toMatchObject({ '2025-03-03|gmv|direct': 1000, '2025-03-02|net_gmv_by_order_day|direct': 1000 });
  });

  it('13: a payment dated and logged before its order inherits from it all the same', () => {
    const log = [payment(MORNING), click(MORNING + MINUTE), order(MORNING + HOUR)];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct', 'payment o1': 'a1 direct' });
    expect(oracle(log).counts.orphans).toBe(0);
  });

  it('14: the lines of one order are credited to the clicks of their own merchants', () => {
    const other = { merchant_id: 'm2', item_id: 'i9' };
    const log = [
      click(MORNING),
      click(MORNING + MINUTE, { ...other, campaign_id: 'c9', ad_id: 'a9' }),
      order(MORNING + HOUR),
      order(MORNING + HOUR, other),
    ];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct', 'order o1 i9': 'a9 direct' });
  });

  it('15: a partial and a full refund on other days, the excess over the payment counted apart', () => {
    const log = [
      order(MORNING),
      payment(MORNING),
      refund(MORNING + DAY, { amount_minor: 300 }),
      refund(MORNING + 2 * DAY, { amount_minor: 1000 }),
    ];
    expect(all(log)).toEqual({
      '2025-03-03|orders|organic': 1,
      '2025-03-03|net_orders|organic': 1,
      '2025-03-03|payments|organic': 1,
      '2025-03-03|gmv|organic': 1000,
      '2025-03-03|net_gmv|organic': 1000,
      '2025-03-04|refund_amount|organic': 300,
      '2025-03-04|net_gmv|organic': -300,
      '2025-03-05|refund_amount|organic': 700,
      '2025-03-05|net_gmv|organic': -700,
    });
    expect(oracle(log).counts.refunds_exceeding_payment).toBe(1);
  });

  it('16: a winning click invalidated two days later leaves the credit to the next, and takes its cost back', () => {
    const winner = click(MORNING + HOUR, { ad_id: 'a2' });
    const log = [click(MORNING), winner, order(MORNING + 2 * HOUR), invalidate(winner, MORNING + 2 * DAY)];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct' });
    expect(all(log)).toMatchObject({ '2025-03-03|clicks': 1, '2025-03-03|cost': 30, '2025-03-03|click_uv': 1 });
  });

  it('16: after I it counts for the correction run only', () => {
    const winner = click(MORNING);
    const log = [winner, order(MORNING), invalidate(winner, MORNING + 3 * DAY + HOUR)];
    expect(credits(log)).toEqual({ 'order o1': 'a1 direct' });
    expect(credits(log, { invalidation_ms: Infinity })).toEqual({ 'order o1': 'organic' });
  });

  it('17: the only click invalidated leaves the conversion organic', () => {
    const only = click(MORNING);
    expect(credits([only, order(MORNING), invalidate(only, MORNING + 3 * DAY)])).toEqual({ 'order o1': 'organic' });
  });

  it('20: days of 23 and of 25 hours are days', () => {
    const berlin = { zone: 'Europe/Berlin' };
    const springStart = Date.UTC(2025, 2, 29, 23);
    expect(credits([click(springStart), order(springStart + 23 * HOUR - 1)], berlin)).toEqual({ 'order o1': 'a1 direct' });
    expect(credits([click(springStart), order(springStart + 23 * HOUR)], berlin)).toEqual({ 'order o1': 'a1 indirect' });
    const autumnStart = Date.UTC(2025, 9, 25, 22);
    expect(credits([click(autumnStart), order(autumnStart + 25 * HOUR - 1)], berlin)).toEqual({ 'order o1': 'a1 direct' });
    expect(credits([click(autumnStart), order(autumnStart + 25 * HOUR)], berlin)).toEqual({ 'order o1': 'a1 indirect' });
  });

  it('23: an amount takes the rate of its own time, a refund that of its payment', () => {
    const usd = { currency: 'USD' };
    const rates = [
      { id: 'r1', currency: 'USD', from_ms: 0, base_micro: 7_000_000 },
      { id: 'r2', currency: 'USD', from_ms: MORNING + DAY, base_micro: 8_000_000 },
    ];
    const log = [
      order(MORNING, usd),
      payment(MORNING + DAY - 1, usd),
      refund(MORNING + 2 * DAY, usd),
      payment(MORNING + DAY, { ...usd, order_id: 'o2' }),
    ];
    expect(all(log, { rates })).toMatchObject({ '2025-03-04|gmv|organic': 15_000, '2025-03-05|refund_amount|organic': 7_000 });
  });
});

describe('the rest of the rules', () => {
  it('R3: a click without an item is indirect even on the same day', () => {
    expect(credits([click(MORNING, { item_id: null }), order(MORNING)])).toEqual({ 'order o1': 'a1 indirect' });
  });

  it('R3: a calendar window counts local days', () => {
    const log = [click(MIDNIGHT), order(MIDNIGHT + 15 * DAY - 1)];
    expect(credits(log)).toEqual({ 'order o1': 'organic' });
    expect(credits(log, { window_mode: 'calendar' })).toEqual({ 'order o1': 'a1 indirect' });
    expect(credits([...log.slice(0, 1), order(MIDNIGHT + 15 * DAY)], { window_mode: 'calendar' })).toEqual({
      'order o1': 'organic',
    });
  });

  it('R8: clicks on one ad within 2 s of the one before are repeated, in a chain', () => {
    const at = (ms: number) => click(MORNING + ms);
    expect(all([at(0), at(2000), at(4000), at(6001)])).toEqual({
      '2025-03-03|clicks': 2,
      '2025-03-03|cost': 60,
      '2025-03-03|click_uv': 1,
    });
    expect(all([at(0), at(2000)], { repeat_within_ms: 0 })).toMatchObject({ '2025-03-03|clicks': 2 });
  });

  it('R8: an invalidated click makes no other one repeated', () => {
    const first = click(MORNING);
    expect(all([first, click(MORNING + 1), invalidate(first, MORNING + 2)])).toMatchObject({ '2025-03-03|clicks': 1 });
  });

  it('R9: without its order a payment is credited by itself', () => {
    const log = [click(MIDNIGHT - HOUR), payment(MIDNIGHT + MINUTE)];
    expect(credits(log)).toEqual({ 'payment o1': 'a1 indirect' });
    expect(oracle(log).counts.orphans).toBe(1);
  });

  it('R6: a line lives for L from its first event on; a later one is another line', () => {
    const [first, last] = [order(MORNING), payment(MORNING + 15 * DAY)];
    expect(credits([click(MORNING), first, last])).toEqual({ 'order o1': 'a1 direct', 'payment o1': 'a1 direct' });
    const tooLate = payment(MORNING + 15 * DAY + 1);
    expect(credits([click(MORNING), first, tooLate])).toEqual({ 'order o1': 'a1 direct', 'payment o1': 'organic' });
  });

  it('R10: a cancel counts against its order day unless the line was paid', () => {
    expect(all([order(MORNING), cancel(MORNING + DAY)])).toEqual({ '2025-03-03|orders|organic': 1 });
    expect(all([order(MORNING), cancel(MORNING + DAY), payment(MORNING + 2 * DAY)])).toMatchObject({
      '2025-03-03|net_orders|organic': 1,
    });
    expect(all([cancel(MORNING)])).toEqual({});
  });

  it('R1: a second order of a line is counted apart', () => {
    const log = [order(MORNING + 1), order(MORNING, { amount_minor: 5 })];
    expect(all(log)).toMatchObject({ '2025-03-03|orders|organic': 1 });
    expect(oracle(log).counts.duplicate_lines).toBe(1);
  });

  it('R13, R16: an effect counts under the click’s ad and its own item, on both date bases', () => {
    const log = [click(MIDNIGHT - 1, { item_id: 'i2' }), order(MIDNIGHT)];
    const { cells } = oracle(log);
    expect(cells.get('ad|m1|c1|a1|day|2025-03-03|orders|indirect')).toBe(1);
    expect(cells.get('ad|m1|c1|a1|click_day|2025-03-02|orders|indirect')).toBe(1);
    expect(cells.get('item|m1|i1|day|2025-03-03|orders|indirect')).toBe(1);
    expect(cells.get('item|m1|i2|day|2025-03-02|clicks')).toBe(1);
  });

  it('R15: users are distinct in every grain', () => {
    const log = [exposure(MORNING), exposure(MORNING + 1), exposure(MORNING, { user_id: 'u2', ad_id: 'a2' })];
    const { cells } = oracle(log);
    expect(cells.get('all|day|2025-03-03|exposure_uv')).toBe(2);
    expect(cells.get('ad|m1|c1|a1|day|2025-03-03|exposure_uv')).toBe(1);
  });

  it.each([
    ['first', [1_000_000, 0, 0]],
    ['linear', [333_333, 333_333, 333_334]],
    ['position_based', [400_000, 200_000, 400_000]],
    ['time_decay', [142_857, 285_714, 571_429]],
  ] as const)('R4: %s shares a whole conversion out', (model, micro) => {
    const log = [
      click(MORNING, { ad_id: 'a1' }),
      click(MORNING + 7 * DAY, { ad_id: 'a2' }),
      click(MORNING + 14 * DAY, { ad_id: 'a3' }),
      order(MORNING + 14 * DAY),
    ];
    const { cells } = oracle(log, { model });
    const share = (ad: string) =>
      ['direct', 'indirect'].reduce((sum, a) => sum + (cells.get(`ad|m1|c1|${ad}|day|2025-03-17|orders|${a}`) ?? 0), 0);
    expect(['a1', 'a2', 'a3'].map(share)).toEqual(micro);
  });
});
