import type { StateReader, StateWriter } from '@millrace/stream';
import type { Policy } from './policy';

/** The days whose state is held: until the watermark is past the day's end + I, so that an invalidation within I finds it (R6, R12). */
export class HeldDays {
  first = -Infinity;
  private nextMove_ms = -Infinity;

  constructor(private readonly policy: Policy) {}

  holds(day: number): boolean {
    return day >= this.first;
  }

  /** True when the first held day moved. */
  advance(watermark_ms: number): boolean {
    if (watermark_ms < this.nextMove_ms) return false;
    const { zone, longest } = this.policy;
    let day = Math.max(this.first, zone.dayOf(watermark_ms - longest.invalidation_ms) - 1);
    while (this.heldUntil(day) < watermark_ms) day++;
    this.nextMove_ms = this.heldUntil(day);
    if (day === this.first) return false;
    this.first = day;
    return true;
  }

  private heldUntil(day: number): number {
    const end_ms = this.policy.zone.dayEnd(day);
    return end_ms + this.policy.heldFor(end_ms - 1);
  }

  write(to: StateWriter): void {
    to.number(this.first).number(this.nextMove_ms);
  }

  restore(from: StateReader): void {
    this.first = from.number();
    this.nextMove_ms = from.number();
  }
}
