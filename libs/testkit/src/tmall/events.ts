import { readCsv } from '../data';
import type { OracleEvent } from '../oracle';

type Row = Readonly<Record<string, string>>;

const FILE = 'tmall_user_log_62users.csv.gz';
const MORNING_MS = 8 * 3_600_000;
const EVENING_MS = 20 * 3_600_000;

/**
 * The Tmall log in file order, in the wire format of source `events`. What the log lacks is assigned as its README says:
 * clock times by a row's position within its user's day and class, amounts from the item. Ours: a campaign per seller,
 * and an order of its own for each purchase.
 */
export function tmallEvents(): OracleEvent[] {
  const positions = new Map<string, number>();
  return readCsv(FILE).flatMap((row): OracleEvent[] => {
    const bought = row['action'] === '2';
    const place = `${row['user_id']}-${row['month']}${row['day']}-${bought ? 'buy' : 'see'}`;
    const position = positions.get(place) ?? 0;
    positions.set(place, position + 1);
    return eventsOf(row, `${place}-${position}`, timeOf(row, bought ? EVENING_MS : MORNING_MS) + position * 1_000);
  });
}

function eventsOf(row: Row, id: string, event_time: number): OracleEvent[] {
  const { user_id = '', merchant_id = '', item_id = '' } = row;
  const event = { source: 'tmall', event_id: id, event_time, user_id, merchant_id, item_id };
  switch (row['action']) {
    case '0':
      return [{ type: 'click', ...event, ad_id: item_id, campaign_id: `c-${merchant_id}`, cost_minor: 0 }];
    case '3':
      return [{ type: 'message', ...event, channel: 'public' }];
    case '2': {
      const line = { order_id: id, amount_minor: 100 + ((Number(item_id) * 7919) % 99_900) };
      return [
        { type: 'order', ...event, ...line },
        { type: 'payment', ...event, ...line },
      ];
    }
    default:
      return [];
  }
}

/** Shanghai has kept UTC+8 all through 2014. */
const timeOf = (row: Row, sinceMidnight: number): number =>
  Date.UTC(2014, Number(row['month']) - 1, Number(row['day'])) - 8 * 3_600_000 + sinceMidnight;
