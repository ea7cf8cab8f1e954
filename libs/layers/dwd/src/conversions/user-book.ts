import type { Invalidate } from '@millrace/ads';
import type { Logged } from '@millrace/stream';
import type { Credited, EventRecord, Unit } from './unit';

/** An invalidation of a click that was taken (R12): it waits for its target, or stays so that a later version meets it. */
export interface Invalidation extends Logged {
  readonly event: Invalidate;
  /** When it is listed, unless its target has been seen; and its place among those of the same minute. */
  readonly due: number;
  readonly serial: number;
  /** Its target has been seen. */
  met: boolean;
  /** No earlier one of the same target has replaced it. */
  stands: boolean;
}

/** What is kept of one user besides clicks. */
export class UserBook {
  /** By identity (R8). */
  readonly records = new Map<string, EventRecord>();
  readonly units = new Map<string, Unit>();
  /** By the identity of the target; of several the earliest, which takes back whatever any of them could. */
  readonly invalidations = new Map<string, Invalidation>();
  private readonly credited = new Set<Credited>();
  /** No conversion has been credited after this. */
  latest_ms = -Infinity;

  /** Conversions at or after a time; cheap when there are none, as for every click that arrives in order. */
  *creditedFrom(time_ms: number): Iterable<Credited> {
    if (time_ms > this.latest_ms) return;
    for (const credited of this.credited) if (credited.time >= time_ms) yield credited;
  }

  /** Puts those that were added in any order into the one in which they were credited. */
  sortCredited(): void {
    const sorted = [...this.credited].sort((a, b) => a.serial - b.serial);
    this.credited.clear();
    for (const credited of sorted) this.credited.add(credited);
  }

  addCredited(credited: Credited): void {
    this.credited.add(credited);
    if (credited.time > this.latest_ms) this.latest_ms = credited.time;
  }

  removeCredited(credited: Credited): void {
    this.credited.delete(credited);
  }

  get empty(): boolean {
    return this.records.size === 0 && this.invalidations.size === 0;
  }
}
