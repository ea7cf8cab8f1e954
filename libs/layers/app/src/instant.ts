import { parseRfc3339, type Zone } from '@millrace/ads';

const MINUTE_MS = 60_000;
const DATE = /^\d{4}-/;

/** The instants that the tables can hold (DateTime64), with a year to spare on either side. */
const EARLIEST_MS = Date.UTC(1901, 0, 1);
const LATEST_MS = Date.UTC(2298, 0, 1);

/**
 * An instant of a question, ms: RFC 3339, or a plain date, which means its local midnight in the zone asked for.
 * Undefined when it is neither.
 */
export const parseInstant = (text: string, zone: Zone): number | undefined => {
  const day = DATE.test(text) ? zone.parseDay(text) : null;
  // An unescaped "+08:00" reaches us as " 08:00", which can mean nothing else.
  const instant = day === null ? parseRfc3339(text.replace(/ (\d{2}:\d{2})$/, '+$1')) : zone.dayStart(day);
  return instant >= EARLIEST_MS && instant < LATEST_MS ? instant : undefined;
};

/** Far more zones than a service is asked in. */
const FORMATS_KEPT = 100;

/** By zone: to make one takes Intl 0.1 to 0.2 ms, which was a quarter of a short answer's time (ADR 25). */
const formats = new Map<string, Intl.DateTimeFormat>();

const formatFor = (timezone: string): Intl.DateTimeFormat => {
  const kept = formats.get(timezone);
  if (kept !== undefined) return kept;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  // Zones have many spellings: whoever asks in all of them must not fill the memory.
  if (formats.size === FORMATS_KEPT) formats.clear();
  formats.set(timezone, made);
  return made;
};

/** Writes instants in RFC 3339 with the zone's own offset at each; the fraction only when there is one. */
export const instantWriter = (timezone: string): ((time_ms: number) => string) => {
  const format = formatFor(timezone);
  // The rows of an answer share few windows, and Intl is slow.
  const written = new Map<number, string>();
  return (time_ms) => {
    const known = written.get(time_ms);
    if (known !== undefined) return known;
    const text = write(time_ms, offsetText(format, time_ms));
    written.set(time_ms, text);
    return text;
  };
};

/** `+08:00`; `Z` for none. Seconds of an offset, which only long-gone local times have, cannot be written and are cut off. */
const offsetText = (format: Intl.DateTimeFormat, time_ms: number): string => {
  const name = format.formatToParts(time_ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const offset = /^GMT([+-]\d{2}:\d{2})/.exec(name)?.[1] ?? '+00:00';
  return offset === '+00:00' ? 'Z' : offset;
};

const write = (time_ms: number, offset: string): string => {
  const [hours, minutes] = offset === 'Z' ? [0, 0] : [Number(offset.slice(1, 3)), Number(offset.slice(4, 6))];
  const shift = (hours * 60 + minutes) * MINUTE_MS * (offset.startsWith('-') ? -1 : 1);
  const local = new Date(time_ms + shift).toISOString();
  return `${time_ms % 1000 === 0 ? local.slice(0, 19) : local.slice(0, 23)}${offset}`;
};
