import { enlarged, EntryLog, NOT_LOGGED, type StatePart, type StateParts, type StateReader, type StateWriter } from '@millrace/stream';
import { type Books, NO_BOOK } from '../books';
import { KeyIndex } from '../columns/key-index';
import { hashIdentity } from '../exposures/identity-hash';
import type { Credited, EventRecord, Unit } from './unit';
import { insertRecord } from './unit';
import { UNIT_FORMAT } from './unit-format';

type Identity = Pick<EventRecord, 'kind' | 'source' | 'event_id'>;
type UnitIdentity = Identity & Pick<EventRecord, 'order_id' | 'item_id'>;

/** In place of a unit. */
const NONE = -1;
const FIRST_UNITS = 64;

/**
 * The units of one partition of users, found by what their events say (R1, R8) and by user. Nearly all of them rest: of these there are bytes
 * (`EntryLog`) and a few numbers beside each other, and no object. Those that are handed out hold until `settle`.
 */
export class Units {
  private readonly log = new EntryLog<Unit>(UNIT_FORMAT);
  /** Of each event its identity, of each line its own key. */
  private readonly byKey = new KeyIndex();
  /** By book: the unit that was added last. */
  private newest = new Int32Array(FIRST_UNITS).fill(NONE);
  /** By unit: its book, those of the same book that were added just before and after, and after when no conversion of it is credited. */
  private bookOf = new Int32Array(FIRST_UNITS);
  private before = new Int32Array(FIRST_UNITS);
  private after = new Int32Array(FIRST_UNITS);
  private latest = new Float64Array(FIRST_UNITS);

  constructor(private readonly books: Books) {}

  /** A unit by its number; undefined: it is gone. */
  get(number: number): Unit | undefined {
    return this.log.get(number);
  }

