import {
  decodeServedDay,
  decodeServedProgress,
  encodeServedDay,
  encodeServedProgress,
  servedDayEncoder,
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

test('sums beside their names are encoded as days are, however many there are', () => {
  const names = ['clicks', 'cost', 'gmv_direct'];
  const encode = servedDayEncoder(names);
  const days = Array.from({ length: 3_000 }, (_, i) => [i % 3, i % 2 === 0 ? 0 : -i, i % 5 === 0 ? Number.MAX_SAFE_INTEGER : 0]);
  const encoded = days.map((sums, i) => encode(i, sums));
  expect(encoded.map((value) => new TextDecoder().decode(value))).toEqual(
    days.map((sums, i) => {
      const values = Object.fromEntries(names.flatMap((name, at) => (sums[at] === 0 ? [] : [[name, sums[at] ?? 0]])));
      return new TextDecoder().decode(encodeServedDay({ watermark: i, values }));
    }),
  );
});

test('the progress of a partition lies beside its days', () => {
  expect(servingProgressKey(3)).toBe('{dws:3}:progress');
  for (const from_ms of [null, -8 * 3_600_000]) {
    const progress = { position: 7, watermark: 12, from_ms };
    expect(decodeServedProgress(encodeServedProgress(progress))).toEqual(progress);
  }
});
