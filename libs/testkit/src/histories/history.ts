import fc from 'fast-check';
import type { OracleEvent } from '../oracle';
import { drawsArbitrary } from './draws';
import { eventsOf } from './events';
import type { HistoryOptions } from './options';
import { HISTORY_DEFAULTS } from './options';
import { boundarySteps } from './steps';

export interface Delivered {
  readonly event: OracleEvent;
  /** When it arrives: the time ODS receives it. */
  readonly deliver_ms: number;
}

/** What happened, in log order. */
export type History = readonly Delivered[];

/**
 * Adversarial histories: few users, merchants and items, times at every boundary of the rules, any order of arrival that
 * the longest delay allows. Within B, no event is late when it arrives: whatever came before it happened at most B later.
 */
export function histories(options: Partial<HistoryOptions> = {}): fc.Arbitrary<History> {
  const all = { ...HISTORY_DEFAULTS, ...options };
  const steps = boundarySteps(all.rules);
  const longest = all.delay_in_lateness * all.rules.lateness_ms;
  return drawsArbitrary(all, steps.length).map((draws) =>
    inLogOrder(
      eventsOf(draws, steps, all).flatMap(({ event, delays }) =>
        delays.map((delay) => ({ event, deliver_ms: event.event_time + Math.floor((delay * longest) / 1000) })),
      ),
    ),
  );
}

/** The same deliveries in another order of arrival, every delay drawn anew up to `lateness_ms`. */
export const rearranged = (history: History, lateness_ms: number): fc.Arbitrary<History> =>
  fc
    .array(fc.oneof(fc.constantFrom(0, lateness_ms), fc.nat({ max: lateness_ms })), {
      minLength: history.length,
      maxLength: history.length,
    })
    .map((delays) => inLogOrder(history.map(({ event }, i) => ({ event, deliver_ms: event.event_time + (delays[i] ?? 0) }))));

/** By arrival; what arrives in the same ms keeps its order. */
const inLogOrder = (deliveries: readonly Delivered[]): History => deliveries.toSorted((a, b) => a.deliver_ms - b.deliver_ms);

/** A history as a test vector: one line per delivery, with how late it came. */
export const asVector = (history: History): string =>
  history
    .map(
      ({ event: { event_time, ...rest }, deliver_ms }) =>
        `${new Date(event_time).toISOString()} +${deliver_ms - event_time} ms ${JSON.stringify(rest)}`,
    )
    .join('\n');
