import type { OracleEvent } from '../oracle';
import { groupBy } from '../oracle/event';
import type { Draw, VersionDraw } from './draws';
import type { HistoryOptions } from './options';
import type { Step } from './steps';
import { idAt, MERCHANTS, ORDERS, SOURCES, USERS } from './world';

/** An event with the delays of its deliveries, in parts of the longest. */
export interface Sent {
  readonly event: OracleEvent;
  readonly delays: readonly number[];
}

/** Length of the world, and where in it a history begins. */
const WORLD = 60 * 86_400_000;
const MIDDLE = 20 * 86_400_000;

/** Turns draws into events, each near an earlier one if it says so. */
export function eventsOf(draws: readonly Draw[], steps: readonly Step[], options: HistoryOptions): Sent[] {
  const made: OracleEvent[] = [];
  const positions = new Map<string, number>();
  const sent = draws.flatMap((draw): Sent[] => {
    const near = nearOf(draw, made);
    const user_id = near?.user_id ?? USERS[draw.user] ?? 'u1';
    const source = SOURCES[draw.source] ?? 's1';
    const place = `${draw.type} ${source} ${user_id}`;
    const position = positions.get(place) ?? 0;
    const identity = { type: draw.type, source, event_id: idAt(position), user_id };
    const event_time = timeOf(draw, near, steps, options);

    const target = draw.type === 'invalidate' && !draw.unknown ? targetOf(near) : undefined;
    if (target === null) return [];
    positions.set(place, position + 1);
    const event: OracleEvent = { ...identity, event_time, ...currencyOf(draw, near, options), ...fieldsOf(draw, near, target) };
    made.push(event);
    return [{ event, delays: draw.delays }, ...versionsOf(draw, event, options)];
  });
  return options.moves_across_lives ? sent : withoutMovesAcrossLives(sent, options);
}

/** An invalidation looks for an ad's event, whatever lies between. */
function nearOf({ back, type }: Draw, made: readonly OracleEvent[]): OracleEvent | undefined {
  if (back === 0) return undefined;
  return (type === 'invalidate' ? made.filter(isOfAd) : made.filter((e) => e.type !== 'invalidate')).at(-back);
}

function timeOf(
  { type, step, contrary }: Draw,
  near: OracleEvent | undefined,
  steps: readonly Step[],
  { around_ms }: HistoryOptions,
): number {
  const from = near?.event_time ?? around_ms + MIDDLE;
  const leadsTo = near !== undefined && isOfAd({ type }) && !isOfAd(near);
  // The stream keeps the invalidation of an exposure that has not come for B only.
  const backwards = type === 'invalidate' && near?.type === 'exposure' ? false : leadsTo !== contrary;
  const t = steps[step]?.(from, backwards ? -1 : 1) ?? from;
  // Steps upon steps must not lead out of the world.
  return t >= around_ms && t < around_ms + WORLD ? t : from;
}

const isOfAd = ({ type }: Pick<OracleEvent, 'type'>): boolean => type === 'click' || type === 'exposure';

/** Undefined: an id that never was. Null: nothing to take back. */
const targetOf = (near: OracleEvent | undefined): OracleEvent | null | undefined =>
  near?.type === 'click' || near?.type === 'exposure' ? near : null;

function fieldsOf(draw: Draw, near: OracleEvent | undefined, target: OracleEvent | undefined): Partial<OracleEvent> {
  const own = MERCHANTS.find((m) => m.merchant_id === near?.merchant_id) ?? MERCHANTS[draw.merchant] ?? MERCHANTS[0];
  const other = MERCHANTS.find((m) => m !== own) ?? own;
  const item_id = own.items[draw.item];
  const merchant_id = draw.slip ? other.merchant_id : own.merchant_id;
  switch (draw.type) {
    case 'exposure':
    case 'click':
      return { merchant_id: own.merchant_id, ...own.ads[draw.ad], cost_minor: draw.amount };
    case 'message':
      return { merchant_id, ...(draw.ad === 2 ? {} : { item_id }), channel: draw.channel };
    case 'order':
    case 'payment':
    case 'refund':
      return { ...lineOf(draw, near, merchant_id, item_id), amount_minor: draw.amount };
    case 'cancel':
      return lineOf(draw, near, merchant_id, item_id);
    case 'invalidate':
      return invalidationOf(target);
  }
}

function currencyOf({ foreign, type }: Draw, near: OracleEvent | undefined, { rules }: HistoryOptions): Partial<OracleEvent> {
  const [rate] = rules.rates;
  if (rate === undefined || type === 'invalidate') return {};
  return (near === undefined ? foreign : near.currency !== undefined) ? { currency: rate.currency } : {};
}

/** Mostly the line of the event nearby. */
const lineOf = (draw: Draw, near: OracleEvent | undefined, merchant_id: string, item_id: string | undefined) => ({
  merchant_id,
  order_id: near?.order_id ?? ORDERS[draw.order] ?? 'o1',
  item_id: near?.order_id && draw.order === 0 ? near.item_id : item_id,
});

function invalidationOf(target: OracleEvent | undefined): Partial<OracleEvent> {
  if (target === undefined) return { target_type: 'click', target_source: 's1', target_id: 'nothing' };
  const named = { target_source: target.source, target_id: target.event_id };
  if (target.type === 'click') return { target_type: 'click', ...named };
  const { ad_id, campaign_id, merchant_id, item_id, cost_minor, event_time: target_time } = target;
  return { target_type: 'exposure', ...named, ad_id, campaign_id, merchant_id, item_id, cost_minor, target_time };
}

/** Other versions of an event, at most B away in time: identities are kept only so long. */
function versionsOf({ versions, slip }: Draw, event: OracleEvent, { conflicts, rules: { lateness_ms } }: HistoryOptions): Sent[] {
  if (event.type === 'invalidate') return [];
  if (event.type === 'exposure' && !conflicts) return [];
  const shifts = [0, 0, 0, 1, -1, Math.floor(lateness_ms / 2), -Math.floor(lateness_ms / 2)];
  return versions.map((version, i) => ({
    event: {
      ...event,
      event_version: conflicts && slip ? 1 : i + 2,
      event_time: event.event_time + (shifts[version.shift] ?? 0),
      ...changeOf(version, event),
    },
    delays: version.delays,
  }));
}

function changeOf({ amount, ad }: VersionDraw, event: OracleEvent): Partial<OracleEvent> {
  if (event.type === 'message') return { channel: 'private' };
  if (event.type !== 'click') return event.type === 'cancel' ? {} : { amount_minor: amount };
  return { ...MERCHANTS.find((m) => m.merchant_id === event.merchant_id)?.ads[ad], cost_minor: amount };
}

/**
 * A version with another time may take an event of a line out of its life (L), or cut that life elsewhere. Then what had
 * inherited is credited by itself long after its clicks were forgotten, which is the late lane's affair.
 */
function withoutMovesAcrossLives(sent: readonly Sent[], { rules: { line_life_ms, lateness_ms } }: HistoryOptions): Sent[] {
  const moved = new Set<Sent>();
  const isOfLine = ({ event }: Sent): boolean => event.order_id !== undefined;
  for (const line of groupBy(sent.filter(isOfLine), ({ event: e }) => [e.user_id, e.order_id, e.item_id]).values()) {
    for (const one of line) {
      const ages = line.map(({ event }) => Math.abs(event.event_time - one.event.event_time));
      if (ages.some((age) => Math.abs(age - line_life_ms) <= 2 * lateness_ms)) moved.add(one);
    }
  }
  return sent.filter((one) => !moved.has(one) || one.event.event_version === undefined);
}
