import { encodeServedProgress, servedDayEncoder, servingProgressKey, type Grain, type Zone } from '@millrace/ads';
import type { ServingEntry, StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { accumulatorParts, restoreAccumulators, writeAccumulators } from './accumulator-state';
import type { Families } from './families';
import type { Shapes } from './key-trees';
import type { Keys } from './keys';
import { restoreOpenDays1 } from './layout-1';
import type { Stamp } from './metric-rows';
import { OpenDay, servedShapes, type SummedRows } from './open-day';
import type { Segment } from './segment';
import type { Segments } from './segments';
import { isServed, ServingKeys } from './serving-keys';

/** Days kept at most, counted from the newest: a watermark that stands still must not make all days stay open. */
const MAX_OPEN_DAYS = 3;

/** Entries outlive the last change of their day by this, plus the disorder that is allowed. */
const KEEP_MS = 2 * 86_400_000;

/**
 * Day totals for the serving store. The store holds one value per key, so it needs sums over all segments: rows of day
 * segments that are over are carried here while their day is open, and the current segment's row is added.
 */
export class OpenDays {
  /** By start of day. */
  readonly #days = new Map<number, OpenDay>();
  /** Days that start before this are no longer served. Never goes back, or a total would be incomplete. */
  #from_ms = -Infinity;
  /** Dates what is carried: rises with each day segment that ends. */
  #generation = 0;
  readonly #shapes: Shapes;
  readonly #servingKeys = new WeakMap<Keys, ServingKeys>();
  readonly #encode: ReturnType<typeof servedDayEncoder>;
  /** Used again for every entry. */
  readonly #total: Float64Array;

  constructor(
    readonly partition: number,
    readonly families: Families,
    grains: readonly Grain[],
    readonly zone: Zone,
    readonly lateness_ms: number,
  ) {
    this.#shapes = servedShapes(grains);
    this.#encode = servedDayEncoder(families.columns.map(({ name }) => name));
    this.#total = new Float64Array(families.columns.length);
  }

  /** Days that have something to carry. */
  get days(): readonly OpenDay[] {
    return [...this.#days.values()];
  }

  /** R14: a day is open until the watermark is past its end. */
  close(watermark_ms: number, newestDay_ms: number): void {
    const { zone } = this;
    if (newestDay_ms !== -Infinity) this.#closeBefore(zone.dayStart(zone.dayOf(newestDay_ms) - MAX_OPEN_DAYS + 1));
    if (watermark_ms === -Infinity) return;
    const day = zone.dayOf(watermark_ms);
    this.#closeBefore(zone.dayStart(watermark_ms > zone.dayStart(day) ? day : day - 1));
  }

  /** Takes over the rows of a day segment that has just ended. */
  carry({ keys, accumulators }: Segment): void {
    this.#generation++;
    for (let row = 0; row < accumulators.rows; row++) {
      const start_ms = accumulators.starts[row] as number;
      if (start_ms < this.#from_ms || !isServed(keys, accumulators.series[row] as number)) continue;
      this.#dayOf(start_ms).carry({ keys, accumulators }, row, this.#generation);
    }
  }

  /** The totals that changed. */
  entries({ ended, day: current, log_ms }: Segments, stamp: Pick<Stamp, 'version' | 'watermark'>): ServingEntry[] {
    const entries = new Map<string, ServingEntry>();
    // First the current segment: of a key that an ended one has too, its row is newer, so it changed as well.
    for (const segment of [current, ...ended]) {
      const withOwn = segment === current;
      const names = this.#servingKeysOf(segment.keys);
      for (const row of segment.dirty) this.#put(entries, segment, names, row, withOwn, log_ms, stamp);
      for (let row = segment.fresh; row < segment.rows; row++) this.#put(entries, segment, names, row, withOwn, log_ms, stamp);
    }
    return [...entries.values()];
  }

  /** All totals of open days: the serving store may have been lost with the process. */
  allEntries({ day: current, log_ms }: Segments, stamp: Pick<Stamp, 'version' | 'watermark'>): ServingEntry[] {
    const entries = new Map<string, ServingEntry>();
    const names = this.#servingKeysOf(current.keys);
    for (let row = 0; row < current.rows; row++) this.#put(entries, current, names, row, true, log_ms, stamp);
    for (const day of this.days) {
      const carriedNames = this.#servingKeysOf(day.keys);
      for (let row = 0; row < day.accumulators.rows; row++) this.#put(entries, day, carriedNames, row, false, log_ms, stamp);
    }
    return [...entries.values()];
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
        expires_ms: this.#expiry(seen_ms),
      },
    ];
  }

  write(to: StateWriter): void {
    to.number(this.#from_ms).count(this.#generation).count(this.#days.size);
    for (const { start_ms, accumulators } of this.days) writeAccumulators(to.number(start_ms), accumulators);
  }

  parts(): StatePart[] {
    return this.days.flatMap(({ start_ms, keys, accumulators }) => accumulatorParts(`open.${start_ms}`, '', keys, accumulators));
  }

  restore(from: StateReader, parts: StateParts, layout: number): void {
    this.#from_ms = from.number();
    this.#generation = from.count();
    if (layout === 1) {
      restoreOpenDays1(parts, this.families, (start_ms) => this.#dayOf(start_ms), this.#generation);
      return;
    }
    for (let days = from.count(); days > 0; days--) {
      const { start_ms, trees, accumulators } = this.#dayOf(from.number());
      restoreAccumulators(from, `open.${start_ms}`, parts, layout, trees, accumulators);
    }
  }

  /** What was carried of a key's day, `withOwn` together with the row itself. */
  #put(
    entries: Map<string, ServingEntry>,
    rows: SummedRows,
    names: ServingKeys,
    row: number,
    withOwn: boolean,
    log_ms: number,
    { version, watermark }: Pick<Stamp, 'version' | 'watermark'>,
  ): void {
    const start_ms = rows.accumulators.starts[row] as number;
    if (start_ms < this.#from_ms) return;
    const series = rows.accumulators.series[row] as number;
    const key = names.keyOf(series, start_ms);
    if (key === null || entries.has(key)) return;
    const total = this.#total.fill(0);
    if (withOwn) rows.accumulators.addTo(total, row, this.families);
    const carried = this.#days.get(start_ms);
    const carriedRow = carried === undefined ? -1 : carried.rowOf(rows.keys, series);
    if (carriedRow >= 0) carried?.accumulators.addTo(total, carriedRow, this.families);
    else if (!withOwn) return;
    entries.set(key, { key, version, value: this.#encode(watermark, total), expires_ms: this.#expiry(log_ms) });
  }

  #expiry(seen_ms: number): number {
    return seen_ms + KEEP_MS + this.lateness_ms;
  }

  #servingKeysOf(keys: Keys): ServingKeys {
    const known = this.#servingKeys.get(keys) ?? new ServingKeys(this.partition, this.zone, keys);
    this.#servingKeys.set(keys, known);
    return known;
  }

  #dayOf(start_ms: number): OpenDay {
    const day = this.#days.get(start_ms) ?? new OpenDay(start_ms, this.#shapes, this.families);
    this.#days.set(start_ms, day);
    return day;
  }

  #closeBefore(start_ms: number): void {
    if (start_ms <= this.#from_ms) return;
    this.#from_ms = start_ms;
    for (const day of this.#days.keys()) if (day < start_ms) this.#days.delete(day);
  }
}
