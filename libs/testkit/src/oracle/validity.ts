import type { Calendar } from './calendar';
import type { OracleEvent } from './event';
import { byOrderOfEvents, groupBy, keyOf } from './event';
import type { OracleOptions } from './options';
import { optionsOn } from './options';

export interface Valid {
  readonly exposures: readonly OracleEvent[];
  /** In the order of events. */
  readonly clicks: readonly OracleEvent[];
  readonly repeated: number;
  readonly invalidated: number;
}

/** R12, then R8: an invalidated click never was, so it makes no other click a repeated one. */
export function validOf(events: readonly OracleEvent[], day: Calendar, options: OracleOptions): Valid {
  // D3. Choice: whether a click or exposure counts follows the rules of its own day.
  const rulesOf = (e: OracleEvent) => optionsOn(day(e.event_time), options);
  const identity = (e: OracleEvent) => keyOf(e.user_id, e.type, e.source, e.event_id);
  const invalidations = groupBy(
    events.filter((e) => e.type === 'invalidate'),
    (e) => [e.user_id, e.target_type, e.target_source, e.target_id],
  );
  // Choice: dated before its target, an invalidation counts; I bounds only how long after it.
  const survives = (e: OracleEvent): boolean =>
    !(invalidations.get(identity(e)) ?? []).some((i) => i.event_time - e.event_time <= rulesOf(e).invalidation_ms);

  const shown = events.filter((e) => e.type === 'exposure');
  const clicked = events.filter((e) => e.type === 'click');
  const exposures = shown.filter(survives);
  const surviving = clicked.filter(survives).sort(byOrderOfEvents);

  const clicks: OracleEvent[] = [];
  for (const onOneAd of groupBy(surviving, (e) => [e.user_id, e.ad_id]).values()) {
    onOneAd.forEach((click, i) => {
      // Only the click just before it matters: whether that one is repeated too makes no difference.
      const { repeat_within_ms } = rulesOf(click);
      const before = repeat_within_ms > 0 ? onOneAd[i - 1] : undefined;
      if (before === undefined || click.event_time - before.event_time > repeat_within_ms) clicks.push(click);
    });
  }
  return {
    exposures,
    clicks: clicks.sort(byOrderOfEvents),
    repeated: surviving.length - clicks.length,
    invalidated: shown.length - exposures.length + clicked.length - surviving.length,
  };
}
