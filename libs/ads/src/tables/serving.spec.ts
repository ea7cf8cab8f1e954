import {
  decodeServedDay,
  decodeServedProgress,
  encodeServedDay,
  encodeServedProgress,
  servingKey,
  servingProgressKey,
} from './serving';

test('keys are readable, and no two are one, whatever the ids contain', () => {
  expect(servingKey(3, 'all', [], '2026-11-11')).toBe('{dws:3}:day:all:2026-11-11');
  expect(servingKey(0, 'campaign', ['m', 'c'], '2026-11-11')).toBe('{dws:0}:day:campaign:m:c:2026-11-11');
  const keys = [
    ['a:b', 'c'],
    ['a', 'b:c'],
    ['a%3Ab', 'c'],
  ].map((path) => servingKey(0, 'campaign', path, 'd'));
  expect(new Set(keys).size).toBe(3);
});

test('a day goes to bytes and back', () => {
  const day = { watermark: 12, values: { clicks: 3, gmv_direct: -5 } };
  expect(decodeServedDay(encodeServedDay(day))).toEqual(day);
});

test('the progress of a partition lies beside its days', () => {
  expect(servingProgressKey(3)).toBe('{dws:3}:progress');
  for (const from_ms of [null, -8 * 3_600_000]) {
    const progress = { position: 7, watermark: 12, from_ms };
    expect(decodeServedProgress(encodeServedProgress(progress))).toEqual(progress);
  }
});
