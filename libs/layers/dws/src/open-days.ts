import {
  encodeServedDay,
  encodeServedProgress,
  LAST_TOUCH,
  SERVED_GRAINS,
  servingKey,
  servingProgressKey,
  type Zone,
} from '@millrace/ads';
import type { ServingEntry, StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { Stamp } from './metric-rows';
import type { Segment } from './segment';
import type { Segments } from './segments';
import type { Key, Series } from './series';

/** Days kept at most, counted from the newest: a watermark that stands still must not make all days stay open. */
const MAX_OPEN_DAYS = 3;

/** Entries outlive the last change of their day by this, plus the disorder that is allowed. */
const KEEP_MS = 2 * 86_400_000;

/**
 * Day totals for the serving store. The store holds one value per key, so it needs sums over all segments: rows of day
 * segments that are over are carried here while their day is open, and the current segment's row is added.
 */
export class OpenDays {
  /** By start of day, then serving key. */
  readonly #carried = new Map<number, Map<string, Float64Array>>();
  /** Days that start before this are no longer served. Never goes back, or a total would be incomplete. */
  #from_ms = -Infinity;
  /** Rises when what is carried changes: with each day segment that ends. */
  #revision = 0;

  constructor(
    readonly partition: number,
    readonly columns: readonly string[],
    readonly zone: Zone,
    readonly lateness_ms: number,
  ) {}

  /** R14: a day is open until the watermark is past its end. */
  close(watermark_ms: number, newestDay_ms: number): void {
    const { zone } = this;
    if (newestDay_ms !== -Infinity) this.#closeBefore(zone.dayStart(zone.dayOf(newestDay_ms) - MAX_OPEN_DAYS + 1));
    if (watermark_ms === -Infinity) return;
    const day = zone.dayOf(watermark_ms);
    this.#closeBefore(zone.dayStart(watermark_ms > zone.dayStart(day) ? day : day - 1));
  }

  /** Takes over the rows of a day segment that has just ended. */
  carry(segment: Segment): void {
    this.#revision++;
    for (let slot = 0; slot < segment.rows; slot++) {
      const { series, start_ms } = segment.row(slot);
      if (!this.#serves(series, start_ms)) continue;
      const day = this.#carried.get(start_ms) ?? new Map<string, Float64Array>();
      this.#carried.set(start_ms, day);
      const key = this.#keyOf(series.key, start_ms);
      day.set(key, this.#sum(day.get(key), segment, slot));
    }
  }

  /**
   * The totals that changed. A row of an ended segment is among what was carried; if the current segment has a row of the
   * same key, it is newer, so dirty as well, and its entry, which comes later, holds both.
   */
  entries({ ended, day: current, log_ms }: Segments, stamp: Pick<Stamp, 'version' | 'watermark'>): ServingEntry[] {
    const totals = new Map<string, Float64Array>();
    for (const segment of [...ended, current])
      for (const slot of segment.dirty) this.#put(totals, segment, slot, segment === current);
    return this.#entriesOf(totals, log_ms, stamp);
  }

  /** All totals of open days: the serving store may have been lost with the process. */
  allEntries({ day: current, log_ms }: Segments, stamp: Pick<Stamp, 'version' | 'watermark'>): ServingEntry[] {
    const totals = new Map([...this.#carried.values()].flatMap((day) => [...day]));
    for (let slot = 0; slot < current.rows; slot++) this.#put(totals, current, slot, true);
    return this.#entriesOf(totals, log_ms, stamp);
  }

  /** Says which position the entries have that come before it, and which days they tell of; nothing while nothing has a time. */
  progress({ log_ms }: Segments, position: number, { version, watermark }: Pick<Stamp, 'version' | 'watermark'>): ServingEntry[] {
    // A partition without facts has no log time, but a watermark; its progress counts for the reader's as-of.
    const seen_ms = Math.max(log_ms, watermark);
    if (seen_ms <= 0) return [];
    const from_ms = this.#from_ms === -Infinity ? null : this.#from_ms;
    return [
      {
        key: servingProgressKey(this.partition),
        version,
        value: encodeServedProgress({ position, watermark, from_ms }),
        expires_ms: seen_ms + KEEP_MS + this.lateness_ms,
      },
    ];
  }

  write(to: StateWriter): void {
    to.number(this.#from_ms).count(this.#revision);
  }

  part(): StatePart {
    return statePart('open-days', this.#revision, (to) => {
      to.count(this.#carried.size);
      for (const [start_ms, totals] of this.#carried) {
        to.number(start_ms).count(totals.size);
        for (const [key, total] of totals) to.string(key).array(total);
      }
    });
  }

  restore(from: StateReader, parts: StateParts): void {
    this.#from_ms = from.number();
    this.#revision = from.count();
    const part = parts.read('open-days');
    for (let days = part.count(); days > 0; days--) {
      const totals = new Map<string, Float64Array>();
      this.#carried.set(part.number(), totals);
      for (let left = part.count(); left > 0; left--) totals.set(part.string(), part.array(Float64Array));
    }
  }

  #put(totals: Map<string, Float64Array>, segment: Segment, slot: number, isCurrent: boolean): void {
    const { series, start_ms } = segment.row(slot);
    if (!this.#serves(series, start_ms)) return;
    const key = this.#keyOf(series.key, start_ms);
    const carried = this.#carried.get(start_ms)?.get(key);
    const total = isCurrent ? this.#sum(carried, segment, slot) : carried;
    if (total !== undefined) totals.set(key, total);
  }

  #entriesOf(
    totals: ReadonlyMap<string, Float64Array>,
    log_ms: number,
    { version, watermark }: Pick<Stamp, 'version' | 'watermark'>,
  ): ServingEntry[] {
    const expires_ms = log_ms + KEEP_MS + this.lateness_ms;
    return [...totals].map(([key, total]) => ({
      key,
      version,
      value: encodeServedDay({ watermark, values: this.#named(total) }),
      expires_ms,
    }));
  }

  #closeBefore(start_ms: number): void {
    if (start_ms <= this.#from_ms) return;
    this.#from_ms = start_ms;
    for (const day of this.#carried.keys()) if (day < start_ms && this.#carried.delete(day)) this.#revision++;
  }

  #serves({ key, window }: Series, start_ms: number): boolean {
    return (
      window === 'day' &&
      start_ms >= this.#from_ms &&
      key.basis === 'conversion' &&
      key.model === LAST_TOUCH &&
      SERVED_GRAINS.includes(key.grain.name)
    );
  }

  #keyOf({ grain, path }: Key, start_ms: number): string {
    return servingKey(this.partition, grain.name, path, this.zone.dayName(this.zone.dayOf(start_ms)));
  }

  #sum(carried: Float64Array | undefined, segment: Segment, slot: number): Float64Array {
    const slab = segment.slabOf(slot);
    const offset = segment.offsetOf(slot);
    const total = slab.slice(offset, offset + segment.width);
    if (carried !== undefined) for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (carried[i] ?? 0);
    return total;
  }

  #named(total: Float64Array): Record<string, number> {
    const values: Record<string, number> = {};
    this.columns.forEach((name, i) => {
      const value = total[i] ?? 0;
      if (value !== 0) values[name] = value;
    });
    return values;
  }
}
