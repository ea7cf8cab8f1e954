import { GRAINS } from '@millrace/ads';
import type { Calendar } from './calendar';
import type { Conversion } from './conversions';
import type { Attribution, Credit } from './credit';
import type { OracleEvent } from './event';
import { apportion } from './models';
import { rateOf, toBase } from './money';
import type { OracleOptions } from './options';
import type { Valid } from './validity';

/**
 * R13, R15, R16. `grain|path…|window|start|metric[|attribution]` → value; a number that is 0 has no cell. `day` rows start
 * with the local date; `click_day` rows are those of the other date basis, effects on the day of the credited click;
 * minutes and hours start with ms UTC.
 */
export type Cells = ReadonlyMap<string, number>;

export function cellsOf(
  valid: Pick<Valid, 'exposures' | 'clicks'>,
  conversions: readonly Conversion[],
  day: Calendar,
  options: OracleOptions,
): Cells {
  const cells = new Map<string, number>();
  const counted = new Set<string>();
  const add = (cell: string, value: number) => cells.set(cell, (cells.get(cell) ?? 0) + value);

  const book = (keys: Keys, t: number, metric: string, value: number) => {
    for (const { row, windows } of rowsOf(keys)) {
      add(`${row}|day|${day(t)}|${metric}`, value);
      if (!options.fine_windows) continue;
      if (windows.includes('minute')) add(`${row}|minute|${t - modulo(t, 60_000)}|${metric}`, value);
      // Choice: hours are UTC hours; a zone half an hour off is served from minutes.
      if (windows.includes('hour')) add(`${row}|hour|${t - modulo(t, 3_600_000)}|${metric}`, value);
    }
  };
  const countUser = (e: OracleEvent, metric: string) => {
    for (const { row } of rowsOf(e)) {
      const cell = `${row}|day|${day(e.event_time)}|${metric}`;
      const user = `${cell}|${e.user_id}`;
      if (!counted.has(user)) add(cell, 1);
      counted.add(user);
    }
  };

  for (const e of valid.exposures) {
    book(e, e.event_time, 'exposures', 1);
    book(e, e.event_time, 'cost', toBase(e.cost_minor ?? 0, rateOf(e, options)));
    countUser(e, 'exposure_uv');
  }
  for (const e of valid.clicks) {
    book(e, e.event_time, 'clicks', 1);
    book(e, e.event_time, 'cost', toBase(e.cost_minor ?? 0, rateOf(e, options)));
    countUser(e, 'click_uv');
  }
  for (const v of conversions) {
    for (const { credit, amount } of sharesOf(v)) {
      const share = options.model === 'last' ? 1 : credit.micro;
      const keys = effectKeys(v.event, credit);
      for (const { metric, value, t } of termsOf(v, share, amount)) {
        book(keys, t, `${metric}|${credit.attribution}`, value);
        // Choice: on the click-day basis every term of an effect lies on the click's day, and organic effects have no such day.
        if (credit.click === null) continue;
        for (const { row } of rowsOf(keys))
          add(`${row}|click_day|${day(credit.click.event_time)}|${metric}|${credit.attribution}`, value);
      }
    }
  }
  for (const [cell, value] of cells) if (value === 0) cells.delete(cell);
  return cells;
}

/** Choice: a model that splits a conversion splits its amount by largest remainder, so the shares sum to the amount. */
function sharesOf({ credits, amount }: Conversion): { credit: Credit; amount: number }[] {
  const amounts = apportion(
    amount,
    credits.map((credit) => credit.micro),
  );
  return credits.map((credit, i) => ({ credit, amount: amounts[i] ?? 0 }));
}

interface Amount {
  readonly metric: string;
  readonly value: number;
  readonly t: number;
}

/** R10, R16: what one effect adds, and when. */
function termsOf({ kind, event, order_time }: Conversion, share: number, amount: number): readonly Amount[] {
  const t = event.event_time;
  switch (kind) {
    case 'message':
      return [
        { metric: 'messages', value: share, t },
        ...(event.channel === 'private' ? [{ metric: 'private_messages', value: share, t }] : []),
      ];
    case 'order':
      return [
        { metric: 'orders', value: share, t },
        { metric: 'net_orders', value: share, t },
      ];
    case 'cancel':
      return [{ metric: 'net_orders', value: -share, t: order_time }];
    case 'payment':
      return [
        { metric: 'payments', value: share, t },
        { metric: 'gmv', value: amount, t },
        { metric: 'net_gmv', value: amount, t },
        { metric: 'net_gmv_by_order_day', value: amount, t: order_time },
      ];
    case 'refund':
      return [
        { metric: 'refund_amount', value: amount, t },
        { metric: 'net_gmv', value: -amount, t },
        { metric: 'net_gmv_by_order_day', value: -amount, t: order_time },
      ];
  }
}

interface Keys {
  readonly merchant_id?: string | null;
  readonly campaign_id?: string | null;
  readonly ad_id?: string | null;
  readonly item_id?: string | null;
}

/** R16: campaign and ad are the credited click's; merchant and item are what the event itself names. */
const effectKeys = (v: OracleEvent, { click }: { click: OracleEvent | null; attribution: Attribution }): Keys => ({
  merchant_id: v.merchant_id,
  campaign_id: click?.campaign_id,
  ad_id: click?.ad_id,
  item_id: v.item_id,
});

/** The rows an event belongs to: one in every grain of whose path it has all fields. */
const rowsOf = (keys: Keys) =>
  GRAINS.flatMap(({ name, path, windows }) => {
    const parts = path.map((field) => keys[field] ?? null);
    return parts.includes(null) ? [] : [{ row: [name, ...parts].join('|'), windows }];
  });

const modulo = (t: number, by: number): number => ((t % by) + by) % by;
