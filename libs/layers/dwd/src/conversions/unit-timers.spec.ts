import fc from 'fast-check';
import { UnitTimers } from './unit-timers';

test('what is due in one minute is so in the order of serials, after it was added in any other and sorted', () => {
  const timer = fc.record({ minute: fc.nat({ max: 3 }), unit: fc.nat({ max: 9 }) });
  fc.assert(
    fc.property(fc.array(timer), fc.infiniteStream(fc.nat()), (told, order) => {
      const timers = told.map(({ minute, unit }, serial) => ({ time_ms: minute * 60_000, unit, serial, order: order.next().value }));
      const wheel = new UnitTimers();
      for (const { time_ms, unit, serial } of [...timers].sort((a, b) => a.order - b.order)) wheel.add(time_ms, unit, serial);
      wheel.sort();
      expect(wheel.size).toBe(timers.length);
      const taken: [number, number][] = [];
      wheel.takeDue(10 * 60_000, (unit, serial) => taken.push([unit, serial]));
      expect(taken).toEqual([...timers].sort((a, b) => a.time_ms - b.time_ms || a.serial - b.serial).map(({ unit, serial }) => [unit, serial]));
      expect(wheel.size).toBe(0);
    }),
  );
});

test('a minute of very many timers is sorted too', () => {
  const MANY = 200_000;
  const wheel = new UnitTimers();
  for (let serial = MANY; serial > 0; serial--) wheel.add(0, 7, serial);
  wheel.sort();
  const taken: number[] = [];
  wheel.takeDue(60_000, (_unit, serial) => taken.push(serial));
  expect(taken).toEqual(Array.from({ length: MANY }, (_, n) => n + 1));
});
