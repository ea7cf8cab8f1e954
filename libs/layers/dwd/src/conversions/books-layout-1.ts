import type { Fact } from '@millrace/ads';
import { NOT_LOGGED, type StateReader } from '@millrace/stream';
import type { Candidate } from '../clicks/attribution';
import type { ConversionKind, Credited, EventRecord, Unit } from './unit';
import { WAITS } from './unit';

/** A record as layout 1 wrote it: without what points elsewhere, and without an order of arrival. */
interface OldRecord extends Omit<EventRecord, 'unit' | 'credited' | 'serial' | 'waits'> {
  readonly kind: ConversionKind;
  readonly published: readonly Fact[];
}
type Numbered = { -readonly [Field in keyof EventRecord]: EventRecord[Field] };

/** What layout 1 had in its part `books`, up to the invalidations: users, units, credits, and three wheels of timers. */
export interface OldBooks {
  readonly units: readonly Unit[];
  /** Up to which minute the wheels of refunds, orphans and ends have been taken. */
  readonly next: readonly [refunds: number, orphans: number, ends: number];
}

/** Serials are given anew, in the order in which things stood: all that mattered of it was which comes first. */
export const readBooksLayout1 = (from: StateReader, nextSerial: () => number): OldBooks => {
  const units: Unit[] = [];
  const records: Numbered[] = [];
  for (let users = from.count(); users > 0; users--) {
    from.text();
    for (let left = from.count(); left > 0; left--) {
      from.string();
      const unit: Unit = {
        ...{ life_ms: from.value() as number, duplicate_lines: from.value() as number },
        ...{ records: [], ends: [], number: NOT_LOGGED },
      };
      units.push(unit);
      for (let events = from.count(); events > 0; events--) {
        const record: Numbered = { ...(from.value() as OldRecord), unit, credited: null, serial: 0, waits: 0 };
        records.push(record);
        unit.records.push(record);
      }
    }
    for (let left = from.count(); left > 0; left--) readCredited(at(records, from), from, nextSerial());
  }
  const refunds = readWheel(from, () => void (at(records, from).waits |= WAITS.refund));
  const orphans = readWheel(from, () => {
    const record = at(records, from);
    record.waits |= WAITS.orphan;
    record.serial = nextSerial();
  });
  const ends = readWheel(from, (time) => {
    const unit = at(units, from);
    from.text();
    unit.ends = [...unit.ends, { time, serial: nextSerial() }];
  });
  for (const record of records) if (record.serial === 0) record.serial = nextSerial();
  return { units, next: [refunds, orphans, ends] };
};

const readCredited = (record: EventRecord, from: StateReader, serial: number): void => {
  const winner = from.value() as Candidate | null;
  const candidates = from.value() as readonly Candidate[];
  record.credited = { record, serial, winner, candidates } satisfies Credited;
};

/** Calls `readThing` with a time of the minute in which each thing is due; returns up to which minute the wheel was taken. */
export const readWheel = (from: StateReader, readThing: (time: number) => void): number => {
  const next = from.number();
  for (let left = from.count(); left > 0; left = from.count()) {
    const minute = from.number();
    for (; left > 0; left--) readThing(minute * 60_000);
  }
  return next;
};

const at = <Thing>(things: readonly Thing[], from: StateReader): Thing => {
  const thing = things[from.count()];
  if (thing === undefined) throw new RangeError('a reference to nothing');
  return thing;
};
