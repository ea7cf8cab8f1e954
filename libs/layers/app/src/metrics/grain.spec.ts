import type { KeyField } from '@millrace/ads';
import { grainOf, keysOf } from './grain';

test.each<[KeyField[], string | undefined]>([
  [[], 'all'],
  [['merchant_id'], 'merchant'],
  [['campaign_id'], 'campaign'],
  [['merchant_id', 'ad_id'], 'ad'],
  [['item_id'], 'item'],
  [['item_id', 'campaign_id'], undefined],
])('%j is told apart by %s rows', (fields, name) => {
  expect(grainOf(new Set(fields))?.name).toBe(name);
});

test('a field brings its owners, and nothing below it', () => {
  const ad = grainOf(new Set<KeyField>(['ad_id']));
  expect(ad && keysOf(new Set<KeyField>(['campaign_id']), ad)).toEqual(['merchant_id', 'campaign_id']);
  expect(ad && keysOf(new Set(), ad)).toEqual([]);
});
