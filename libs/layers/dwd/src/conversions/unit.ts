import type { Fact } from '@millrace/ads';
import { compareEvents } from '@millrace/ads';
import type { Logged } from '@millrace/stream';
import type { Candidate } from '../clicks/attribution';

/** Kinds of events that belong to a conversion (R1). */
export type ConversionKind = 'message' | 'order' | 'cancel' | 'payment' | 'refund';

/** What is kept of one event of a conversion. */
export interface EventRecord {
  readonly kind: ConversionKind;
  readonly user_id: string;
  readonly source: string;
  readonly event_id: string;
  readonly event_version: number;
  readonly time: number;
  readonly merchant_id: string;
  readonly item_id: string | null;
  readonly order_id: string | null;
  /** As it came: minor units of its currency. */
  readonly amount_minor: number;
  readonly currency: string;
  readonly channel: 'public' | 'private' | null;
  readonly unit: Unit;
  /** Set while this event is credited by itself: a message, the standing order of a line, an orphan. */
  credited: Credited | null;
  /** The batch layer found that it must not count (design, Batch). */
  withdrawn: boolean;
  /** What stands published of it, and how often that has changed. */
  published: readonly Fact[];
  version: number;
  /** When it came, among all that came: what falls due in one minute does so in this order. */
  readonly serial: number;
  /** The timers that have not fired: `WAITS`. */
  waits: number;
}

/** Bits of `EventRecord.waits`. */
export const WAITS = { refund: 1, orphan: 2 } as const;

/** A conversion with the winner that stands for it. */
export interface Credited {
  readonly record: EventRecord;
  /** When it was credited, among all that were: in this order a click that changes several has them published. */
  readonly serial: number;
  winner: Candidate | null;
  /** Who shares its credit, where the rules of its day have models that share; like the winner it outlives the clicks. */
  candidates: readonly Candidate[];
}

/** What is attributed as one (R1): a message, or an order line with all its events. */
export interface Unit extends Logged {
  /** How long after its first event it lives: L for a line, I for a message (R6). */
  readonly life_ms: number;
  /** In the order of events. */
  records: EventRecord[];
  /** Order events beside the standing one (R1). */
  duplicate_lines: number;
  /** When it is looked at, to see whether it can be forgotten. */
  ends: readonly Ending[];
}

export interface Ending {
  readonly time: number;
  readonly serial: number;
}

/** The events of one life of an order line: those up to L after its first. A later one begins another life. */
export interface Life {
  readonly first_ms: number;
  readonly records: readonly EventRecord[];
  /** The first order in the order of events (R1). */
  readonly order: EventRecord | null;
}

/** Cuts a unit into lives. A function of the events alone, so that the order of arrival cannot matter. */
export const livesOf = (unit: Unit): Life[] => {
  const [only] = unit.records;
  // Nearly every unit has one event.
  if (only !== undefined && unit.records.length === 1)
    return [{ first_ms: only.time, records: unit.records, order: only.kind === 'order' ? only : null }];
  const lives: Life[] = [];
  let records: EventRecord[] = [];
  let first_ms = 0;
  const close = (): void => {
    if (records.length > 0) lives.push({ first_ms, records, order: records.find((record) => record.kind === 'order') ?? null });
  };
  for (const record of unit.records) {
    if (records.length === 0 || record.time - first_ms > unit.life_ms) {
      close();
      records = [];
      first_ms = record.time;
    }
    records.push(record);
  }
  close();
  return lives;
};

/** The event whose credit this one has (R9): the line's order, or itself. */
export const creditorOf = (record: EventRecord, life: Life): EventRecord => (record.kind === 'message' ? record : (life.order ?? record));

/** Puts a record where it belongs in the order of events. */
export const insertRecord = (unit: Unit, record: EventRecord): void => {
  if (unit.records.length === 0) {
    // Not by `splice`, which makes room for more.
    unit.records = [record];
    return;
  }
  let index = unit.records.length;
  while (index > 0) {
    const before = unit.records[index - 1];
    if (before === undefined || compareEvents(before, record) <= 0) break;
    index--;
  }
  unit.records.splice(index, 0, record);
};
