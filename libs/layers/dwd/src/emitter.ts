import type { Fact, Late, LateReason } from '@millrace/ads';
import type { Output, StateReader, StateWriter } from '@millrace/stream';
import type { DwdCounters } from './counters';
import { ageOf } from './counters';

/** The event that a row is about, as far as the late lane needs it. */
export interface Subject {
  readonly type: string;
  readonly source: string;
  readonly event_id: string;
  readonly user_id: string;
  readonly merchant_id: string | null;
  readonly event_time: number;
}

/** The two outputs of DWD, with its counts. `ingest_time` is that of the row being processed: log time (design, State). */
export class Emitter {
  watermark_ms = -Infinity;
  ingest_time = 0;

  constructor(readonly counters: DwdCounters) {}

  write(to: StateWriter): void {
    to.number(this.watermark_ms).number(this.ingest_time).value(this.counters);
  }

  /** Into the counters that it was given: others read them. */
  restore(from: StateReader): void {
    this.watermark_ms = from.number();
    this.ingest_time = from.number();
    Object.assign(this.counters, from.value());
  }

  fact(fact: Fact, out: Output): void {
    this.counters.out++;
    out.emit('fact', fact.merchant_id, fact);
  }

  /** Lists which (day, user) may be wrong (R7). */
  late(reason: LateReason, subject: Subject, day: number, out: Output): void {
    this.counters.out++;
    this.counters.listed[reason] = (this.counters.listed[reason] ?? 0) + 1;
    const row: Late = {
      reason,
      type: subject.type,
      source: subject.source,
      event_id: subject.event_id,
      user_id: subject.user_id,
      merchant_id: subject.merchant_id,
      event_time: subject.event_time,
      ingest_time: this.ingest_time,
      day,
      watermark: this.watermark_ms,
    };
    out.emit('late', subject.user_id, row);
  }

  /** Counts an event behind the watermark; true when it is. */
  countLate(event_time: number): boolean {
    if (event_time >= this.watermark_ms) return false;
    this.counters.late++;
    this.counters.late_by_age[ageOf(this.watermark_ms - event_time)]++;
    return true;
  }
}
