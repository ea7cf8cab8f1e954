import type { Zone } from '@millrace/ads';

export type AskedWindow = 'minute' | 'hour' | 'day' | 'total';
export const ASKED_WINDOWS: readonly AskedWindow[] = ['minute', 'hour', 'day', 'total'];

const MINUTE_MS = 60_000;

/** The window boundaries of the zone around an instant: the last at or before it and the first after that. */
export const boundariesAround = (time_ms: number, window: AskedWindow, zone: Zone): readonly [before: number, after: number] => {
  switch (window) {
    case 'hour': {
      const start = zone.hourStart(time_ms);
      return [start, nextHour(start, zone)];
    }
    case 'day': {
      const day = zone.dayOf(time_ms);
      return [zone.dayStart(day), zone.dayStart(day + 1)];
    }
    case 'minute':
    case 'total': {
      const start = Math.floor(time_ms / MINUTE_MS) * MINUTE_MS;
      return [start, start + MINUTE_MS];
    }
  }
};

/** An hour is cut short where the offset changes, so the next one is found, not added. */
const nextHour = (start: number, zone: Zone): number => {
  let at = start;
  do at += MINUTE_MS;
  while (zone.hourStart(at) === start);
  return zone.hourStart(at);
};

/** Whether windows of this kind begin (or end) exactly there. */
export const isBoundary = (time_ms: number, window: AskedWindow, zone: Zone): boolean =>
  boundariesAround(time_ms, window, zone)[0] === time_ms;
