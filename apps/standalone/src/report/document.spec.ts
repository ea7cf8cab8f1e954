import { newCounters } from '@millrace/layer-dwd';
import { documentOf } from './document';

const layers = { ods: { in: 0, out: 0, rejected: {} }, dwd: newCounters(), dws: { in: 0, out: 0 }, app: { in: 0, out: 0 } };
const day = (name: string, clicks: number, direct: number) => ({
  day: name,
  metrics: { clicks, click_uv: clicks, orders: { direct, indirect: 0, organic: 1 } },
});

test('totals are sums of the additive metrics; users are in no total (R15)', () => {
  const { total } = documentOf(layers, [day('2014-11-11', 3, 1), day('2014-11-12', 4, 2)], null);
  expect(total).toMatchObject({
    clicks: 7,
    cost: 0,
    orders: { direct: 3, indirect: 0, organic: 2 },
    gmv: { direct: 0, indirect: 0, organic: 0 },
  });
  expect(total).not.toHaveProperty('click_uv');
  expect(total).not.toHaveProperty('exposure_uv');
});

test('the check is there where the source knows its totals, without its particulars', () => {
  expect(documentOf(layers, [], null)).not.toHaveProperty('check');
  expect(documentOf(layers, [], { equal: 1, of: 2, differences: ['x'] }).check).toEqual({ equal: 1, of: 2 });
});
