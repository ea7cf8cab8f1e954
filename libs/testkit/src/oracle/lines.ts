import type { OracleEvent } from './event';
import { byOrderOfEvents, groupBy } from './event';
import { rateOf, toBase } from './money';
import type { OracleOptions } from './options';

/** R1: the events of one order line. */
export interface Line {
  /** The order that stands; null: none is in the set, so the others are credited by themselves (R9). */
  readonly order: OracleEvent | null;
  readonly duplicateOrders: number;
  readonly payments: readonly Counted[];
  readonly refunds: readonly Counted[];
  /** The event by which the line counts as cancelled and not paid at all (R10). */
  readonly cancel: OracleEvent | null;
}

/** An event with what it counts in the base currency; `excess`: the part of a refund that no payment covers, in its own. */
export interface Counted {
  readonly event: OracleEvent;
  readonly amount: number;
  readonly excess: number;
}

// Choice: whose order id it is matters, so two users never share a line.
export const linesOf = (events: readonly OracleEvent[], options: OracleOptions): readonly Line[] =>
  [...groupBy(events.filter(isOfLine), (e) => [e.user_id, e.order_id, e.item_id]).values()]
    .flatMap((line) => livesOf(line.sort(byOrderOfEvents), options))
    .map((life) => {
      const [order = null, ...others] = life.filter((e) => e.type === 'order');
      const payments = life.filter((e) => e.type === 'payment');
      const refunds = life.filter((e) => e.type === 'refund');
      // Choice: of several cancels the first in the order of events names the merchant.
      const [cancel = null] = life.filter((e) => e.type === 'cancel');
      return {
        order,
        duplicateOrders: others.length,
        payments: payments.map((event) => ({
          event,
          amount: toBase(event.amount_minor ?? 0, rateOf(event, options)),
          excess: 0,
        })),
        refunds: capped(refunds, payments, options),
        cancel: order !== null && payments.length === 0 ? cancel : null,
      };
    });

/**
 * R6: a line lives for L. Choice: from its first event on, inclusive; a later event of the same name begins another line,
 * which knows nothing of the first. So what is forgotten is decided by the events, not by when they came.
 */
function livesOf(inOrder: readonly OracleEvent[], { line_life_ms }: OracleOptions): OracleEvent[][] {
  const lives: OracleEvent[][] = [];
  for (const e of inOrder) {
    const current = lives.at(-1);
    const first = current?.[0];
    if (current === undefined || first === undefined || e.event_time > first.event_time + line_life_ms) lives.push([e]);
    else current.push(e);
  }
  return lives;
}

const isOfLine = (e: OracleEvent): boolean =>
  e.type === 'order' || e.type === 'payment' || e.type === 'refund' || e.type === 'cancel';

/**
 * R10 and R11. Refunds in order use up the payments in order, whatever their times. Choices: a refund is covered by
 * payments of its own currency; each part takes the rate of the payment it uses up, and parts of one payment are rounded
 * so that they sum to the payment's base amount, so a line that is refunded in full nets to exactly 0.
 */
function capped(refunds: readonly OracleEvent[], payments: readonly OracleEvent[], options: OracleOptions): readonly Counted[] {
  const used = payments.map(() => 0);
  const currency = (e: OracleEvent) => e.currency ?? options.base_currency;
  return refunds.map((event) => {
    let rest = event.amount_minor ?? 0;
    let amount = 0;
    payments.forEach((payment, i) => {
      if (currency(payment) !== currency(event)) return;
      const before = used[i] ?? 0;
      const part = Math.min(rest, (payment.amount_minor ?? 0) - before);
      const rate = rateOf(payment, options);
      amount += toBase(before + part, rate) - toBase(before, rate);
      used[i] = before + part;
      rest -= part;
    });
    return { event, amount, excess: rest };
  });
}
