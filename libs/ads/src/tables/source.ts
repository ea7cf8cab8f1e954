import type { Grain, Window } from '../metrics';
import type { Zone } from '../time/zone';
import type { Refusal } from './refusal';
import type { MetricsRequest } from './request';

/** From which stored rows an answer is summed, and where its windows are cut. */
export interface Source {
  readonly rows: Window;
  /** Starts of the rows that are read, half-open. */
  readonly from_ms: number;
  readonly to_ms: number;
  /** Starts of the answer's windows, ascending; null where every row's own window is one. */
  readonly starts: readonly number[] | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A month of minutes. */
const MAX_WINDOWS = 31 * 24 * 60;

/** The fewest rows first. */
const COARSEST_FIRST: readonly Window[] = ['day', 'hour', 'minute'];

/** The coarsest rows of the grain in whose windows, cut in zone Z, all windows of the request begin and end. */
export const sourceOf = (request: MetricsRequest, grain: Grain, zone: Zone): Source | Refusal => {
  const boundaries = boundariesOf(request);
  if (boundaries === null)
    return {
      code: 'too_many_windows',
      detail: `At most ${MAX_WINDOWS} windows are answered at once. Ask for a shorter range or a longer window.`,
    };
  const [from_ms, to_ms] = [boundaries.at(0), boundaries.at(-1)];
  if (from_ms === undefined || to_ms === undefined || boundaries.length < 2)
    return { code: 'empty_range', detail: `No ${request.window} begins between from and to.` };
  for (const rows of COARSEST_FIRST) {
    if (!grain.windows.includes(rows)) continue;
    // Click-day cohorts have day rows only (R13).
    if (request.basis === 'click' && rows !== 'day') continue;
    if (!boundaries.every((at) => startOf(rows, at, zone) === at)) continue;
    return { rows, from_ms, to_ms, starts: rows === request.window ? null : boundaries.slice(0, -1) };
  }
  return refusal(request, grain, zone);
};

/** The starts of the request's windows, and the end of the last; null when there are too many. */
const boundariesOf = ({ window, from_ms, to_ms, timezone }: MetricsRequest): number[] | null => {
  if (window === 'total') return [from_ms, to_ms];
  const first = startOf(window, from_ms, timezone);
  const boundaries = [first < from_ms ? nextStart(window, first, timezone) : first];
  for (let at = boundaries[0] ?? to_ms; at < to_ms;) {
    if (boundaries.length > MAX_WINDOWS) return null;
    at = nextStart(window, at, timezone);
    boundaries.push(at);
  }
  return boundaries;
};

/** The start of the window around an instant. */
export const startOf = (window: Window, time_ms: number, zone: Zone): number => {
  switch (window) {
    case 'minute':
      return Math.floor(time_ms / MINUTE_MS) * MINUTE_MS;
    case 'hour':
      return zone.hourStart(time_ms);
    case 'day':
      return zone.dayStart(zone.dayOf(time_ms));
  }
};

const nextStart = (window: Window, start_ms: number, zone: Zone): number => {
  switch (window) {
    case 'minute':
      return start_ms + MINUTE_MS;
    case 'hour':
      // An hour is cut short where the offset changes, and is never longer.
      return zone.hourStart(start_ms + HOUR_MS);
    case 'day': {
      // A day that the zone skipped starts with the next.
      let day = zone.dayOf(start_ms) + 1;
      while (zone.dayStart(day) <= start_ms) day++;
      return zone.dayStart(day);
    }
  }
};

const A = { minute: 'a minute', hour: 'an hour', day: 'a day' } as const satisfies Record<Window, string>;

const refusal = ({ window, basis, timezone }: MetricsRequest, grain: Grain, zone: Zone): Refusal => {
  const kept = grain.windows.join(' and ');
  if (basis === 'click') {
    return {
      code: 'click_basis_needs_days',
      detail: `By click day there are only whole days in ${zone.name}. Ask for window=day in that zone.`,
    };
  }
  if (window === 'total') {
    return {
      code: 'range_not_aligned',
      detail: `A total of ${grain.name} rows must begin and end with one of its ${kept} rows. Move from and to.`,
    };
  }
  if (!grain.windows.some((rows) => COARSEST_FIRST.indexOf(rows) >= COARSEST_FIRST.indexOf(window))) {
    return {
      code: 'window_not_kept',
      detail: `${grain.name} rows are kept per ${kept}; there is nothing from which ${A[window]} could be summed.`,
    };
  }
  return {
    code: 'zone_not_kept',
    detail: `${grain.name} rows are kept per ${kept} in ${zone.name}; ${A[window]} in ${timezone.name} cannot be cut out of them. Ask in ${zone.name}.`,
  };
};
