import fc from 'fast-check';
import { EntryLog, LoadedParts, NOT_LOGGED, type EntryFormat, StateReader, StateWriter } from '..';
import { PAGE_ENTRIES } from './entry-log';

interface Thing {
  number: number;
  readonly id: number;
  value: string;
}
const thing = (id: number, value = ''): Thing => ({ number: NOT_LOGGED, id, value });
/** With a text that others share, and a record of a shape of its own. */
const format: EntryFormat<Thing> = {
  write: ({ id, value }, to) => void to.count(id).text(value).value({ value, [`also ${id % 3}`]: id }),
  read: (from) => {
    const [id, value, also] = [from.count(), from.text(), from.value()];
    // Read very often: an expectation each would take minutes.
    if (JSON.stringify(also) !== JSON.stringify({ value, [`also ${id % 3}`]: id })) throw new Error(`${id} has ${JSON.stringify(also)}`);
    return thing(id, value);
  },
};
/** Numbers by id. */
type Numbers = Map<number, number>;

/** What a checkpoint keeps: parts that are the same are not captured again. */
class Disk {
  parts = new Map<string, { readonly revision: string | null; readonly content: Buffer }>();
  rest = new Uint8Array();
  written: string[] = [];

  save(log: EntryLog<Thing>): void {
    const before = this.parts;
    this.written = [];
    const entries = log.parts('p').map(({ name, revision, capture }) => {
      const held = before.get(name);
      if (held?.revision === revision) return [name, held] as const;
      this.written.push(name);
      return [name, { revision, content: Buffer.concat(capture()) }] as const;
    });
    this.parts = new Map(entries);
    const rest = new StateWriter();
    log.write(rest);
    this.rest = Buffer.concat(rest.finish());
  }

  /** What was saved, and the numbers of what is in it. */
  load(): { log: EntryLog<Thing>; numbers: Numbers } {
    const log = new EntryLog(format);
    const numbers: Numbers = new Map();
    log.restore(
      new StateReader(this.rest),
      'p',
      new LoadedParts(new Map([...this.parts].map(([name, { content }]) => [name, content]))),
      ({ id, number }) => numbers.set(id, number),
    );
    return { log, numbers };
  }
}
const had = (log: EntryLog<Thing>, number: number | undefined): Thing => {
  const each = number === undefined ? undefined : log.get(number);
  if (each === undefined) throw new Error(`nothing has the number ${number}`);
  return each;
};
const contents = ({ log, numbers }: { log: EntryLog<Thing>; numbers: Numbers }): string[] => {
  expect(log.size).toBe(numbers.size);
  return [...numbers]
    .map(([id, number]) => {
      const held = had(log, number);
      return `${id} ${held.value}${held.id === id && held.number === number ? '' : ` is ${held.id}, ${held.number}`}`;
    })
    .sort();
};
const put = ({ log, numbers }: { log: EntryLog<Thing>; numbers: Numbers }, id: number, value: string): void => {
  const number = numbers.get(id);
  const each = number === undefined ? thing(id) : had(log, number);
  each.value = value;
  log.changed(each);
  numbers.set(id, each.number);
};
const filled = (count: number): { log: EntryLog<Thing>; numbers: Numbers } => {
  const held = { log: new EntryLog(format), numbers: new Map() };
  for (let id = 0; id < count; id++) put(held, id, '');
  return held;
};

test('after any changes, snapshots and restarts it holds what a map would', () => {
  const id = fc.nat({ max: 20 });
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ put: id, value: fc.string({ maxLength: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ drop: id }) },
    { weight: 2, arbitrary: fc.constantFrom('settle', 'save', 'restart') },
    { weight: 1, arbitrary: fc.record({ fill: fc.nat({ max: PAGE_ENTRIES }), value: fc.string({ maxLength: 3 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const disk = new Disk();
      const model = new Map<number, string>();
      let held = { log: new EntryLog(format), numbers: new Map<number, number>() };
      for (const step of steps) {
        if (step === 'settle') held.log.settle();
        else if (step === 'save') disk.save(held.log);
        else if (step === 'restart') {
          disk.save(held.log);
          held = disk.load();
        } else if ('put' in step) {
          put(held, step.put, step.value);
          model.set(step.put, step.value);
        } else if ('fill' in step) {
          for (let n = 0; n < step.fill; n++) {
            const id = n % 100 === 0 ? n : 100;
            put(held, id, step.value);
            model.set(id, step.value);
            held.log.settle();
          }
        } else {
          const number = held.numbers.get(step.drop);
          if (number !== undefined) held.log.gone(had(held.log, number));
          held.numbers.delete(step.drop);
          model.delete(step.drop);
        }
        expect(contents(held)).toEqual([...model].map(([key, value]) => `${key} ${value}`).sort());
      }
    }),
    { numRuns: 200 },
  );
});

test('what rests is no object: who asks gets one, the same until things are settled', () => {
  const held = filled(3 * PAGE_ENTRIES);
  held.log.settle();
  const first = held.log.get(0);
  expect(held.log.get(0)).toBe(first);
  for (let id = 0; id < 2 * PAGE_ENTRIES; id++) held.log.get(id);
  held.log.settle();
  expect(held.log.get(0)).not.toBe(first);
  expect(held.log.get(0)).toEqual(first);
  expect(held.log.get(3 * PAGE_ENTRIES)).toBeUndefined();
});

test('a number is given again when its thing is gone', () => {
  const { log, numbers } = filled(3);
  const gone = had(log, numbers.get(1));
  log.gone(gone);
  expect(gone.number).toBe(NOT_LOGGED);
  const next = thing(7);
  log.changed(next);
  expect(next.number).toBe(numbers.get(1));
  expect(log.get(next.number)).toBe(next);
});

test('a page that is full is written once, and what changes goes behind', () => {
  const [held, disk] = [filled(2 * PAGE_ENTRIES + 1), new Disk()];
  disk.save(held.log);
  expect(disk.written).toEqual(['p.0', 'p.1', 'p.2']);
  put(held, 3, 'new');
  disk.save(held.log);
  expect(disk.written).toEqual(['p.2']);
  expect(contents(disk.load())).toEqual(contents(held));
});

test('however often things change, the dead stay in proportion, and the rest of the log is not written again for it', () => {
  const count = 10 * PAGE_ENTRIES;
  const [held, disk] = [filled(count), new Disk()];
  let most = 0;
  let written = 0;
  const ROUNDS = 300;
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < 512; n++) put(held, (round * 512 * 7 + n * 13) % count, `${round}`);
    disk.save(held.log);
    most = Math.max(most, disk.parts.size);
    written += disk.written.length;
  }
  expect(most).toBeLessThanOrEqual(2 * 10 + 4);
  // Half a page of changes each: three pages a snapshot, with the one that is open and what was cleaned.
  expect(written / ROUNDS).toBeLessThan(4);
  expect(contents(disk.load())).toEqual(contents(held));
});

test('a log of which nothing is left begins new pages under new names', () => {
  const [held, disk] = [filled(1), new Disk()];
  disk.save(held.log);
  const again = disk.load();
  again.log.gone(had(again.log, again.numbers.get(0)));
  again.numbers.clear();
  put(again, 2, '');
  disk.save(again.log);
  expect(disk.written).toEqual(['p.1']);
  expect(contents(disk.load())).toEqual(['2 ']);
});
