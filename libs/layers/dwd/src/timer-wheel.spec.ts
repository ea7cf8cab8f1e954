import fc from 'fast-check';
import { TimerWheel } from './timer-wheel';

const MINUTE = 60_000;
const due = (wheel: TimerWheel<number>, watermark_ms: number): number[] => {
  const taken: number[] = [];
  wheel.takeDue(watermark_ms, (thing) => taken.push(thing));
  return taken;
};

test('what is due in a minute is due when the watermark has left it', () => {
  const wheel = new TimerWheel<number>();
  wheel.add(90_000, 1);
  expect(due(wheel, 2 * MINUTE - 1)).toEqual([]);
  expect(due(wheel, 2 * MINUTE)).toEqual([1]);
  expect(due(wheel, 3 * MINUTE)).toEqual([]);
});

test('a time that has passed is due at the next minute', () => {
  const wheel = new TimerWheel<number>();
  due(wheel, 100 * MINUTE);
  wheel.add(0, 1);
  expect(due(wheel, 100 * MINUTE)).toEqual([]);
  expect(due(wheel, 101 * MINUTE)).toEqual([1]);
});

test('what is added while things are taken waits for the next call', () => {
  const wheel = new TimerWheel<number>();
  wheel.add(0, 1);
  wheel.takeDue(10 * MINUTE, () => wheel.add(0, 2));
  expect(wheel.size).toBe(1);
  expect(due(wheel, 11 * MINUTE)).toEqual([2]);
});

test('everything is taken once, in the order of minutes, never early and at most a minute late', () => {
  const minutes = fc.integer({ min: -50, max: 200_000 });
  const step = fc.oneof(fc.record({ add: minutes }), fc.record({ advance: minutes }));
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const wheel = new TimerWheel<number>();
      const waiting: number[] = [];
      let watermark_ms = -Infinity;
      for (const step of steps) {
        if ('add' in step) {
          wheel.add(step.add * 1_000, step.add * 1_000);
          waiting.push(Math.max(step.add * 1_000, watermark_ms));
          continue;
        }
        watermark_ms = Math.max(watermark_ms, step.advance * 1_000);
        const taken = due(wheel, watermark_ms);
        expect(taken.every((time_ms) => time_ms < watermark_ms)).toBe(true);
        const left = waiting.filter((time_ms) => Math.floor(time_ms / MINUTE) >= Math.floor(watermark_ms / MINUTE));
        expect(wheel.size).toBe(left.length);
        waiting.splice(0, Infinity, ...left);
      }
    }),
  );
});
