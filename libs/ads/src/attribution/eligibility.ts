import type { DatedRules } from '../rules';

/** The calendar of the business zone, as far as attribution needs it. */
export interface Calendar {
  /** Local calendar date of an instant, days since 1970-01-01. */
  dayOf(time_ms: number): number;
}

export type Touch = 'direct' | 'indirect';

const DAY_MS = 86_400_000;

/**
 * R3: what a click of the same user and merchant is to a conversion. `null`: it can win nothing.
 * Items are compared as whatever identifies them (a name or an interned number); `none` stands for a missing item.
 */
export const touchOf = <Item>(
  click: { readonly time: number; readonly item: Item },
  conversion: { readonly time: number; readonly item: Item },
  none: Item,
  rules: DatedRules,
  calendar: Calendar,
): Touch | null => {
  if (click.time > conversion.time) return null;
  if (click.item !== none && click.item === conversion.item && calendar.dayOf(click.time) === calendar.dayOf(conversion.time)) return 'direct';
  return withinWindow(click.time, conversion.time, rules, calendar) ? 'indirect' : null;
};

/** The second half of R3: inclusive, rolling milliseconds, or whole calendar days where the rules say so. */
export const withinWindow = (click_time: number, conversion_time: number, rules: DatedRules, calendar: Calendar): boolean =>
  rules.window_mode === 'rolling'
    ? conversion_time - click_time <= rules.window_ms
    : calendar.dayOf(conversion_time) - calendar.dayOf(click_time) <= rules.window_ms / DAY_MS;
