import { checkLines, dayTable } from './tables';

test('a row per day, the split of orders in columns, what is absent as 0', () => {
  const orders = { direct: 1, indirect: 2, organic: 3 };
  expect(
    dayTable([{ day: '2014-11-11', metrics: { clicks: 1_234, orders, gmv: { direct: 5, indirect: 0, organic: 1_000 } } }]),
  ).toEqual([
    'day         exposures  clicks  click_uv  cost  messages  orders  direct  indirect  organic    gmv  refunds',
    '2014-11-11          0   1 234         0     0         0       6       1         2        3  1 005        0',
  ]);
});

test('no day at all: the names of the columns', () => expect(dayTable([])).toHaveLength(1));

test('what differs stands above the sum', () => {
  expect(checkLines({ equal: 1, of: 2, differences: ['2014-11-11 clicks: the source says 2, the warehouse 1'] })).toEqual([
    '2014-11-11 clicks: the source says 2, the warehouse 1',
    "check: 1 of 2 totals equal the source's own answer",
  ]);
});
