import { type AdEvent, rejection, type Rejection } from '@millrace/ads';
import type { Counting, Output, RawOperator, RawRecord, TopicPartition } from '@millrace/stream';
import { noCounts, type OdsCounts } from './counts';
import { EventList } from './event-list';
import { unwrapCloudEvent } from './format/cloud-events';
import { rejectedRow } from './rejected';
import type { RecordReader } from './source';

export interface NormalizerOptions {
  /** Name of the source's declaration. */
  readonly source: string;
  readonly read: RecordReader;
  readonly maxRecordBytes: number;
  /** Which records are looked at as CloudEvents: none, those whose headers say so, or all. */
  readonly cloudEvents: 'none' | 'by headers' | 'all';
}

const NO_VALUE = rejection('no_value', null, 'a record with a value');

/** Turns the records of one raw partition into events, or into rejections that can be played again. */
export class Normalizer implements RawOperator, Counting {
  readonly counters: OdsCounts = noCounts();
  readonly #source: string;
  readonly #read: RecordReader;
  readonly #maxRecordBytes: number;
  readonly #tooLarge: Rejection;
  readonly #cloudEvents: NormalizerOptions['cloudEvents'];
  /** Of the record at hand. */
  readonly #events = new EventList();

  constructor({ source, read, maxRecordBytes, cloudEvents }: NormalizerOptions) {
    this.#source = source;
    this.#read = read;
    this.#maxRecordBytes = maxRecordBytes;
    this.#cloudEvents = cloudEvents;
    this.#tooLarge = rejection('too_large', null, `at most ${maxRecordBytes} bytes`);
  }

  process(record: RawRecord, from: TopicPartition, out: Output): number {
    const { counters: counts } = this;
    const events = this.#events;
    events.keep(0);
    counts.in++;
    const rejected = this.#readInto(events, record);
    if (rejected !== null) {
      counts.rejected[rejected.reason]++;
      out.emit('rejected', `${from.topic}/${from.partition}`, rejectedRow(rejected, this.#source, record, from));
      return -Infinity;
    }
    if (events.length === 0) counts.header++;
    let latest_ms = -Infinity;
    for (let i = 0; i < events.length; i++) {
      const event = events.at(i);
      counts.out++;
      counts.accepted[event.type]++;
      if (event.event_time > latest_ms) latest_ms = event.event_time;
      out.emit(outputOf(event), event.user_id, record.headers === undefined ? event : withOrigin(event, record.headers));
    }
    return latest_ms;
  }

  #readInto(events: EventList, record: RawRecord): Rejection | null {
    const { value, timestamp_ms } = record;
    if (value === null) return NO_VALUE;
    if (value.length > this.#maxRecordBytes) return this.#tooLarge;
    const plain = this.#mayBeCloudEvent(record) ? unwrapCloudEvent(record, this.#cloudEvents === 'all') : null;
    if (plain !== null && 'rejected' in plain) return plain;
    return this.#read(plain ?? value, timestamp_ms, events);
  }

  /** Most records are none and have no headers: that is decided without a call. */
  #mayBeCloudEvent({ headers }: RawRecord): boolean {
    return this.#cloudEvents === 'all' || (headers !== undefined && this.#cloudEvents === 'by headers');
  }
}

/** What the outside world wrote beside the record stays with the event. */
const withOrigin = (event: AdEvent, headers: Readonly<Record<string, string>>): AdEvent => ({
  ...event,
  extra: { ...event.extra, origin_headers: headers },
});

/** Exposures are many and soon forgotten: they, and what takes them back, have a log of their own. */
const outputOf = (event: AdEvent): 'exposure' | 'action' =>
  event.type === 'exposure' || (event.type === 'invalidate' && event.target_type === 'exposure') ? 'exposure' : 'action';
