import type { Fact } from '@millrace/ads';
import { LAST_TOUCH, SHARED_MODELS, WHOLE_CREDIT, apportion, sharesOf } from '@millrace/ads';
import type { Output } from '@millrace/stream';
import type { Candidate } from '../clicks/attribution';
import type { Emitter } from '../emitter';
import type { Policy } from '../policy';
import type { Counted } from './amounts';
import type { Credited, EventRecord } from './unit';

/** Turns credited events into facts, and the difference between two states of an event into signed rows (design, idea 1). */
export class FactWriter {
  constructor(
    private readonly emitter: Emitter,
    private readonly policy: Policy,
  ) {}

  /** Whether clicks that do not win matter to a conversion of this time too: some model shares its credit (R4). */
  shares(time_ms: number): boolean {
    return this.policy.at(time_ms).models.length > 0;
  }

  /** The facts of an event as they should stand: one of the default model, and the shares of the others. */
  factsOf(record: EventRecord, credited: Credited, order: EventRecord | null, counted: Counted): Fact[] {
    const facts = [this.factOf(record, credited.winner, order, LAST_TOUCH, WHOLE_CREDIT, counted)];
    const { models } = this.policy.at(credited.record.time);
    if (models.length === 0) return facts;
    const { candidates } = credited;
    for (const model of SHARED_MODELS) {
      if (!models.includes(model.name)) continue;
      if (candidates.length === 0) {
        facts.push(this.factOf(record, null, order, model.name, WHOLE_CREDIT, counted));
        continue;
      }
      const shares = sharesOf(
        model,
        candidates.map((candidate) => credited.record.time - candidate.time),
      );
      const amounts = apportion(counted.amount_minor, shares);
      const originals = apportion(counted.original_minor, shares);
      candidates.forEach((candidate, i) => {
        const share = shares[i] ?? 0;
        const part = { ...counted, amount_minor: amounts[i] ?? 0, original_minor: originals[i] ?? 0 };
        if (share > 0) facts.push(this.factOf(record, candidate, order, model.name, share, part));
      });
    }
    return facts;
  }

  /** Takes back what stands and puts what should, if they differ. */
  write(record: EventRecord, facts: readonly Fact[], out: Output): void {
    const before = record.published;
    if (before.length === facts.length && before.every((fact, i) => sameCredit(fact, facts[i]))) return;
    const { ingest_time } = this.emitter;
    for (const fact of before) this.emitter.fact({ ...fact, sign: -1, ingest_time }, out);
    if (before.length > 0) record.version++;
    if (before.length > 0 && facts.length > 0) this.emitter.counters.corrections++;
    const { version } = record;
    const published = version === 0 ? facts : facts.map((fact) => ({ ...fact, version }));
    for (const fact of published) this.emitter.fact(fact, out);
    record.published = published;
  }

  private factOf(record: EventRecord, click: Candidate | null, order: EventRecord | null, model: string, credit_micro: number, counted: Counted): Fact {
    return {
      kind: record.kind,
      sign: 1,
      source: record.source,
      event_id: record.event_id,
      user_id: record.user_id,
      event_time: record.time,
      ingest_time: this.emitter.ingest_time,
      merchant_id: record.merchant_id,
      campaign_id: click?.campaign_id ?? null,
      ad_id: click?.ad_id ?? null,
      item_id: record.item_id,
      amount_minor: counted.amount_minor,
      original_minor: counted.original_minor,
      currency: record.currency,
      rate_id: counted.rate_id,
      uv: 0,
      attribution: click?.touch ?? 'organic',
      model,
      credit_micro,
      order_time: record.kind === 'message' ? null : (order?.time ?? record.time),
      order_id: record.order_id,
      channel: record.channel,
      click_source: click?.source ?? null,
      click_id: click?.event_id ?? null,
      click_time: click?.time ?? null,
      orphan: record.kind !== 'message' && order === null,
      version: 0,
    };
  }
}

/** Of two facts of one event: whether they say the same. */
const sameCredit = (a: Fact, b: Fact | undefined): boolean =>
  b !== undefined &&
  a.amount_minor === b.amount_minor &&
  a.original_minor === b.original_minor &&
  a.rate_id === b.rate_id &&
  a.attribution === b.attribution &&
  a.click_id === b.click_id &&
  a.click_source === b.click_source &&
  a.click_time === b.click_time &&
  a.ad_id === b.ad_id &&
  a.campaign_id === b.campaign_id &&
  a.model === b.model &&
  a.credit_micro === b.credit_micro &&
  a.order_time === b.order_time &&
  a.orphan === b.orphan;
