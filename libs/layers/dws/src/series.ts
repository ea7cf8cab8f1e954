import type { DateBasis, Grain, Window } from '@millrace/ads';
import { indexOf, type WindowIndex } from './window-starts';

/** What a number is about: whose, and how it is credited. */
export interface Key {
  readonly basis: DateBasis;
  readonly model: string;
  readonly grain: Grain;
  /** Values of the grain's path. */
  readonly path: readonly string[];
}

/** The rows of one key and kind of window. Remembers which row was used last: nearly always it is used again. */
export class Series {
  readonly windowIndex: WindowIndex;
  /** Serial number of the segment, not the segment: a series that rests must not keep one alive. */
  lastSegment = 0;
  lastStart = NaN;
  lastSlot = 0;

  constructor(
    /** Tells the series of one key tree apart. */
    readonly id: number,
    readonly key: Key,
    readonly window: Window,
  ) {
    this.windowIndex = indexOf(window);
  }
}
