import type { Cancel, Message, Order, Payment, Refund, Repair } from '@millrace/ads';
import { NOT_LOGGED, type Output, type StatePart, type StateParts, type StateReader, type StateWriter } from '@millrace/stream';
import { type Books, NO_BOOK } from '../books';
import type { Attribution, Candidate, Conversion } from '../clicks/attribution';
import type { ClickListener } from '../clicks/click-flow';
import type { KeptClick } from '../clicks/click-store';
import type { Emitter } from '../emitter';
import type { Policy } from '../policy';
import { minuteAfter } from '../timer-wheel';
import { coveredRefunds, wholeAmount } from './amounts';
import { readBooksLayout1 } from './books-layout-1';
import type { FactWriter } from './fact-writer';
import { sameCreditSeen, standingCredit, statedPair, winnerOf } from './repairs';
import type { Credited, Ending, EventRecord, Life, Unit } from './unit';
import { creditorOf, livesOf, WAITS } from './unit';
import { UnitTimers } from './unit-timers';
import { Units } from './units';

export type ConversionEvent = Message | Order | Payment | Refund | Cancel;

/**
 * The conversions of one partition of users. Whatever happens to a unit, its facts are worked out afresh from the events
 * that are held and compared with what stands published, so the order of arrival cannot matter (R5, R9, R10).
 */
export class ConversionFlow implements ClickListener {
  /** Serials are those of endings, else of events. */
  private readonly ends = new UnitTimers();
  private readonly orphans = new UnitTimers();
  private readonly refunds = new UnitTimers();
  private nextMinute_ms = -Infinity;
  /** Units whose credit changed through clicks; published once per record of the log, however often it changed. */
  private readonly dirty = new Set<number>();
  /** Whatever changes a unit tells them. */
  private readonly units: Units;

  constructor(
    private readonly books: Books,
    private readonly attribution: Attribution,
    private readonly writer: FactWriter,
    private readonly emitter: Emitter,
    private readonly policy: Policy,
  ) {
    this.units = new Units(books);
  }

  convert(event: ConversionEvent, out: Output): void {
    const { emitter, policy } = this;
    const { rules } = policy;
    emitter.countLate(event.event_time);
    const day = this.policy.zone.dayOf(event.event_time);
    const life_ms = event.type === 'message' ? policy.heldFor(event.event_time) : rules.line_life_ms;
    if (event.event_time + life_ms < emitter.watermark_ms) return emitter.late('state_gone', event, day, out);
    const identity = { kind: event.type, source: event.source, event_id: event.event_id };
    const held = this.units.find(event.user_id, identity);
    if (held !== undefined && !this.isReplacedBy(held, event)) return;
    if (held !== undefined) this.remove(held, out);
    const record = this.recordOf(event, life_ms);
    this.units.add(record);
    this.endAt(record.time + life_ms + rules.lateness_ms, record.unit);
    this.wait(record);
    this.publish(record.unit, out);
    if (record.kind !== 'message') this.listIfLineIsGone(record, out);
  }

  /**
   * The batch layer's correction: applied to what is held, so that the line's payments and refunds follow; stated as it is
   * for what is no longer held; dropped and listed when it was made for another credit than the one that stands.
   */
  repair(repair: Repair, out: Output): void {
    const { counters } = this.emitter;
    const record = this.units.find(repair.user_id, repair);
    if (record === undefined) {
      for (const fact of statedPair(repair)) this.emitter.fact(fact, out);
      counters.repairs++;
      return;
    }
    // What clicks of this very record of the log have changed stands before the repair does.
    if (this.dirty.delete(record.unit.number)) this.publish(record.unit, out);
    const stands = standingCredit(record);
    if (!sameCreditSeen(stands, repair.saw) || record.credited === null) {
      counters.repairs_dropped++;
      this.emitter.late('stale_repair', subjectOf(record), this.policy.zone.dayOf(record.time), out);
      return;
    }
    record.withdrawn = repair.right === null;
    if (repair.right !== null) record.credited.winner = winnerOf(repair.right);
    counters.repairs++;
    this.publish(record.unit, out);
  }

  clickGained(click: KeptClick, user: number, restates: boolean, out: Output): void {
    const listed = this.listForgotten(click, out);
    const book = this.books.of(user, click.user_id, click.event_time);
    if (book === NO_BOOK) return;
    for (const credited of this.units.creditedFrom(book, click.event_time)) {
      if (credited.record.merchant_id !== click.merchant_id) continue;
      const candidate = this.attribution.candidate(click, credited.record);
      if (candidate === null) continue;
      const wins = this.attribution.beats(candidate, credited.winner);
      if (!wins && !this.writer.shares(credited.record.time)) continue;
      if (!restates && credited.record.time < this.emitter.watermark_ms) {
        this.listLate(click, this.policy.zone.dayOf(credited.record.time), listed, out);
        continue;
      }
      if (wins) credited.winner = candidate;
      credited.candidates = this.candidatesOf(credited.record);
      this.soil(credited.record.unit);
    }
  }

