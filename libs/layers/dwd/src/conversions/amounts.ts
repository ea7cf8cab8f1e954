import type { RateTable } from '@millrace/ads';
import { toBase } from '@millrace/ads';
import type { EventRecord, Life } from './unit';

/** What counts of an event's amount. */
export interface Counted {
  /** Base currency, minor units. */
  readonly amount_minor: number;
  /** The same in the event's own currency. */
  readonly original_minor: number;
  readonly rate_id: string | null;
  /** Of a refund: the part that no payment covers (R10), in its own currency. */
  readonly excess_minor: number;
}

/** R11: an amount at the rate of its own time. */
export const wholeAmount = (record: EventRecord, rates: RateTable): Counted => {
  const rate = rates.rateAt(record.currency, record.time);
  return { amount_minor: toBase(record.amount_minor, rate), original_minor: record.amount_minor, rate_id: rate?.id ?? null, excess_minor: 0 };
};

const NONE: ReadonlyMap<EventRecord, Counted> = new Map();

/**
 * R10, R11: the refunds of a life, in the order of events, use up its payments of the same currency, in the order of
 * events, whatever their times. Each part has the rate of its payment, and the parts of a payment are rounded so that they
 * sum to the payment: a line that is refunded in full comes to exactly 0.
 */
export const coveredRefunds = (life: Life, rates: RateTable): ReadonlyMap<EventRecord, Counted> => {
  if (!life.records.some(({ kind }) => kind === 'refund')) return NONE;
  const payments = life.records.filter(({ kind, withdrawn }) => kind === 'payment' && !withdrawn).map((payment) => ({ payment, rate: rates.rateAt(payment.currency, payment.time), used: 0 }));
  const covered = new Map<EventRecord, Counted>();
  for (const record of life.records) {
    if (record.kind !== 'refund') continue;
    let rest = record.amount_minor;
    let amount_minor = 0;
    const rate_ids: string[] = [];
    for (const source of payments) {
      const part = Math.min(rest, source.payment.amount_minor - source.used);
      if (part <= 0 || source.payment.currency !== record.currency) continue;
      amount_minor += toBase(source.used + part, source.rate) - toBase(source.used, source.rate);
      source.used += part;
      rest -= part;
      if (source.rate !== null && !rate_ids.includes(source.rate.id)) rate_ids.push(source.rate.id);
    }
    const rate_id = rate_ids.length === 0 ? null : rate_ids.join('+');
    covered.set(record, { amount_minor, original_minor: record.amount_minor - rest, rate_id, excess_minor: rest });
  }
  return covered;
};
