import fc from 'fast-check';
import { LoadedParts, NOT_LOGGED, StateReader, StateWriter } from '@millrace/stream';
import { Books } from '../books';
import type { EventRecord, Unit } from './unit';
import { Units } from './units';

const setUp = () => {
  const reaches = new Map<number, number>();
  const books = new Books({
    userOf: (user_id) => Number(user_id.slice(1)),
    isWithinReach: (user, time_ms) => time_ms <= (reaches.get(user) ?? -Infinity),
    setReach: (user, time_ms) => reaches.set(user, time_ms),
  });
  return { books, units: new Units(books) };
};

const newUnit = (): Unit => ({ life_ms: 1, records: [], duplicate_lines: 0, ends: [], number: NOT_LOGGED });
const recordOf = (unit: Unit, said: Partial<EventRecord>): EventRecord => ({
  ...{ kind: 'order', user_id: 'u1', source: 's', event_id: 'e', event_version: 1, time: 0, merchant_id: 'm', item_id: 'i', order_id: 'o' },
  ...{ amount_minor: 1, currency: 'CNY', channel: null, unit, credited: null, withdrawn: false, published: [], version: 0, serial: 1, waits: 0 },
  ...said,
});

/** The same, as plain lists. */
interface Told {
  readonly user_id: string;
  readonly kind: 'message' | 'order' | 'payment';
  readonly event_id: string;
  readonly order_id: string | null;
  readonly time: number;
}

test('after any events, removals, rests and restarts it finds what a list would', () => {
  const told: fc.Arbitrary<Told> = fc
    .record({
      user_id: fc.constantFrom('u1', 'u2'),
      kind: fc.constantFrom('message' as const, 'order' as const, 'payment' as const),
      event_id: fc.constantFrom('a', 'b', 'c'),
      order_id: fc.constantFrom('o1', 'o2'),
      time: fc.nat({ max: 9 }),
    })
    .map((each) => (each.kind === 'message' ? { ...each, order_id: null } : each));
  const step = fc.oneof({ weight: 4, arbitrary: told }, { weight: 1, arbitrary: fc.constantFrom('rest' as const, 'restart' as const) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let { units, books } = setUp();
      const model: Told[] = [];
      for (const step of steps) {
        if (step === 'rest') {
          // More than may be objects at once: what was one before is none after.
          const others = Array.from({ length: 3000 }, (_, n) => recordOf(newUnit(), { user_id: 'u9', event_id: `${n}`, order_id: `${n}` }));
          for (const record of others) {
            units.add(record);
            units.settle();
          }
          for (const record of others) {
            const held = units.find('u9', { kind: 'order', source: 's', event_id: record.event_id });
            if (held === undefined) throw new Error(`${record.event_id} is not found`);
            units.remove(held);
            units.drop(held.unit, held);
          }
          units.settle();
        } else if (step === 'restart') {
          const parts = new Map(units.parts('p').map(({ name, capture }) => [name, Buffer.concat(capture())]));
          const rest = new StateWriter();
          units.write(rest);
          ({ units, books } = setUp());
          units.restore(new StateReader(Buffer.concat(rest.finish())), 'p', new LoadedParts(parts), () => undefined);
        } else {
          const identity = { ...step, source: 's', item_id: step.order_id === null ? null : 'i' };
          const held = units.find(step.user_id, identity);
          const at = model.findIndex((each) => each.user_id === step.user_id && each.kind === step.kind && each.event_id === step.event_id);
          expect(held?.time).toBe(model[at]?.time);
          if (held !== undefined) {
            held.unit.records = held.unit.records.filter((other) => other !== held);
            units.remove(held);
            if (held.unit.records.length === 0) units.drop(held.unit, held);
            else units.changed(held.unit);
            model.splice(at, 1);
          } else {
            const unit = units.unitOf(step.user_id, identity);
            const mates = model.filter((each) =>
              step.kind === 'message'
                ? each === step
                : each.kind !== 'message' && each.user_id === step.user_id && each.order_id === step.order_id,
            );
            expect(unit?.records.length ?? 0).toBe(mates.length);
            const record = recordOf(unit ?? newUnit(), identity);
            record.credited = { record, serial: model.length, winner: null, candidates: [] };
            units.add(record);
            units.credited(record);
            model.push(step);
          }
        }
        for (const user_id of ['u1', 'u2']) {
          const book = books.find(user_id);
          const mine = model.filter((each) => each.user_id === user_id);
          expect(book >= 0).toBe(mine.length > 0);
          for (const time of [0, 5]) {
            const found = book < 0 ? [] : units.creditedFrom(book, time).map(({ record }) => `${record.kind} ${record.event_id} ${record.time}`);
            expect([...found].sort()).toEqual(mine.filter((each) => each.time >= time).map((each) => `${each.kind} ${each.event_id} ${each.time}`).sort());
          }
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('conversions come in the order in which they were credited', () => {
  const { units, books } = setUp();
  for (const [n, serial] of [5, 1, 3, 2, 4].entries()) {
    const record = recordOf(newUnit(), { event_id: `${n}`, order_id: `${n}` });
    record.credited = { record, serial, winner: null, candidates: [] };
    units.add(record);
    units.credited(record);
  }
  expect(units.creditedFrom(books.find('u1'), 0).map(({ serial }) => serial)).toEqual([1, 2, 3, 4, 5]);
});