  clickLost(click: KeptClick, user: number, restates: boolean, out: Output): void {
    const listed = this.listForgotten(click, out);
    const book = this.books.of(user, click.user_id, click.event_time);
    if (book === NO_BOOK) return;
    for (const credited of this.units.creditedFrom(book, click.event_time)) {
      if (credited.record.merchant_id !== click.merchant_id) continue;
      const { winner } = credited;
      const held = winner !== null && winner.event_id === click.event_id && winner.source === click.source;
      if (!held && !this.writer.shares(credited.record.time)) continue;
      if (!restates && credited.record.time < this.emitter.watermark_ms) {
        this.listLate(click, this.policy.zone.dayOf(credited.record.time), listed, out);
        continue;
      }
      if (held) credited.winner = this.attribution.winner(credited.record);
      credited.candidates = this.candidatesOf(credited.record);
      this.soil(credited.record.unit);
    }
  }

  settle(out: Output): void {
    if (this.dirty.size > 0) this.publishDirty(out);
    this.units.settle();
  }

  private soil(unit: Unit): void {
    this.dirty.add(unit.number);
    this.units.changed(unit);
  }

  private publishDirty(out: Output): void {
    for (const number of this.dirty) {
      const unit = this.units.get(number);
      if (unit !== undefined) this.publish(unit, out);
    }
    this.dirty.clear();
  }

  advance(watermark_ms: number, out: Output): void {
    // What is due is so by the minute, and the watermark rises with nearly every row.
    if (watermark_ms < this.nextMinute_ms) return;
    this.nextMinute_ms = minuteAfter(watermark_ms);
    this.refunds.takeDue(watermark_ms, (unit, serial) => {
      const record = this.due(unit, serial);
      if (record === undefined) return;
      this.waited(record, WAITS.refund);
      const excess_minor = coveredRefunds(lifeOf(record), this.policy.rates).get(record)?.excess_minor ?? 0;
      if (excess_minor > 0) this.emitter.counters.refund_exceeds_payment++;
    });
    this.orphans.takeDue(watermark_ms, (unit, serial) => {
      const record = this.due(unit, serial);
      if (record === undefined) return;
      this.waited(record, WAITS.orphan);
      if (lifeOf(record).order !== null) return;
      this.emitter.late('orphan', subjectOf(record), this.policy.zone.dayOf(record.time), out);
    });
    this.ends.takeDue(watermark_ms, (unit, serial) => {
      this.units.settle();
      this.forgetLives(unit, serial, watermark_ms, out);
    });
  }

  /** The event that a timer was set for, if it is still held. */
  private due(unit: number, serial: number): EventRecord | undefined {
    this.units.settle();
    return this.units.get(unit)?.records.find((record) => record.serial === serial);
  }

  /** Between two records, when nothing is dirty; after `parts`. */
  write(to: StateWriter): void {
    this.refunds.write(to);
    this.orphans.write(to);
    this.ends.write(to);
    this.units.write(to);
  }

