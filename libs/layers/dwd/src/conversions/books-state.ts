import type { StateReader, StateWriter } from '@millrace/stream';
import type { Books } from '../books';
import { keyOf } from '../books';
import type { Candidate } from '../clicks/attribution';
import type { Credited, EventRecord, Unit } from './unit';

/** Units and records by number, in the order in which they are written: for what refers to them from elsewhere. */
export class BookNumbers {
  readonly units: Unit[] = [];
  readonly records: EventRecord[] = [];
  readonly ofUnit = new Map<Unit, number>();
  readonly ofRecord = new Map<EventRecord, number>();

  add(unit: Unit): void {
    this.ofUnit.set(unit, this.units.push(unit) - 1);
    for (const record of unit.records) this.ofRecord.set(record, this.records.push(record) - 1);
  }
}

/** A record without what points elsewhere. */
type OwnFields = Omit<EventRecord, 'unit' | 'credited'>;

/** The units of every user. Invalidations are written where they wait (`ClickFlow`). */
export const writeBooks = (books: Books, to: StateWriter): BookNumbers => {
  const numbers = new BookNumbers();
  to.count(books.size);
  for (const [user_id, book] of books.entries()) {
    to.text(user_id).count(book.units.size);
    for (const unit of book.units.values()) {
      numbers.add(unit);
      const { key, life_ms, duplicate_lines } = unit;
      to.string(key).value(life_ms).value(duplicate_lines).count(unit.records.length);
      for (const { unit: _unit, credited: _credited, ...own } of unit.records) to.value(own satisfies OwnFields);
    }
    // In the order in which they were credited: it decides the order of what is published when a click changes several.
    const credited = [...book.allCredited()];
    to.count(credited.length);
    for (const { record, winner, candidates } of credited) {
      to.count(numbers.ofRecord.get(record) ?? 0)
        .value(winner)
        .value(candidates);
    }
  }
  return numbers;
};

/** Into empty books; the numbers are those of `writeBooks`. */
export const readBooks = (books: Books, from: StateReader): BookNumbers => {
  const numbers = new BookNumbers();
  for (let users = from.count(); users > 0; users--) {
    const book = books.open(from.text());
    for (let units = from.count(); units > 0; units--) {
      const unit = readUnit(from);
      numbers.add(unit);
      book.units.set(unit.key, unit);
      for (const record of unit.records) book.records.set(keyOf(record.kind, record.source, record.event_id), record);
    }
    for (let left = from.count(); left > 0; left--) book.addCredited(readCredited(from, numbers));
  }
  return numbers;
};

const readUnit = (from: StateReader): Unit => {
  const unit: Unit = {
    key: from.string(),
    life_ms: from.value() as number,
    duplicate_lines: from.value() as number,
    records: [],
  };
  for (let left = from.count(); left > 0; left--) unit.records.push({ ...(from.value() as OwnFields), unit, credited: null });
  return unit;
};

const readCredited = (from: StateReader, numbers: BookNumbers): Credited => {
  const record = numbers.records[from.count()];
  if (record === undefined) throw new RangeError('a credit of no record');
  const { user_id, merchant_id, item_id, time } = record;
  const winner = from.value() as Candidate | null;
  const candidates = from.value() as readonly Candidate[];
  record.credited = { user_id, merchant_id, item_id, time, record, winner, candidates };
  return record.credited;
};
