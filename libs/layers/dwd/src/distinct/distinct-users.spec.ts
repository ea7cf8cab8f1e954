import { GRAINS } from '@millrace/ads';
import fc from 'fast-check';
import { DayCounts } from './day-counts';
import { type Counted, DistinctUsers } from './distinct-users';

const event = (said: Partial<Counted> = {}): Counted => ({
  user_id: 'u1',
  merchant_id: 'm1',
  campaign_id: 'c1',
  ad_id: 'a1',
  item_id: 'i1',
  currency: 'CNY',
  ...said,
});
const grainsIn = (mask: number) => GRAINS.filter(({ uv_bit }) => (mask & uv_bit) !== 0).map(({ name }) => name);

test('a user is new at every grain once a day, and gone with the last event', () => {
  const users = new DistinctUsers();
  expect(grainsIn(users.put(1, event()))).toEqual(['all', 'merchant', 'campaign', 'ad', 'item']);
  expect(grainsIn(users.put(1, event()))).toEqual([]);
  expect(grainsIn(users.put(1, event({ ad_id: 'a2', item_id: null })))).toEqual(['ad']);
  expect(grainsIn(users.put(2, event({ item_id: null })))).toEqual(['all', 'merchant', 'campaign', 'ad']);
  expect(grainsIn(users.take(1, event()))).toEqual([]);
  expect(grainsIn(users.take(1, event()))).toEqual(['ad', 'item']);
  expect(grainsIn(users.take(1, event({ ad_id: 'a2', item_id: null })))).toEqual(['all', 'merchant', 'campaign', 'ad']);
});

test('ids that only read alike are not the same key', () => {
  const users = new DistinctUsers();
  users.put(1, event({ merchant_id: 'm', campaign_id: 'c1', item_id: 'c1' }));
  expect(grainsIn(users.put(1, event({ merchant_id: 'mc', campaign_id: '1', item_id: '1' })))).toContain('campaign');
});

test('what was never put cannot be taken', () => {
  expect(() => new DistinctUsers().take(1, event())).toThrow('has no event');
});

test('days are forgotten whole, and what is held does not grow with their number', () => {
  const users = new DistinctUsers();
  const held: number[] = [];
  for (let day = 0; day < 300; day++) {
    for (let n = 0; n < 50; n++) users.put(day, event({ user_id: `${day} ${n}`, ad_id: `a${day} ${n}` }));
    users.forget(day - 3);
    held.push(users.entries);
  }
  expect(new Set(held.slice(3))).toEqual(new Set([4 * 50 * 5]));
});

test('counts are exact over any ups and downs', () => {
  const key = fc.record({ user: fc.nat({ max: 2_000 }), key: fc.nat({ max: 3 }) });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 3_000, size: 'max' }), (keys) => {
      const counts = new DayCounts();
      const model = new Map<string, number>();
      const name = ({ user, key }: (typeof keys)[number]) => `${user} ${key}`;
      for (const each of keys) {
        const count = model.get(name(each)) ?? 0;
        expect(counts.up(each.user, each.key)).toBe(count === 0);
        model.set(name(each), count + 1);
      }
      for (const each of keys) {
        const count = model.get(name(each)) ?? 0;
        expect(counts.down(each.user, each.key)).toBe(count === 1);
        model.set(name(each), count - 1);
      }
      expect(counts.entries).toBe(model.size);
    }),
    { numRuns: 20 },
  );
});
