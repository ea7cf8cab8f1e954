import { KnownIds } from './known-ids';
import type { Ids } from './key-tree';

const idsOf = (i: number): Ids => ({
  merchant_id: `m${i % 7}`,
  campaign_id: i % 3 === 0 ? null : `c${i % 11}`,
  ad_id: i % 5 === 0 ? null : `an ad whose name is long ${i % 90}`,
  item_id: i % 13 === 0 ? null : `i${i}`,
});
const UV_BITS = Int32Array.from({ length: 80_000 }, (_, series) => series % 32);
const seriesOf = (known: KnownIds, record: number): number[][] =>
  [0, 1, 2].map((window) => [
    ...known.records.subarray(window === 0 ? known.first(record) : known.end(record, window - 1), known.end(record, window)),
  ]);

test('ids are known by all four: one that differs makes others of them', () => {
  const known = new KnownIds(3, 1);
  const ids: Ids = { merchant_id: 'm', campaign_id: 'c', ad_id: 'a', item_id: 'i' };
  expect(known.find(ids)).toBe(-1);
  const record = known.keep(ids, [[], [7, 9], [8]], UV_BITS);
  expect(known.find({ ...ids })).toBe(record);
  expect(seriesOf(known, record)).toEqual([[], [7, 9], [8]]);
  expect(known.records[known.end(record, 2)]).toBe(UV_BITS[8]);
  for (const field of ['merchant_id', 'campaign_id', 'ad_id', 'item_id'] as const) {
    expect(known.find({ ...ids, [field]: 'other' })).toBe(-1);
    if (field !== 'merchant_id') expect(known.find({ ...ids, [field]: null })).toBe(-1);
  }
});

test('however many come, what is found is right, and what was forgotten is not found', () => {
  const known = new KnownIds(2, 1);
  let forgotten = 0;
  const wrong: number[] = [];
  for (let i = 0; i < 70_000; i++) if (known.find(idsOf(i)) < 0) known.keep(idsOf(i), i % 2 === 0 ? [[i]] : [[], [i], [i + 1]], UV_BITS);
  for (let i = 0; i < 70_000; i++) {
    const number = known.find(idsOf(i));
    if (number < 0) forgotten++;
    else if (i % 13 !== 0 && seriesOf(known, number).join('|') !== (i % 2 === 0 ? `${i}||` : `|${i}|${i + 1}`)) wrong.push(i);
  }
  expect(wrong).toEqual([]);
  expect(forgotten).toBeGreaterThan(0);
  expect(forgotten).toBeLessThan(70_000);
  expect(known.records.length).toBeLessThanOrEqual(65_536 * 7);
});
