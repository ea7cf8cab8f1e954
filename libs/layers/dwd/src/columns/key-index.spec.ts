import fc from 'fast-check';
import { KeyIndex } from './key-index';

test('after any additions and removals it knows what a map of sets would', () => {
  // Few places, so that keys meet; numbers of which several have one key.
  const step = fc.record({ hash: fc.constantFrom(0, 1, -1, 0x100, 0x7fffffff, 0x1000000, 0x80000001), number: fc.nat({ max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const index = new KeyIndex();
      const model = new Map<number, Set<number>>();
      for (const { hash, number } of steps) {
        const held = model.get(hash) ?? new Set();
        model.set(hash, held);
        if (held.delete(number)) index.remove(hash, number);
        else {
          held.add(number);
          index.add(hash, number);
        }
        const found: number[] = [];
        for (let each = index.first(hash); each >= 0; each = index.next()) found.push(each);
        expect(found.sort()).toEqual([...held].sort());
      }
    }),
  );
});

test('what was not added cannot be removed', () => {
  const index = new KeyIndex();
  index.add(7, 1);
  expect(() => index.remove(7, 2)).toThrow('2 does not have the key 7');
  expect(() => index.remove(8, 1)).toThrow('1 does not have the key 8');
});

test('many keys are found, and their places used again', () => {
  const index = new KeyIndex();
  const hashOf = (n: number): number => Math.imul(n, 0x9e3779b1);
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 50_000; n++) index.add(hashOf(n), n);
    for (let n = 0; n < 50_000; n += 997) expect([index.first(hashOf(n)), index.next()]).toEqual([n, -1]);
    for (let n = 0; n < 50_000; n++) index.remove(hashOf(n), n);
  }
  // 8 bytes, and a place in the index.
  expect(index.bytes).toBeLessThan(65_536 * 8 + 50_000 * 12);
});
