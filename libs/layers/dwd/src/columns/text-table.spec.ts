import { StateReader, StateWriter, type StatePart } from '@millrace/stream';
import fc from 'fast-check';
import { TextTable } from './text-table';

const restored = (table: TextTable): TextTable => {
  const bytes = ({ capture }: Pick<StatePart, 'capture'>) => Buffer.concat([...capture()]);
  const parts = new Map(table.parts('t').map((part) => [part.name, bytes(part)]));
  const rest = new StateWriter();
  table.write(rest);
  const again = new TextTable();
  again.restore(new StateReader(Buffer.concat([...rest.finish()])), 't', {
    names: [...parts.keys()],
    read: (name) => new StateReader(parts.get(name) ?? Buffer.of()),
  });
  return again;
};

/** Of all kinds: of one byte and of two, empty, long, with halves of surrogate pairs, and many that differ in little. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 400 }).map((n) => `user ${n}`) },
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '\ud800', '\udc00', '\ufffd', 'é', 'e\u0301', 'ÿ', 'Ā', '用户', 'x'.repeat(3_000), '用'.repeat(3_000)),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: text }) },
  { weight: 3, arbitrary: fc.record({ free: fc.nat() }) },
  { weight: 1, arbitrary: fc.constant('restore' as const) },
);

test('it answers as a Map does, after any history of texts that come and go, and after a restart', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      let table = new TextTable();
      const model = new Map<string, number>();
      for (const step of steps) {
        if (step === 'restore') {
          table = restored(table);
        } else if ('put' in step) {
          const number = table.intern(step.put);
          expect(number).toBe(model.get(step.put) ?? number);
          model.set(step.put, number);
        } else {
          const [text, number] = [...model][step.free % Math.max(1, model.size)] ?? [];
          if (text === undefined || number === undefined) continue;
          table.free(number);
          model.delete(text);
          expect([table.find(text), table.holds(number)]).toEqual([-1, false]);
        }
      }
      expect(table.size).toBe(model.size);
      expect(new Set(model.values()).size).toBe(model.size);
      for (const [text, number] of model) expect([table.find(text), table.text(number)]).toEqual([number, text]);
      expect(table.find('nobody')).toBe(-1);
    }),
    { numRuns: 60 },
  );
});

test('texts that come and go for ever need the room of those that are there', () => {
  const table = new TextTable();
  const sizes: number[] = [];
  for (let round = 0; round < 200; round++) {
    const numbers = Array.from({ length: 2_000 }, (_, n) => table.intern(`round ${round} text ${n}`));
    for (const number of numbers) table.free(number);
    sizes.push(table.bytes);
  }
  expect(table.limit).toBeLessThanOrEqual(2_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual((sizes[1] ?? 0) * 1.5);
});

test('many texts are found again, whatever their hashes', () => {
  const table = new TextTable();
  const count = 150_000;
  for (let n = 0; n < count; n++) table.intern(`u${n * 7}`);
  const again = restored(table);
  for (let n = 0; n < count; n += 97) {
    expect(again.find(`u${n * 7}`)).toBe(n);
    expect(again.find(`u${n * 7 + 1}`)).toBe(-1);
  }
  expect(table.bytes / count).toBeLessThan(32);
});

test('names kept elsewhere keep their numbers, and those between are free', () => {
  const table = new TextTable();
  table.take([
    [3, 'd'],
    [1, 'b'],
  ], 5);
  expect([table.find('b'), table.find('d'), table.size]).toEqual([1, 3, 2]);
  expect([table.intern('x'), table.intern('y'), table.intern('z'), table.intern('new')].sort()).toEqual([0, 2, 4, 5]);
});
