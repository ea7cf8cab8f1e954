import { METRICS, RATIOS } from '@millrace/ads';
import { ratioOf, valueOf } from './value';

const row = {
  clicks: 40,
  exposures: 0,
  cost: 500,
  orders_direct: 3,
  orders_indirect: 1,
  orders_organic: 100,
  gmv_direct: 900,
  gmv_indirect: 100,
  gmv_organic: 7,
};
const ratio = (name: string) => RATIOS.filter((each) => each.name === name).map((each) => ratioOf(each, row))[0];
const metric = (name: string) => METRICS.filter((each) => each.name === name);

test('ratios come from sums, with attributed effects only', () => {
  expect(ratio('cvr')).toBe(0.1);
  expect(ratio('roi')).toBe(2);
  expect(ratio('cpc')).toBe(12.5);
});

test('there is no ratio to nothing', () => {
  expect(ratio('ctr')).toBeNull();
  expect(ratio('cpm')).toBeNull();
});

test('a split metric is an object of the attributions asked for', () => {
  expect(metric('orders').map((each) => valueOf({ metric: each, attributions: ['direct', 'organic'] }, row))).toEqual([
    { direct: 3, organic: 100 },
  ]);
  expect(metric('clicks').map((each) => valueOf({ metric: each, attributions: [] }, row))).toEqual([40]);
});

test('a column that the store did not send is an error, not a zero', () => {
  expect(() => metric('messages').map((each) => valueOf({ metric: each, attributions: ['direct'] }, row))).toThrow(
    'messages_direct',
  );
});
