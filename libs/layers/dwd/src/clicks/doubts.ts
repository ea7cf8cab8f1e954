import type { LateReason } from '@millrace/ads';
import {
  type EntryFormat,
  EntryLog,
  type Logged,
  NOT_LOGGED,
  type Output,
  type StatePart,
  type StateParts,
  type StateReader,
  type StateWriter,
} from '@millrace/stream';
import type { Emitter, Subject } from '../emitter';
import type { Policy } from '../policy';

/** A click of a user that does not stand as it should, and up to which day that has been listed. */
interface Doubt extends Logged {
  readonly reason: LateReason;
  readonly subject: Subject;
  /** When that click happened, at the latest. */
  readonly time: number;
  /** The last day that is listed. */
  readonly day: number;
  /** When it came, among all that came. */
  readonly serial: number;
}

/**
 * What is doubtful of a click touches every day on which it could win something, those to come too (R7, R12). How far it reaches is
 * said by the rules that have begun. Later ones may reach back further: so the last doubt of each user is kept, and what they
 * add is listed when they begin. An earlier doubt of the user can add no day that the last one does not.
 */
export class Doubts {
  private readonly ofUser = new Map<string, Doubt>();
  private readonly log = new EntryLog<Doubt>(FORMAT);
  private serials = 0;
  private next_ms = -Infinity;

  constructor(
    private readonly emitter: Emitter,
    private readonly policy: Policy,
  ) {}

  /** Lists the days of a click, the first and last of which are told by the times between which it may have happened. */
  list(from_ms: number, to_ms: number, reason: LateReason, subject: Subject, out: Output): void {
    const { type, source, event_id, user_id, merchant_id, event_time } = subject;
    const day = this.lastDay(to_ms);
    for (let each = this.policy.zone.dayOf(from_ms); each <= day; each++) this.emitter.late(reason, subject, each, out);
    const held = this.ofUser.get(user_id);
    if (held !== undefined && held.time >= to_ms) return;
    const kept = { type, source, event_id, user_id, merchant_id, event_time };
    // Between what the earlier one has listed and a click that is still ahead, rules may begin by which the earlier one reaches further.
    const listed = held !== undefined && to_ms > this.emitter.watermark_ms ? held.day : day;
    this.replace(held, { reason, subject: kept, time: to_ms, day: listed, serial: ++this.serials, number: NOT_LOGGED });
  }

  advance(watermark_ms: number, out: Output): void {
    if (watermark_ms < this.next_ms) return;
    this.next_ms = this.policy.nextBegin(watermark_ms);
    const begin = this.policy.beginOf(watermark_ms);
    for (const doubt of [...this.ofUser.values()]) {
      const day = this.lastDay(doubt.time);
      if (day <= doubt.day) continue;
      for (let each = Math.max(doubt.day + 1, begin); each <= day; each++)
        this.emitter.late(doubt.reason, doubt.subject, each, out);
      this.replace(doubt, { ...doubt, day, number: NOT_LOGGED });
    }
  }

  /** Those of clicks before `time_ms` cannot reach what is to come, by no rules. */
  forget(time_ms: number): void {
    for (const [user_id, doubt] of this.ofUser) {
      if (doubt.time >= time_ms) continue;
      this.ofUser.delete(user_id);
      this.log.gone(doubt);
    }
  }

  settle(): void {
    this.log.settle();
  }

  /** After `parts`. */
  write(to: StateWriter): void {
    to.count(this.serials);
    this.log.write(to);
  }

  parts(prefix: string): StatePart[] {
    return this.log.parts(prefix);
  }

  /** Into a fresh one, when the emitter knows the time again. */
  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.serials = from.count();
    const doubts: Doubt[] = [];
    this.log.restore(from, prefix, parts, (doubt) => doubts.push(doubt));
    for (const doubt of doubts.sort((a, b) => a.serial - b.serial)) this.ofUser.set(doubt.subject.user_id, doubt);
    this.next_ms = this.policy.nextBegin(this.emitter.watermark_ms);
  }

  private lastDay(time_ms: number): number {
    return this.policy.zone.dayOf(this.policy.endOfReach(time_ms, this.emitter.watermark_ms));
  }

  /** In the order in which they came. */
  private replace(old: Doubt | undefined, doubt: Doubt): void {
    if (old !== undefined) this.log.gone(old);
    if (old?.serial !== doubt.serial) this.ofUser.delete(doubt.subject.user_id);
    this.ofUser.set(doubt.subject.user_id, doubt);
    this.log.changed(doubt);
  }
}

const FORMAT: EntryFormat<Doubt> = {
  write: ({ reason, subject, time, day, serial }, to) =>
    void to.value(reason).value(subject).value(time).value(day).count(serial),
  read: (from) => ({
    reason: from.value() as LateReason,
    subject: from.value() as Subject,
    time: from.value() as number,
    day: from.value() as number,
    serial: from.count(),
    number: NOT_LOGGED,
  }),
};
