import fc from 'fast-check';
import { EntryLog, LoadedParts, NOT_LOGGED, type EntryFormat, StateReader, StateWriter } from '..';
import { PAGE_ENTRIES } from './entry-log';

interface Thing {
  entry: number;
  readonly id: number;
  value: string;
}
const thing = (id: number, value = ''): Thing => ({ entry: NOT_LOGGED, id, value });
const format: EntryFormat<Thing> = {
  write: ({ id, value }, to) => void to.count(id).text(value),
  read: (from) => thing(from.count(), from.text()),
};

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

  load(): EntryLog<Thing> {
    const log = new EntryLog(format);
    log.restore(
      new StateReader(this.rest),
      'p',
      new LoadedParts(new Map([...this.parts].map(([name, { content }]) => [name, content]))),
    );
    return log;
  }
}
const contents = (log: EntryLog<Thing>): string[] => [...log.all()].map(({ id, value }) => `${id} ${value}`).sort();

test('after any changes, snapshots and restarts it holds what a map would', () => {
  const id = fc.nat({ max: 20 });
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ put: id, value: fc.string({ maxLength: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ drop: id }) },
    { weight: 2, arbitrary: fc.constantFrom('settle', 'save', 'restart') },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const disk = new Disk();
      const model = new Map<number, string>();
      let log = new EntryLog(format);
      let things = new Map<number, Thing>();
      for (const step of steps) {
        if (step === 'settle') log.settle();
        else if (step === 'save') disk.save(log);
        else if (step === 'restart') {
          disk.save(log);
          log = disk.load();
          things = new Map([...log.all()].map((each) => [each.id, each]));
        } else if ('put' in step) {
          const each = things.get(step.put) ?? thing(step.put);
          each.value = step.value;
          things.set(step.put, each);
          model.set(step.put, step.value);
          log.changed(each);
        } else {
          const each = things.get(step.drop);
          if (each !== undefined) log.gone(each);
          things.delete(step.drop);
          model.delete(step.drop);
        }
        expect(contents(log)).toEqual([...model].map(([key, value]) => `${key} ${value}`).sort());
      }
    }),
  );
});

test('a page that is full is written once, and what changes goes behind', () => {
  const [log, disk] = [new EntryLog(format), new Disk()];
  const things = Array.from({ length: 2 * PAGE_ENTRIES + 1 }, (_, id) => thing(id));
  for (const each of things) log.changed(each);
  disk.save(log);
  expect(disk.written).toEqual(['p.0', 'p.1', 'p.2']);
  things[3]!.value = 'new';
  log.changed(things[3]!);
  disk.save(log);
  expect(disk.written).toEqual(['p.2']);
  expect(contents(disk.load())).toEqual(contents(log));
});

test('however often things change, the dead stay in proportion, and the rest of the log is not written again for it', () => {
  const [log, disk] = [new EntryLog(format), new Disk()];
  const things = Array.from({ length: 10 * PAGE_ENTRIES }, (_, id) => thing(id));
  for (const each of things) log.changed(each);
  let most = 0;
  let written = 0;
  const ROUNDS = 300;
  for (let round = 0; round < ROUNDS; round++) {
    for (let n = 0; n < 512; n++) {
      const each = things[(round * 512 * 7 + n * 13) % things.length]!;
      each.value = `${round}`;
      log.changed(each);
    }
    disk.save(log);
    most = Math.max(most, disk.parts.size);
    written += disk.written.length;
  }
  expect(most).toBeLessThanOrEqual(2 * 10 + 4);
  // Half a page of changes each: three pages a snapshot, with the one that is open and what was cleaned.
  expect(written / ROUNDS).toBeLessThan(4);
  expect(contents(disk.load())).toEqual(contents(log));
});

test('a log of which nothing is left begins new pages under new names', () => {
  const [log, disk] = [new EntryLog(format), new Disk()];
  const first = thing(1);
  log.changed(first);
  disk.save(log);
  const again = disk.load();
  for (const each of [...again.all()]) again.gone(each);
  again.changed(thing(2));
  disk.save(again);
  expect(disk.written).toEqual(['p.1']);
  expect(contents(disk.load())).toEqual(['2 ']);
});
