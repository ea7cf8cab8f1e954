import type { Attribution, Fact } from '@millrace/ads';
import { type EntryFormat, NOT_LOGGED, type StateReader, type StateWriter } from '@millrace/stream';
import type { Candidate } from '../clicks/attribution';
import type { ConversionKind, Credited, EventRecord, Unit } from './unit';

/** Never reordered: the number is what is stored. */
const KINDS: readonly ConversionKind[] = ['message', 'order', 'cancel', 'payment', 'refund'];

/** A unit with all of its events, their credits and what is published of them. What follows from something else is not written. */
export const UNIT_FORMAT: EntryFormat<Unit> = {
  write({ life_ms, duplicate_lines, ends, records }, to) {
    to.value(life_ms).value(duplicate_lines).count(ends.length);
    for (const { time, serial } of ends) to.value(time).count(serial);
    to.count(records.length);
    for (const record of records) writeRecord(record, to);
  },

  read(from) {
    const unit: Unit = {
      life_ms: from.value() as number,
      duplicate_lines: from.value() as number,
      ends: timesOf(from.count(), () => ({ time: from.value() as number, serial: from.count() })),
      records: [],
      number: NOT_LOGGED,
    };
    unit.records = timesOf(from.count(), () => readRecord(unit, from));
    if (unit.records.length === 0) throw new RangeError('a unit without an event');
    return unit;
  },
};

const writeRecord = (record: EventRecord, to: StateWriter): void => {
  const { credited, published } = record;
  to.count(KINDS.indexOf(record.kind)).count(record.serial).count(record.waits).count(record.version);
  to.text(record.user_id).text(record.source).string(record.event_id).value(record.event_version);
  to.value(record.time).text(record.merchant_id).value(record.item_id).value(record.order_id);
  to.value(record.amount_minor).text(record.currency).value(record.channel).value(record.withdrawn);
  to.value(credited !== null);
  if (credited !== null) writeCredited(credited, to);
  to.count(published.length);
  for (const fact of published) writeFact(fact, to);
};

const readRecord = (unit: Unit, from: StateReader): EventRecord => {
  const kind = KINDS[from.count()];
  if (kind === undefined) throw new RangeError('no kind of conversion has this number');
  const record: EventRecord = {
    unit,
    kind,
    serial: from.count(),
    waits: from.count(),
    version: from.count(),
    user_id: from.text(),
    source: from.text(),
    event_id: from.string(),
    event_version: from.value() as number,
    time: from.value() as number,
    merchant_id: from.text(),
    item_id: from.value() as string | null,
    order_id: from.value() as string | null,
    amount_minor: from.value() as number,
    currency: from.text(),
    channel: from.value() as EventRecord['channel'],
    withdrawn: from.value() as boolean,
    credited: null,
    published: [],
  };
  if (from.value() as boolean) record.credited = readCredited(record, from);
  record.published = timesOf(from.count(), () => readFact(record, from));
  return record;
};

const writeCredited = ({ serial, winner, candidates }: Credited, to: StateWriter): void => {
  to.count(serial).count(winner === null ? 0 : 1);
  if (winner !== null) writeCandidate(winner, to);
  to.count(candidates.length);
  for (const candidate of candidates) writeCandidate(candidate, to);
};

const readCredited = (record: EventRecord, from: StateReader): Credited => {
  const serial = from.count();
  const winner = from.count() === 0 ? null : readCandidate(from);
  const candidates = timesOf(from.count(), () => readCandidate(from));
  return { record, serial, winner, candidates };
};

const writeCandidate = ({ touch, time, source, event_id, campaign_id, ad_id }: Candidate, to: StateWriter): void => {
  to.text(touch).value(time).text(source).text(event_id).text(campaign_id).text(ad_id);
};

const readCandidate = (from: StateReader): Candidate => ({
  touch: from.text() as Candidate['touch'],
  time: from.value() as number,
  source: from.text(),
  event_id: from.text(),
  campaign_id: from.text(),
  ad_id: from.text(),
});

/** Without what its record says as well. */
const writeFact = (fact: Fact, to: StateWriter): void => {
  to.value(fact.ingest_time).value(fact.campaign_id).value(fact.ad_id).value(fact.amount_minor).value(fact.original_minor);
  to.value(fact.rate_id).value(fact.attribution).text(fact.model).value(fact.credit_micro).value(fact.order_time);
  to.value(fact.click_source).value(fact.click_id).value(fact.click_time).value(fact.orphan).count(fact.version);
};

/** Fields in the order in which `FactWriter` names them: it is that of the row's bytes. */
const readFact = (record: EventRecord, from: StateReader): Fact => ({
  kind: record.kind,
  sign: 1,
  source: record.source,
  event_id: record.event_id,
  user_id: record.user_id,
  event_time: record.time,
  ingest_time: from.value() as number,
  merchant_id: record.merchant_id,
  campaign_id: from.value() as string | null,
  ad_id: from.value() as string | null,
  item_id: record.item_id,
  amount_minor: from.value() as number,
  original_minor: from.value() as number,
  currency: record.currency,
  rate_id: from.value() as string | null,
  uv: 0,
  attribution: from.value() as Attribution | null,
  model: from.text(),
  credit_micro: from.value() as number,
  order_time: from.value() as number | null,
  order_id: record.order_id,
  channel: record.channel,
  click_source: from.value() as string | null,
  click_id: from.value() as string | null,
  click_time: from.value() as number | null,
  orphan: from.value() as boolean,
  version: from.count(),
});

const timesOf = <Thing>(count: number, make: () => Thing): Thing[] => {
  const things: Thing[] = [];
  for (let left = count; left > 0; left--) things.push(make());
  return things;
};
