import { civilFromDays, DAY_MS, daysFromCivil } from './civil';

/** Instants [from, to) over which local time − UTC is constant. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly offset_ms: number;
}

/** The offsets of one zone, found through Intl a UTC year at a time when first asked for, then kept. */
export class OffsetTable {
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, readonly Span[]>();

  constructor(iana: string) {
    this.#format = formatOf(iana);
  }

  spanAt(t_ms: number): Span {
    const spans = this.#spansOf(yearOf(t_ms));
    for (const span of spans) if (t_ms < span.to) return span;
    throw new RangeError(`${t_ms} is no instant`);
  }

  /** The spans that meet [from, to], in order. */
  spansBetween(from: number, to: number): Span[] {
    const found: Span[] = [];
    for (let year = yearOf(from); year <= yearOf(to); year++) {
      for (const span of this.#spansOf(year)) if (span.to > from && span.from <= to) found.push(span);
    }
    return found;
  }

  #spansOf(year: number): readonly Span[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const spans = this.#find(daysFromCivil(year, 1, 1) * DAY_MS, daysFromCivil(year + 1, 1, 1) * DAY_MS);
    this.#years.set(year, spans);
    return spans;
  }

  #find(start: number, end: number): Span[] {
    const spans: Span[] = [];
    let from = start;
    let offset_ms = this.#offsetAt(start);
    // No zone leaves an offset and returns to it within a day, so a look at each day misses no change.
    for (let at = start; at < end; at += DAY_MS) {
      const next = Math.min(at + DAY_MS, end - 1);
      const offsetThen = this.#offsetAt(next);
      if (offsetThen === offset_ms) continue;
      const change = this.#changeBetween(at, next, offset_ms);
      spans.push({ from, to: change, offset_ms });
      from = change;
      offset_ms = offsetThen;
    }
    spans.push({ from, to: end, offset_ms });
    return spans;
  }

  /** The first instant in (before, after] at which `offset_ms` no longer holds. */
  #changeBetween(before: number, after: number, offset_ms: number): number {
    let low = before;
    let high = after;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle) === offset_ms) low = middle;
      else high = middle;
    }
    return high;
  }

  #offsetAt(t_ms: number): number {
    // "7/1/2024 A, 12:00:00": four times faster than asking for the parts.
    const text = this.#format.format(t_ms);
    const [month = 0, day = 0, yearOfEra = 0, hour = 0, minute = 0, second = 0] = Array.from(text.match(/\d+/g) ?? [], Number);
    // Intl has no year 0: 1 BC is the astronomers' year 0.
    const year = text.includes('B') ? 1 - yearOfEra : yearOfEra;
    const wholeSeconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    return wholeSeconds * 1000 - Math.floor(t_ms / 1000) * 1000;
  }
}

const yearOf = (t_ms: number): number => civilFromDays(Math.floor(t_ms / DAY_MS)).year;

function formatOf(iana: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: iana,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'narrow',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new RangeError(`unknown time zone ${JSON.stringify(iana)}: expected an IANA name such as "Asia/Shanghai"`);
  }
}
