import { type Fact, type Late, RuleBook, type Rules } from '@millrace/ads';
import type { OracleEvent } from '../oracle';
import { calendar } from '../oracle/calendar';
import { keyOf } from '../oracle/event';

const DAY_MS = 86_400_000;

/** What must be worked out again, as one who reads the late lane beside ODS would find it. */
export interface Listed {
  event(event: OracleEvent): boolean;
  fact(fact: Fact): boolean;
}

/**
 * R7. A row of the late lane names a user and a day. The user's clicks and exposures of that day are counted again; and what
 * was converted there, in any version of an event, is credited again as a whole: a message, an order line with all its events. An invalidation that waited in vain
 * names its target, which ODS has: so it stands for the target's day, and for those within reach of a click.
 */
export function listedBy(late: readonly Late[], log: readonly OracleEvent[], rules: Rules): Listed {
  const { zone } = rules;
  const window_ms = new RuleBook(rules).longest.window_ms;
  const dayName = calendar(zone);
  const days = new Set(late.map(({ user_id, day }) => keyOf(user_id, new Date(day * DAY_MS).toISOString().slice(0, 10))));
  const invalidations = new Set(
    late
      .filter(({ reason }) => reason === 'invalidation_without_target')
      .map((row) => keyOf(row.user_id, row.source, row.event_id)),
  );
  for (const invalidation of log) {
    if (invalidation.type !== 'invalidate' || !invalidations.has(identityOf(invalidation).invalidation)) continue;
    const { user_id, target_type, target_source, target_id } = invalidation;
    const isTarget = (e: OracleEvent): boolean =>
      e.type === target_type && e.user_id === user_id && e.source === target_source && e.event_id === target_id;
    for (const { event_time } of log.filter(isTarget)) {
      for (let t = event_time; t < event_time + window_ms + 2 * DAY_MS; t += DAY_MS / 2) days.add(keyOf(user_id, dayName(t)));
    }
  }
  const isListed = ({ user_id, event_time }: Identified): boolean => days.has(keyOf(user_id, dayName(event_time)));
  const units = new Set(log.filter(isListed).map((event) => identityOf(event).unit));
  const event = (e: Identified): boolean =>
    e.type === 'click' || e.type === 'exposure' ? isListed(e) : units.has(identityOf(e).unit);
  return { event, fact: ({ kind, ...fact }) => event({ type: kind, ...fact }) };
}

type Identified = Pick<OracleEvent, 'type' | 'user_id' | 'source' | 'event_id' | 'order_id' | 'item_id' | 'event_time'>;

const identityOf = ({ type, user_id, source, event_id, order_id, item_id }: Omit<Identified, 'event_time'>) => ({
  unit: (order_id ?? null) === null ? keyOf(type, user_id, source, event_id) : keyOf('line', user_id, order_id, item_id),
  invalidation: keyOf(user_id, source, event_id),
});
