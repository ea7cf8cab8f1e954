import { StateReader, StateWriter } from '@millrace/stream';
import fc from 'fast-check';
import { Column } from './column';
import { IdentityIndex, IndexFiller } from './identity-index';
import { rangesOf } from './ranges';

const values = fc.array(
  fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 70_000 }), fc.constantFrom(2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, 2 ** 53)),
  {
    maxLength: 200,
  },
);
const columnOf = (all: readonly number[]): Column => {
  const column = new Column();
  all.forEach((value, i) => column.set(i, value));
  return column;
};
const read = (column: Column, count: number): number[] => Array.from({ length: count }, (_, i) => column.get(i));

test('a column gives back what was put, of whatever width, trimmed or not', () => {
  fc.assert(
    fc.property(values, fc.nat({ max: 200 }), (all, at) => {
      const column = columnOf(all.slice(0, at));
      column.trim(Math.min(at, all.length));
      all.slice(at).forEach((value, i) => column.set(at + i, value));
      expect(read(column, all.length)).toEqual(all);
    }),
  );
});

test('a column comes back from its ranges, and a range says the same whatever follows it', () => {
  fc.assert(
    fc.property(values, fc.nat({ max: 200 }), (all, cut) => {
      const at = Math.min(cut, all.length);
      const bytes = (column: Column, from: number, end: number): Buffer => {
        const to = new StateWriter();
        column.write(to, from, end);
        return Buffer.concat(to.finish());
      };
      const whole = columnOf(all);
      expect(bytes(whole, 0, at)).toEqual(bytes(columnOf(all.slice(0, at)), 0, at));
      const restored = new Column();
      restored.read(new StateReader(bytes(whole, 0, at)), 0);
      restored.read(new StateReader(bytes(whole, at, all.length)), at);
      expect(read(restored, all.length)).toEqual(all);
      restored.set(all.length, 5);
      expect(restored.get(all.length)).toBe(5);
    }),
  );
});

test('ranges cover everything once, in few parts, and a full one never changes', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1 << 20 }), (count) => {
      const ranges = rangesOf(count);
      expect(ranges.reduce((at, { from, end }) => (from === at && end > from ? end : -1), 0)).toBe(count);
      expect(ranges.length).toBeLessThanOrEqual((count >>> 16) + 7 + 7 + 1);
      for (const range of ranges.filter(({ from, end }) => end - from === 1 << 16))
        expect(rangesOf(count + 5_000)).toContainEqual(range);
    }),
  );
});

const filled = (hashes: Uint32Array): IndexFiller => {
  const filler = new IndexFiller(hashes.length);
  hashes.forEach((hash, ref) => filler.put(hash, ref));
  return filler;
};

/** Everything that may have this hash. */
const found = (index: IdentityIndex, hash: number): number[] => {
  const refs: number[] = [];
  for (let ref = index.first(hash); ref >= 0; ref = index.next()) refs.push(ref);
  return refs;
};

test.each(['one by one', 'at once'])('an index finds what lives, of any number, put %s', (how) => {
  const hashes = Uint32Array.from({ length: 50_000 }, (_, i) => Math.imul(i % 47_000, 0x9e3779b1));
  const dead = new Set<number>();
  const index = new IdentityIndex((ref) => (dead.has(ref) ? null : (hashes[ref] ?? 0)));
  if (how === 'at once') index.take(filled(hashes));
  else hashes.forEach((hash, ref) => index.add(hash, ref));
  for (let ref = 0; ref < hashes.length; ref += 3) dead.add(ref);
  index.rebuild();
  const wrong = [...hashes.entries()].filter(([ref, hash]) => found(index, hash).includes(ref) === dead.has(ref));
  expect(wrong).toEqual([]);
  expect(index.bytes / hashes.length).toBeLessThan(11);
});

test.each([1_000, 50_000])('an index finds all of %i that it was given at once, however badly their hashes are spread', (count) => {
  const hashes = Uint32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? i : Math.imul(i, 0x9e3779b1)));
  const index = new IdentityIndex((ref) => hashes[ref] ?? 0);
  index.take(filled(hashes));
  for (let ref = 0; ref < count; ref += 7) expect(found(index, hashes[ref] ?? 0)).toContain(ref);
});
