import type { Calendar } from './calendar';
import type { Credit } from './credit';
import { creditsOf } from './credit';
import type { OracleEvent } from './event';
import { groupBy, keyOf } from './event';
import type { Counted, Line } from './lines';
import { linesOf } from './lines';
import { rateOf, toBase } from './money';
import type { OracleOptions } from './options';

/** An effect with its credit. */
export interface Conversion {
  /** `cancel`: a line that counts as cancelled and not paid at all. */
  readonly kind: 'message' | 'order' | 'payment' | 'refund' | 'cancel';
  readonly event: OracleEvent;
  readonly credits: readonly Credit[];
  /** Base currency, minor units, after the cap. */
  readonly amount: number;
  /** When order-day metrics book it: the standing order's time, or its own without an order. */
  readonly order_time: number;
  readonly orphan: boolean;
  readonly excess: number;
}

export function conversionsOf(
  events: readonly OracleEvent[],
  clicks: readonly OracleEvent[],
  day: Calendar,
  options: OracleOptions,
) {
  const clicksOf = groupBy(clicks, (click) => [click.user_id]);
  const credit = (v: OracleEvent) => creditsOf(v, clicksOf.get(keyOf(v.user_id)) ?? [], day, options);

  const messages = events
    .filter((e) => e.type === 'message')
    .map((event): Conversion => ({ kind: 'message', event, credits: credit(event), ...own(event), amount: 0 }));

  const ofLine = ({ order, payments, refunds, cancel }: Line): Conversion[] => {
    // R9: everything of a line carries the credit of its order, computed once, at the order's time and for its merchant.
    const inherited = order === null ? null : { credits: credit(order), order_time: order.event_time, orphan: false };
    const effect = (kind: Conversion['kind'], { event, amount, excess }: Counted): Conversion => ({
      kind,
      event,
      amount,
      excess,
      ...(inherited ?? { credits: credit(event), order_time: event.event_time, orphan: true }),
    });
    const whole = (event: OracleEvent): Counted => ({
      event,
      amount: toBase(event.amount_minor ?? 0, rateOf(event, options)),
      excess: 0,
    });
    return [
      ...(order === null ? [] : [effect('order', whole(order))]),
      ...(cancel === null ? [] : [effect('cancel', { event: cancel, amount: 0, excess: 0 })]),
      ...payments.map((payment) => effect('payment', payment)),
      ...refunds.map((refund) => effect('refund', refund)),
    ];
  };
  const lines = linesOf(events, options);
  return { conversions: [...messages, ...lines.flatMap(ofLine)], lines };
}

const own = (event: OracleEvent) => ({ order_time: event.event_time, orphan: false, excess: 0 });