  parts(prefix: string): StatePart[] {
    return this.units.parts(prefix);
  }

  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.refunds.restore(from.number());
    this.orphans.restore(from.number());
    this.ends.restore(from.number());
    this.units.restore(from, prefix, parts, (unit) => this.schedule(unit));
    this.sortTimers();
  }

  restoreLayout1(from: StateReader): void {
    const { units, next } = readBooksLayout1(from, () => this.books.nextSerial());
    [this.refunds, this.orphans, this.ends].forEach((wheel, i) => wheel.restore(next[i] ?? -Infinity));
    for (const unit of units) {
      this.units.take(unit);
      this.schedule(unit);
    }
    this.sortTimers();
  }

  /** Sets the timers of a unit that was read: in any order, for serials tell the one that they had. */
  private schedule({ number, ends, records }: Unit): void {
    for (const { time, serial } of ends) this.ends.add(time, number, serial);
    for (const { time, serial, waits } of records) {
      if ((waits & WAITS.refund) !== 0) this.refunds.add(time, number, serial);
      if ((waits & WAITS.orphan) !== 0) this.orphans.add(time + this.policy.rules.lateness_ms, number, serial);
    }
  }

  private sortTimers(): void {
    for (const timers of [this.refunds, this.orphans, this.ends]) timers.sort();
  }

  private endAt(time: number, unit: Unit): void {
    const ending: Ending = { time, serial: this.books.nextSerial() };
    unit.ends = unit.ends.concat(ending);
    this.ends.add(time, unit.number, ending.serial);
    this.units.changed(unit);
  }

  private wait(record: EventRecord): void {
    if (record.kind === 'refund') {
      record.waits |= WAITS.refund;
      this.refunds.add(record.time, record.unit.number, record.serial);
    }
    if (record.kind === 'message' || record.kind === 'order') return;
    record.waits |= WAITS.orphan;
    this.orphans.add(record.time + this.policy.rules.lateness_ms, record.unit.number, record.serial);
  }

  private waited(record: EventRecord, timer: number): void {
    record.waits &= ~timer;
    this.units.changed(record.unit);
  }

  /** R8: a higher version replaces what stood; everything else is counted and changes nothing. */
  private isReplacedBy(held: EventRecord, event: ConversionEvent): boolean {
    const { counters } = this.emitter;
    if (event.event_version > held.event_version) return true;
    if (event.event_version < held.event_version) counters.superseded++;
    else if (sameBody(held, event, this.currencyOf(event))) counters.duplicates++;
    else counters.conflicts++;
    return false;
  }

  private currencyOf(event: ConversionEvent): string {
    return event.currency ?? this.policy.rates.base_currency;
  }

  private remove(record: EventRecord, out: Output): void {
    const { unit } = record;
    unit.records = unit.records.filter((other) => other !== record);
    record.credited = null;
    this.units.remove(record);
    this.writer.write(record, [], out);
    if (unit.records.length > 0) this.publish(unit, out);
    else this.dropUnit(unit, record);
  }

  private recordOf(event: ConversionEvent, life_ms: number): EventRecord {
    const isMessage = event.type === 'message';
    const order_id = isMessage ? null : event.order_id;
    const identity = { kind: event.type, source: event.source, event_id: event.event_id, order_id, item_id: event.item_id };
    const unit = this.units.unitOf(event.user_id, identity) ?? { life_ms, records: [], duplicate_lines: 0, ends: [], number: NOT_LOGGED };
    return {
      kind: event.type,
      user_id: event.user_id,
      source: event.source,
      event_id: event.event_id,
      event_version: event.event_version,
      time: event.event_time,
      merchant_id: event.merchant_id,
      item_id: event.item_id,
      order_id,
      amount_minor: 'amount_minor' in event ? event.amount_minor : 0,
      currency: this.currencyOf(event),
      channel: isMessage ? event.channel : null,
      unit,
      credited: null,
      withdrawn: false,
      published: [],
      version: 0,
      serial: this.books.nextSerial(),
      waits: 0,
    };
  }

  /** Works out the facts of every event of the unit and writes what differs from what stands. */
  private publish(unit: Unit, out: Output): void {
    this.units.changed(unit);
    let duplicate_lines = 0;
    for (const life of livesOf(unit)) {
      const refunds = coveredRefunds(life, this.policy.rates);
      const payments = life.records.some((record) => record.kind === 'payment' && !record.withdrawn);
      const cancel = payments || life.order === null ? undefined : life.records.find((record) => record.kind === 'cancel');
      for (const record of life.records) {
        const creditor = creditorOf(record, life);
        const credited = this.credit(creditor, out);
        if (record !== creditor) record.credited = null;
        const counted = refunds.get(record) ?? wholeAmount(record, this.policy.rates);
        const order = life.order;
        const counts =
          record.kind === 'order' ? record === order : record.kind === 'cancel' ? record === cancel : record.kind === 'refund' ? counted.original_minor > 0 : true;
        if (record.kind === 'order' && record !== order) duplicate_lines++;
        this.writer.write(record, counts && !record.withdrawn ? this.writer.factsOf(record, credited, order, counted) : [], out);
      }
    }
    this.emitter.counters.duplicate_lines += duplicate_lines - unit.duplicate_lines;
    unit.duplicate_lines = duplicate_lines;
  }

  private credit(record: EventRecord, out: Output): Credited {
    if (record.credited === null) {
      const { time } = record;
      if (time < this.emitter.watermark_ms - this.policy.heldFor(time))
        this.emitter.late('beyond_kept_clicks', subjectOf(record), this.policy.zone.dayOf(time), out);
      const [winner, candidates] = [this.attribution.winner(record), this.candidatesOf(record)];
      record.credited = { record, serial: this.books.nextSerial(), winner, candidates };
      this.units.credited(record);
    }
    return record.credited;
  }

  private candidatesOf(conversion: Conversion): readonly Candidate[] {
    return this.policy.at(conversion.time).models.length > 0 ? this.attribution.candidates(conversion) : [];
  }

  private forgetLives(number: number, serial: number, watermark_ms: number, out: Output): void {
    const unit = this.units.get(number);
    const ending = unit?.ends.find((held) => held.serial === serial);
    if (unit === undefined || ending === undefined) return; // it was dropped
    unit.ends = unit.ends.filter((other) => other !== ending);
    this.units.changed(unit);
    // The watermark may jump within one record: what its clicks have changed must be said before it is forgotten.
    if (this.dirty.has(number)) this.publish(unit, out);
    let last: EventRecord | undefined;
    for (const life of livesOf(unit)) {
      const end_ms = this.endOf(life, unit);
      if (end_ms >= watermark_ms) {
        this.endAt(end_ms, unit);
        break;
      }
      unit.records = unit.records.slice(life.records.length);
      for (const record of life.records) {
        this.units.remove(record);
        if (record.kind === 'order' && record !== life.order) unit.duplicate_lines--;
        last = record;
      }
    }
    if (unit.records.length === 0 && last !== undefined) this.dropUnit(unit, last);
  }

  /**
   * R6; as long as the invalidation of a click that is credited here may come within I (R12); and for B more, since the
   * versions of an event may differ in time by that, and must find one another (R8).
   */
  private endOf(life: Life, unit: Unit): number {
    const last = life.records.reduce((latest_ms, { credited }) => Math.max(latest_ms, credited?.record.time ?? -Infinity), -Infinity);
    return Math.max(life.first_ms + unit.life_ms, last + this.policy.heldFor(last)) + this.policy.rules.lateness_ms;
  }

  /** No event of it is left; `last` was the last. */
  private dropUnit(unit: Unit, last: EventRecord): void {
    this.dirty.delete(unit.number);
    this.units.drop(unit, last);
  }

  /** R7: a late click never re-credits a final conversion; the day and user it might change are listed, once per click. */
  private listLate(click: KeptClick, day: number, listed: number[], out: Output): void {
    if (listed.includes(day)) return;
    listed.push(day);
    const { source, event_id, user_id, merchant_id, event_time } = click;
    this.emitter.late('late_click', { type: 'click', source, event_id, user_id, merchant_id, event_time }, day, out);
  }

  /**
   * Lists the days of what a click might have changed and is perhaps forgotten: none, unless it comes or goes very late. Conversions are
   * forgotten I after their time at the earliest (R6).
   */
  private listForgotten(click: KeptClick, out: Output): number[] {
    const { zone } = this.policy;
    const { watermark_ms } = this.emitter;
    const listed: number[] = [];
    const forgotten_ms = this.policy.forgottenUpTo(watermark_ms);
    if (forgotten_ms < click.event_time) return listed;
    const end_ms = Math.min(this.policy.endOfReach(click.event_time, watermark_ms), forgotten_ms);
    for (let day = zone.dayOf(click.event_time); day <= zone.dayOf(end_ms); day++) this.listLate(click, day, listed, out);
    return listed;
  }

  /** An event that begins a line so late that the line it belongs to may have been forgotten. */
  private listIfLineIsGone(record: EventRecord, out: Output): void {
    const { rules, zone } = this.policy;
    if (record.time + rules.lateness_ms >= this.emitter.watermark_ms || lifeOf(record).records[0] !== record) return;
    this.emitter.late('line_gone', subjectOf(record), zone.dayOf(record.time), out);
  }
}

const lifeOf = (record: EventRecord): Life => {
  const life = livesOf(record.unit).find(({ records }) => records.includes(record));
  if (life === undefined) throw new RangeError(`${record.event_id} is in no life of its unit`);
  return life;
};

const subjectOf = (record: EventRecord) => ({
  type: record.kind,
  source: record.source,
  event_id: record.event_id,
  user_id: record.user_id,
  merchant_id: record.merchant_id,
  event_time: record.time,
});

/** R8 compares what the numbers depend on. */
const sameBody = (held: EventRecord, event: ConversionEvent, currency: string): boolean =>
  held.time === event.event_time &&
  held.merchant_id === event.merchant_id &&
  held.item_id === event.item_id &&
  (event.type === 'message'
    ? held.channel === event.channel
    : held.order_id === event.order_id && held.amount_minor === ('amount_minor' in event ? event.amount_minor : 0) && held.currency === currency);
