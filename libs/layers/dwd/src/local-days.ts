import type { Zone } from '@millrace/ads';

/** A day of the business zone. */
export interface LocalDay {
  readonly number: number;
  /** The first instant of the day, and the first behind its last. */
  readonly start_ms: number;
  readonly end_ms: number;
  /** Every instant between these is of the day: not so where the clock fell back over midnight. */
  readonly whole: boolean;
}

/** Which day an instant is of, asked for by every event: they come in rough order, so it is mostly that of the one before. */
export class LocalDays {
  private last: LocalDay;

  constructor(private readonly zone: Zone) {
    this.last = this.day(0);
  }

  at(time_ms: number): LocalDay {
    const { last } = this;
    if (last.whole && time_ms >= last.start_ms && time_ms < last.end_ms) return last;
    return (this.last = this.day(this.zone.dayOf(time_ms)));
  }

  /** Whether an instant between the first and the last of a day is of it. */
  isOf(day: LocalDay, time_ms: number): boolean {
    return day.whole || this.zone.dayOf(time_ms) === day.number;
  }

  private day(number: number): LocalDay {
    const { zone } = this;
    const [start_ms, end_ms] = [zone.dayStart(number), zone.dayEnd(number)];
    return { number, start_ms, end_ms, whole: zone.dayEnd(number - 1) <= start_ms && end_ms <= zone.dayStart(number + 1) };
  }
}
