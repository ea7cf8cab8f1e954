import type { Rate } from '../money/rates';
import { dayName } from '../time/civil';
import { formatDuration } from '../time/duration';
import { zoneOf } from '../time/zone';
import { RuleBook } from './rule-book';
import type { DatedRules, Rules } from './rules';

/** Room for the zone that once lived through a day twice: what whole local days add to a window. */
const CALENDAR_MS = 48 * 3_600_000;

/**
 * Why work that was done under `before` cannot go on under `after` (D3); null: it can. Rules may change from a day on that
 * lies ahead of the watermark, and, where periods grow by which state is kept, by that growth more: what a longer period
 * would need has been forgotten by then. The refusal says the earliest possible day. `watermark_ms` is the highest of any
 * partition that has worked under `before`; -Infinity: nothing was decided yet.
 */
export const refusalOfRules = (before: Rules, after: Rules, watermark_ms: number): string | null => {
  const undated = UNDATED.filter((name) => before[name] !== after[name]);
  if (undated.length > 0)
    return (
      undated.map((name) => `${NAMES[name]} was ${told(name, before[name])} and is ${told(name, after[name])}`).join(', ') +
      ': that holds for all days, also those that are decided, and can change only with all state made anew'
    );
  if (watermark_ms === -Infinity) return null;
  const kept_ms = keptFor(before, watermark_ms);
  const tooSoon = [...differentDays(before, after), ...differentRates(before, after)].filter(
    ({ from_ms, reach_ms }) => from_ms <= watermark_ms + growthOf(reach_ms, kept_ms),
  );
  if (tooSoon.length === 0) return null;
  const zone = zoneOf(after.zone);
  const from_ms = Math.min(...tooSoon.map((change) => change.from_ms));
  const growth_ms = Math.max(...tooSoon.map(({ reach_ms }) => growthOf(reach_ms, kept_ms)));
  const since = from_ms === -Infinity ? 'for all days' : `from ${dayName(zone.dayOf(from_ms))} on`;
  const grown = growth_ms > 0 ? `, and state for the ${formatDuration(growth_ms)} by which periods grow was not kept` : '';
  return (
    `they differ ${since}, but a part of ${dayName(zone.dayOf(watermark_ms))}, and all before it, is decided${grown}. ` +
    `The earliest day from which they may differ is ${dayName(zone.dayOf(watermark_ms + growth_ms) + 1)}`
  );
};

/** A time from which the rules differ, and how far back before it they look. */
interface Difference {
  readonly from_ms: number;
  readonly reach_ms: number;
}

/** What no day's change can carry. */
const UNDATED = ['zone', 'base_currency', 'lateness_ms', 'line_life_ms'] as const;
const NAMES: Readonly<Record<(typeof UNDATED)[number], string>> = {
  zone: 'zone',
  base_currency: 'base_currency',
  lateness_ms: 'lateness',
  line_life_ms: 'line_life',
};
const told = (name: (typeof UNDATED)[number], value: string | number): string =>
  name.endsWith('_ms') ? formatDuration(Number(value)) : String(value);

/** The days at whose start either rules change, where they then differ. */
const differentDays = (before: Rules, after: Rules): Difference[] => {
  const [old, young] = [new RuleBook(before), new RuleBook(after)];
  const days = new Set([...old.pages, ...young.pages].map(({ from }) => from));
  return [...days]
    .filter((day) => !same(old.at(day), young.at(day)))
    .map((day) => ({ from_ms: startOf(day, after), reach_ms: reachOf(young.at(day)) }));
};

const startOf = (day: number, { zone }: Rules): number => (day === -Infinity ? -Infinity : zoneOf(zone).dayStart(day));

const same = (a: DatedRules, b: DatedRules): boolean =>
  a.window_ms === b.window_ms &&
  a.window_mode === b.window_mode &&
  a.invalidation_ms === b.invalidation_ms &&
  a.repeat_within_ms === b.repeat_within_ms &&
  [...a.models].sort().join() === [...b.models].sort().join();

/** When some amounts begin to be converted otherwise. */
const differentRates = (before: Rules, after: Rules): Difference[] => {
  const nameOf = ({ id, currency, from_ms, base_micro }: Rate): string => JSON.stringify([id, currency, from_ms, base_micro]);
  const missingIn = (rates: readonly Rate[], of: readonly Rate[]): Rate[] => {
    const held = new Set(rates.map(nameOf));
    return of.filter((rate) => !held.has(nameOf(rate)));
  };
  const changed = [...missingIn(after.rates, before.rates), ...missingIn(before.rates, after.rates)];
  return changed.map(({ from_ms }) => ({ from_ms, reach_ms: 0 }));
};

/** How long a click may matter to what comes after it. */
const reachOf = ({ window_ms, window_mode, invalidation_ms, repeat_within_ms }: DatedRules): number =>
  window_ms + invalidation_ms + repeat_within_ms + (window_mode === 'calendar' ? CALENDAR_MS : 0);

/** How long state was kept for certain: a longer period that is still ahead may have been planned only just now. */
const keptFor = (rules: Rules, watermark_ms: number): number =>
  Math.max(
    ...new RuleBook(rules).pages.filter(({ from }) => startOf(from, rules) <= watermark_ms).map((page) => reachOf(page.rules)),
  );

const growthOf = (reach_ms: number, kept_ms: number): number => Math.max(0, reach_ms - kept_ms);
