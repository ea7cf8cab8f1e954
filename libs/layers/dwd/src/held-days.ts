import type { Rules, Zone } from '@millrace/ads';

/** The days whose state is held: until the watermark is past the day's end + I, so that an invalidation within I finds it (R6, R12). */
export class HeldDays {
  first = -Infinity;
  private nextMove_ms = -Infinity;

  constructor(
    private readonly rules: Rules,
    private readonly zone: Zone,
  ) {}

  holds(day: number): boolean {
    return day >= this.first;
  }

  /** True when the first held day moved. */
  advance(watermark_ms: number): boolean {
    if (watermark_ms < this.nextMove_ms) return false;
    const { invalidation_ms } = this.rules;
    let day = Math.max(this.first, this.zone.dayOf(watermark_ms - invalidation_ms) - 1);
    while (this.zone.dayEnd(day) + invalidation_ms < watermark_ms) day++;
    this.nextMove_ms = this.zone.dayEnd(day) + invalidation_ms;
    if (day === this.first) return false;
    this.first = day;
    return true;
  }
}
