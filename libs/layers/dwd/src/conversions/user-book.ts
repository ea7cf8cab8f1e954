import type { Invalidate } from '@millrace/ads';
import type { Logged } from '@millrace/stream';
import { keyOf } from '../books';
import type { Credited, EventRecord, Unit } from './unit';
import { unitKeyOf } from './unit';

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

/** So many events of a user are looked through; where there are more, they are found by key. */
const LOOKED_THROUGH = 8;

type Identity = Pick<EventRecord, 'kind' | 'source' | 'event_id'>;
type UnitIdentity = Identity & Pick<EventRecord, 'order_id' | 'item_id'>;

const identityOf = ({ kind, source, event_id }: Identity): string => keyOf(kind, source, event_id);

/**
 * What is kept of one user besides clicks. Nearly every user has few events, so that keys to find them by would be most of it. Arrays are
 * concatenated, since what is pushed to, or spread, gets room for sixteen more.
 */
export class UserBook {
  private records: EventRecord[] = [];
  /** Where there are many. */
  private byKey: { readonly records: Map<string, EventRecord>; readonly units: Map<string, Unit> } | null = null;
  private invalidated: Map<string, Invalidation> | null = null;
  private credited: Credited[] | Set<Credited> = [];
  /** No conversion has been credited after this. */
  private latest_ms = -Infinity;

  /** An event by its identity (R8). */
  find(event: Identity): EventRecord | undefined {
    if (this.byKey !== null) return this.byKey.records.get(identityOf(event));
    for (const record of this.records)
      if (record.event_id === event.event_id && record.kind === event.kind && record.source === event.source) return record;
    return undefined;
  }

  /** The unit that an event belongs to (R1), if one of its events is here. */
  unitOf(event: UnitIdentity): Unit | undefined {
    if (this.byKey !== null) return this.byKey.units.get(unitKeyOf(event));
    for (const record of this.records) if (areOfOneUnit(record, event)) return record.unit;
    return undefined;
  }

  add(record: EventRecord): void {
    if (this.byKey === null && this.records.length < LOOKED_THROUGH) {
      this.records = this.records.concat(record);
      return;
    }
    const byKey = (this.byKey ??= { records: new Map(), units: new Map() });
    for (const each of [...this.records, record]) {
      byKey.records.set(identityOf(each), each);
      byKey.units.set(unitKeyOf(each), each.unit);
    }
    this.records = [];
  }

  /** After it was taken out of its unit. */
  remove(record: EventRecord): void {
    if (this.byKey === null) {
      this.records = this.records.filter((other) => other !== record);
      return;
    }
    this.byKey.records.delete(identityOf(record));
    if (record.unit.records.length === 0) this.byKey.units.delete(unitKeyOf(record));
  }

  /** The invalidation of a target; of several the earliest, which takes back whatever any of them could. */
  invalidationOf(target: string): Invalidation | undefined {
    return this.invalidated?.get(target);
  }

  setInvalidation(target: string, invalidation: Invalidation): void {
    (this.invalidated ??= new Map()).set(target, invalidation);
  }

  dropInvalidation(target: string): void {
    this.invalidated?.delete(target);
    if (this.invalidated?.size === 0) this.invalidated = null;
  }

  /** Conversions at or after a time, in the order in which they were credited; cheap when there are none, as for every click that arrives in order. */
  *creditedFrom(time_ms: number): Iterable<Credited> {
    if (time_ms > this.latest_ms) return;
    for (const credited of this.credited) if (credited.record.time >= time_ms) yield credited;
  }

  /** Puts those that were added in any order into the one in which they were credited. */
  sortCredited(): void {
    const sorted = [...this.credited].sort((a, b) => a.serial - b.serial);
    this.credited = sorted.length > LOOKED_THROUGH ? new Set(sorted) : sorted;
  }

  addCredited(credited: Credited): void {
    if (credited.record.time > this.latest_ms) this.latest_ms = credited.record.time;
    if (this.credited instanceof Set) this.credited.add(credited);
    else if (this.credited.length < LOOKED_THROUGH) this.credited = this.credited.concat(credited);
    else this.credited = new Set([...this.credited, credited]);
  }

  removeCredited(credited: Credited): void {
    if (this.credited instanceof Set) this.credited.delete(credited);
    else this.credited = this.credited.filter((other) => other !== credited);
  }

  /** Up to when clicks may touch what is in it. */
  get reach_ms(): number {
    return this.invalidated === null ? this.latest_ms : Infinity;
  }

  get empty(): boolean {
    return this.records.length === 0 && (this.byKey === null || this.byKey.records.size === 0) && this.invalidated === null;
  }
}

const areOfOneUnit = (a: UnitIdentity, b: UnitIdentity): boolean =>
  a.kind === 'message' || b.kind === 'message'
    ? a.kind === b.kind && a.source === b.source && a.event_id === b.event_id
    : a.order_id === b.order_id && a.item_id === b.item_id;
