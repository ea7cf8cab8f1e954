import type { Window, Zone } from '@millrace/ads';

const MINUTE_MS = 60_000;

/** Windows by number: looking up a start is an array access. */
export const MINUTE_INDEX = 0;
export const HOUR_INDEX = 1;
export const DAY_INDEX = 2;
export type WindowIndex = 0 | 1 | 2;
export const WINDOWS = 3;

const INDEXES: Readonly<Record<Window, WindowIndex>> = { minute: MINUTE_INDEX, hour: HOUR_INDEX, day: DAY_INDEX };
export const indexOf = (window: Window): WindowIndex => INDEXES[window];

/** The starts of the windows around an instant, by window index; the array is used again. */
export class WindowStarts {
  readonly starts: [minute: number, hour: number, day: number] = [NaN, NaN, Infinity];
  /** The day in `starts` is that of every instant before this. */
  #dayUntil = -Infinity;
  /** The instant asked for last: an event of a click and its order are booked at one, and so are events of one millisecond. */
  #last_ms = NaN;

  constructor(readonly zone: Zone) {}

  at(time_ms: number): void {
    if (time_ms === this.#last_ms) return;
    this.#last_ms = time_ms;
    const { starts, zone } = this;
    starts[MINUTE_INDEX] = Math.floor(time_ms / MINUTE_MS) * MINUTE_MS;
    starts[HOUR_INDEX] = zone.hourStart(time_ms);
    if (time_ms >= starts[DAY_INDEX] && time_ms < this.#dayUntil) return;
    const day = zone.dayOf(time_ms);
    starts[DAY_INDEX] = zone.dayStart(day);
    // Where the clock falls back over midnight two days overlap, and only the zone can tell them apart.
    this.#dayUntil = Math.min(zone.dayEnd(day), zone.dayStart(day + 1));
  }
}
