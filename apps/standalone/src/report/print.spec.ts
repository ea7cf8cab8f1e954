import { newCounters } from '@millrace/layer-dwd';
import { checkLines, dayTable, layerLines } from './print';

test('a line per layer, rejections by reason', () => {
  const dwd = { ...newCounters(), in: 1_200_000, out: 12, duplicates: 3, repeated: 4, late: 5, corrections: 6 };
  expect(
    layerLines({
      ods: { in: 1_200_030, out: 1_200_000, rejected: { not_json: 10, unknown_type: 20 } },
      dwd,
      dws: { in: 12, out: 7 },
      app: { in: 1, out: 1 },
    }),
  ).toEqual([
    'ods  in 1 200 030  out 1 200 000  rejected 30 (not_json 10, unknown_type 20)',
    'dwd  in 1 200 000  out 12  duplicates 3  repeated clicks 4  late 5  corrections 6',
    'dws  in 12  out 7',
    'app  in 1  out 1',
  ]);
});

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