  /** An event of a user by its identity (R8). */
  find(user_id: string, identity: Identity): EventRecord | undefined {
    const book = this.books.find(user_id);
    if (book === NO_BOOK) return undefined;
    for (let number = this.byKey.first(identityHash(book, identity)); number >= 0; number = this.byKey.next()) {
      if (this.bookOf[number] !== book) continue;
      const record = this.log.get(number)?.records.find((held) => isSame(held, identity));
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** The unit that an event of a user belongs to (R1), if one of its events is here. */
  unitOf(user_id: string, event: UnitIdentity): Unit | undefined {
    if (event.kind === 'message') return this.find(user_id, event)?.unit;
    const book = this.books.find(user_id);
    if (book === NO_BOOK) return undefined;
    for (let number = this.byKey.first(lineHash(book, event)); number >= 0; number = this.byKey.next()) {
      if (this.bookOf[number] !== book) continue;
      const unit = this.log.get(number);
      if (unit?.records.some((held) => held.kind !== 'message' && held.order_id === event.order_id && held.item_id === event.item_id)) return unit;
    }
    return undefined;
  }

  /** Puts an event into its unit, which may be new. */
  add(record: EventRecord): void {
    const { unit } = record;
    insertRecord(unit, record);
    if (unit.number === NOT_LOGGED) this.admit(unit, record);
    else this.log.changed(unit);
    this.byKey.add(identityHash(this.bookOf[unit.number] ?? NO_BOOK, record), unit.number);
  }

  /** An event that was taken out of its unit. The unit is dropped by itself. */
  remove({ unit: { number }, ...identity }: EventRecord): void {
    this.byKey.remove(identityHash(this.bookOf[number] ?? NO_BOOK, identity), number);
  }

  /** A unit of which no event is left; `last` was the last. */
  drop(unit: Unit, last: EventRecord): void {
    const { number } = unit;
    const book = this.bookOf[number] ?? NO_BOOK;
    if (last.kind !== 'message') this.byKey.remove(lineHash(book, last), number);
    const [before, after] = [this.before[number] ?? NONE, this.after[number] ?? NONE];
    if (before !== NONE) this.after[before] = after;
    if (after !== NONE) this.before[after] = before;
    else this.newest[book] = before;
    this.log.gone(unit);
    this.books.take(last.user_id);
  }

  changed(unit: Unit): void {
    this.log.changed(unit);
  }

  /** A conversion is credited from now on: clicks up to its time may touch it. */
  credited({ unit: { number }, user_id, time }: EventRecord): void {
    if (time > (this.latest[number] ?? -Infinity)) this.latest[number] = time;
    this.books.extend(user_id, this.bookOf[number] ?? NO_BOOK, time);
  }

  /** Conversions of a user at or after a time, in the order in which they were credited. */
  creditedFrom(book: number, time_ms: number): readonly Credited[] {
    const found: Credited[] = [];
    for (let number = this.newest[book] ?? NONE; number !== NONE; number = this.before[number] ?? NONE) {
      if ((this.latest[number] ?? -Infinity) < time_ms) continue;
      for (const { credited } of this.log.get(number)?.records ?? [])
        if (credited !== null && credited.record.time >= time_ms) found.push(credited);
    }
    return found.length < 2 ? found : found.sort((a, b) => a.serial - b.serial);
  }

  settle(): void {
    this.log.settle();
  }

  write(to: StateWriter): void {
    this.log.write(to);
  }

  parts(prefix: string): StatePart[] {
    return this.log.parts(prefix);
  }

  /** Into fresh ones. `take` is given each unit once. */
  restore(from: StateReader, prefix: string, parts: StateParts, take: (unit: Unit) => void): void {
    this.log.restore(from, prefix, parts, (unit) => {
      this.book(unit);
      take(unit);
    });
  }

  /** One that was read from elsewhere, with all of its events. */
  take(unit: Unit): void {
    this.log.changed(unit);
    this.book(unit);
  }

  private admit(unit: Unit, first: EventRecord): void {
    this.log.changed(unit);
    this.link(unit.number, this.books.put(first.user_id));
    if (first.kind !== 'message') this.byKey.add(lineHash(this.bookOf[unit.number] ?? NO_BOOK, first), unit.number);
  }

  private book({ number, records }: Unit): void {
    const [first] = records;
    if (first === undefined) throw new RangeError('a unit has no event');
    const book = this.books.put(first.user_id);
    this.link(number, book);
    if (first.kind !== 'message') this.byKey.add(lineHash(book, first), number);
    for (const record of records) {
      this.byKey.add(identityHash(book, record), number);
      if (record.credited !== null) this.credited(record);
    }
  }

  private link(number: number, book: number): void {
    if (number >= this.bookOf.length) {
      const units = this.bookOf.length * 2;
      this.bookOf = enlarged(this.bookOf, new Int32Array(units));
      this.before = enlarged(this.before, new Int32Array(units));
      this.after = enlarged(this.after, new Int32Array(units));
      this.latest = enlarged(this.latest, new Float64Array(units));
    }
    if (book >= this.newest.length) this.newest = enlarged(this.newest, new Int32Array(Math.max(book + 1, this.newest.length * 2)).fill(NONE));
    const before = this.newest[book] ?? NONE;
    if (before !== NONE) this.after[before] = number;
    this.bookOf[number] = book;
    this.before[number] = before;
    this.after[number] = NONE;
    this.latest[number] = -Infinity;
    this.newest[book] = number;
  }
}

const isSame = (a: Identity, b: Identity): boolean => a.event_id === b.event_id && a.kind === b.kind && a.source === b.source;

const words = new Uint32Array(4);

const identityHash = (book: number, { kind, source, event_id }: Identity): number => {
  hashIdentity(kind, source, event_id, words);
  return hashOf(book);
};

const lineHash = (book: number, { order_id, item_id }: UnitIdentity): number => {
  hashIdentity('line', order_id ?? '', item_id ?? '', words);
  return hashOf(book);
};

const hashOf = (book: number): number => (words[0] ?? 0) ^ Math.imul(book, 0x9e3779b1);
