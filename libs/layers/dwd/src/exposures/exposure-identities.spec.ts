import { ExposureIdentities } from './exposure-identities';

const put = (identities: ExposureIdentities, id: string, time_ms: number, cost_minor = 0, takenBack = false): number => {
  if (identities.find('u', 's', id) !== -1) throw new Error(`${id} is held already`);
  identities.add(time_ms, 3, 4, cost_minor, takenBack);
  return identities.find('u', 's', id);
};

test('keeps what an invalidation takes back, numbers of 53 bits and times before 1970 too', () => {
  const identities = new ExposureIdentities();
  const slot = put(identities, 'a', -5, Number.MAX_SAFE_INTEGER);
  expect([identities.timeAt(slot), identities.costAt(slot), identities.placementAt(slot), identities.itemAt(slot)]).toEqual([
    -5,
    Number.MAX_SAFE_INTEGER,
    3,
    4,
  ]);
  expect(identities.isTakenBack(slot)).toBe(false);
  identities.takeBack(slot);
  expect(identities.isTakenBack(slot)).toBe(true);
  expect(identities.isTakenBack(put(identities, 'b', 0, 0, true))).toBe(true);
});

test('tells identities apart by user, source and id, wherever one ends and the next begins', () => {
  const identities = new ExposureIdentities();
  identities.find('ab', 'c', 'd');
  identities.add(0, 0, 0, 0, false);
  for (const [user, source, id] of [
    ['a', 'bc', 'd'],
    ['ab', 'cd', ''],
    ['abc', '', 'd'],
    ['', 'ab', 'cd'],
  ] as const) {
    expect(identities.find(user, source, id)).toBe(-1);
  }
  expect(identities.find('ab', 'c', 'd')).toBeGreaterThanOrEqual(0);
});

test('forgets by time, and takes an identity again afterwards', () => {
  const identities = new ExposureIdentities();
  put(identities, 'a', 10);
  put(identities, 'b', 20);
  identities.forget(20);
  expect(identities.find('u', 's', 'b')).toBeGreaterThanOrEqual(0);
  expect(identities.timeAt(put(identities, 'a', 30))).toBe(30);
});

test('holds many, and does not grow when time moves on', () => {
  const identities = new ExposureIdentities();
  const sizes: number[] = [];
  for (let round = 0; round < 50; round++) {
    const time_ms = round * 86_400_000;
    for (let n = 0; n < 2_000; n++) put(identities, `${round} ${n}`, time_ms);
    for (let n = 0; n < 2_000; n += 97) expect(identities.timeAt(identities.find('u', 's', `${round} ${n}`))).toBe(time_ms);
    identities.forget(time_ms);
    sizes.push(identities.bytes);
  }
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1.5 * sizes[5]!);
});
