import { DAY_MS, dayName, parseDay } from './civil';
import { OffsetTable, type Span } from './offset-table';

const HOUR_MS = 3_600_000;

/** No offset of the time zone database is larger; in any window this far around a local time, the instant is found. */
const FAR_MS = 2 * DAY_MS;

/** The calendar and clock of one IANA time zone. Days are numbers, counted from 1970-01-01. */
export interface Zone {
  readonly name: string;
  /** The local calendar date at an instant. */
  dayOf(t_ms: number): number;
  /** The first instant whose local date is `day` or later. A day that the zone skipped starts, and ends, with the next. */
  dayStart(day: number): number;
  /** The instant from which on every local date is later than `day`. Overlaps the next day where the clock fell back over midnight. */
  dayEnd(day: number): number;
  /** The start of the local clock hour around an instant. Where the offset changes a new hour starts, so an hour never mixes two offsets. */
  hourStart(t_ms: number): number;
  /** The instant of a local wall time, given as if it were UTC. Of two the earlier; one that was skipped is read with the offset before. */
  instantOf(local_ms: number): number;
  dayName(day: number): string;
  /** Null when `name` is not a date `YYYY-MM-DD`. */
  parseDay(name: string): number | null;
}

/** Offsets are found by asking Intl, which is slow: once for each zone of a process. */
const tables = new Map<string, OffsetTable>();
function tableOf(iana: string): OffsetTable {
  const table = tables.get(iana) ?? new OffsetTable(iana);
  tables.set(iana, table);
  return table;
}

/** Throws a RangeError for a name that is not in the time zone database. */
export function zoneOf(iana: string): Zone {
  const table = tableOf(iana);
  // The span of the last answer: events come in rough order, so nearly all of them end here.
  let span: Span = table.spanAt(0);
  const spanAt = (t_ms: number): Span => (t_ms >= span.from && t_ms < span.to ? span : (span = table.spanAt(t_ms)));

  /** The instant of a local time far from any change of the offset, where there is exactly one; else NaN. */
  const onlyInstantOf = (local_ms: number): number => {
    const { from, to, offset_ms } = spanAt(local_ms);
    const instant = local_ms - offset_ms;
    return instant - FAR_MS >= from && instant + FAR_MS < to ? instant : NaN;
  };

  return {
    name: iana,
    dayOf: (t_ms) => Math.floor((t_ms + spanAt(t_ms).offset_ms) / DAY_MS),
    dayStart(day) {
      const midnight = day * DAY_MS;
      const only = onlyInstantOf(midnight);
      if (!Number.isNaN(only)) return only;
      for (const { from, to, offset_ms } of table.spansBetween(midnight - FAR_MS, midnight + FAR_MS)) {
        const reached = Math.max(from, midnight - offset_ms);
        if (reached < to) return reached;
      }
      throw new RangeError(`day ${day} is outside the calendar`);
    },
    dayEnd(day) {
      const midnight = (day + 1) * DAY_MS;
      const only = onlyInstantOf(midnight);
      if (!Number.isNaN(only)) return only;
      for (const { from, to, offset_ms } of table.spansBetween(midnight - FAR_MS, midnight + FAR_MS).reverse()) {
        const left = Math.min(to, midnight - offset_ms);
        if (left > from) return left;
      }
      throw new RangeError(`day ${day} is outside the calendar`);
    },
    hourStart(t_ms) {
      const { from, offset_ms } = spanAt(t_ms);
      const start = Math.floor((t_ms + offset_ms) / HOUR_MS) * HOUR_MS - offset_ms;
      // A span also ends with its year; the hour goes on when the offset does.
      return start >= from || table.spanAt(from - 1).offset_ms === offset_ms ? start : from;
    },
    instantOf(local_ms) {
      const only = onlyInstantOf(local_ms);
      if (!Number.isNaN(only)) return only;
      let before = NaN;
      for (const { from, to, offset_ms } of table.spansBetween(local_ms - FAR_MS, local_ms + FAR_MS)) {
        const instant = local_ms - offset_ms;
        if (instant < from) break;
        if (instant < to) return instant;
        before = instant;
      }
      return before;
    },
    dayName,
    parseDay,
  };
}
