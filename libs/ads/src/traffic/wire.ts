import type { TrafficEvent } from './happening';

/** A line of source `events`. Its producers write times in their own ways: integer ms, RFC 3339 in UTC or in local time. */
export function lineOf(event: TrafficEvent): string {
  const { source, event_time } = event;
  if (source === 'shop') return JSON.stringify({ ...event, event_time: new Date(event_time).toISOString() });
  if (source === 'web') return JSON.stringify({ ...event, event_time: inShanghai(event_time) });
  return JSON.stringify(event);
}

const inShanghai = (t: number): string => new Date(t + SHANGHAI_MS).toISOString().replace('Z', '+08:00');

const SHANGHAI_MS = 8 * 3_600_000;
