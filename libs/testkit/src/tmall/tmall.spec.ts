import { describeWithData } from '../data';
import { oracle } from '../oracle';
import { tmallEvents } from './events';
import { expectedByDay, expectedByDayAndMerchant, expectedConversions } from './expected';

describeWithData('The oracle on the Tmall log', () => {
  // The expected answers count every click.
  const { cells, conversions, counts } = oracle(tmallEvents(), { repeat_within_ms: 0 });
  const orders = conversions.filter((v) => v.kind === 'order');

  it('takes every row for an event of its own', () => {
    expect(counts).toMatchObject({ duplicates: 0, duplicate_conflicts: 0, duplicate_lines: 0, orphans: 0 });
  });

  it('finds 672 orders = 481 direct + 104 indirect + 87 organic, and their GMV', () => {
    const total = (metric: string) =>
      [...cells].filter(([cell]) => cell.startsWith('all|day|') && cell.endsWith(metric)).reduce((sum, [, n]) => sum + n, 0);
    expect(['|orders|direct', '|orders|indirect', '|orders|organic'].map(total)).toEqual([481, 104, 87]);
    expect(['|gmv|direct', '|gmv|indirect', '|gmv|organic'].map(total)).toEqual([25_604_640, 4_790_505, 3_617_983]);
  });

  it.each([
    ['day', expectedByDay],
    ['day and merchant', expectedByDayAndMerchant],
  ])('agrees on every number by %s', (_, expected) => {
    for (const { day, merchant_id, metrics, messages } of expected()) {
      const row = `${merchant_id === null ? 'all' : `merchant|${merchant_id}`}|day|${day}`;
      const value = (metric: string) => cells.get(`${row}|${metric}`) ?? 0;
      const found = Object.fromEntries(Object.keys(metrics).map((metric) => [metric, value(metric)]));
      const foundMessages = value('messages|direct') + value('messages|indirect') + value('messages|organic');
      expect({ row, ...found, messages: foundMessages }).toEqual({ row, ...metrics, messages });
    }
  });

  it('agrees on the winning click of every order', () => {
    const found = orders.map(({ event, amount, credits: [credit] }) => ({
      user_id: event.user_id,
      item_id: event.item_id,
      merchant_id: event.merchant_id,
      event_time: event.event_time,
      amount_minor: amount,
      attribution: credit?.attribution,
      click_time: credit?.click?.event_time ?? null,
      click_item: credit?.click?.item_id ?? null,
    }));
    const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(found)).toEqual(sorted(expectedConversions()));
  });
});
