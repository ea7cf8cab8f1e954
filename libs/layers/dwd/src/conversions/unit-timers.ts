import type { StateWriter } from '@millrace/stream';
import { TimerWheel } from '../timer-wheel';

/** Timers of units, each with a serial of its own: two numbers, since there are as many as units, and no object is kept of these either. */
export class UnitTimers {
  /** The unit and the serial, in turns: what is added at one time stands together. */
  private readonly wheel = new TimerWheel<number>();

  add(time_ms: number, unit: number, serial: number): void {
    this.wheel.add(time_ms, unit);
    this.wheel.add(time_ms, serial);
  }

  /** As `TimerWheel.takeDue`. The unit may be gone, and its number given to another one. */
  takeDue(watermark_ms: number, take: (unit: number, serial: number) => void): void {
    let unit = -1;
    this.wheel.takeDue(watermark_ms, (number) => {
      if (unit < 0) {
        unit = number;
        return;
      }
      const due = unit;
      unit = -1;
      take(due, number);
    });
  }

  get size(): number {
    return this.wheel.size / 2;
  }

  write(to: StateWriter): void {
    this.wheel.write(to);
  }

  restore(next: number): void {
    this.wheel.restore(next);
  }

  /** Puts what is due in one minute in the order of serials, after it was added in any other. */
  sort(): void {
    this.wheel.arrange(sortPairs);
  }
}

const sortPairs = (numbers: number[]): void => {
  let isSorted = true;
  for (let i = 3; i < numbers.length && isSorted; i += 2) isSorted = (numbers[i - 2] ?? 0) <= (numbers[i] ?? 0);
  if (isSorted) return;
  const pairs: (readonly [unit: number, serial: number])[] = [];
  for (let i = 0; i < numbers.length; i += 2) pairs.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
  pairs.sort(([, a], [, b]) => a - b);
  // Not by `splice`: a busy minute has more of them than a call takes arguments.
  for (const [i, [unit, serial]] of pairs.entries()) {
    numbers[i * 2] = unit;
    numbers[i * 2 + 1] = serial;
  }
};
