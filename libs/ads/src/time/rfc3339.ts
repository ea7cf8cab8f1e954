import { DAY_MS, daysFromCivil, isCivilDate } from './civil';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/**
 * An RFC 3339 date-time as ms UTC, NaN when it is none. By hand, because Date.parse accepts far more.
 * Digits beyond the millisecond are cut off. A leap second, which is possible only at 23:59:60 UTC, counts as the last millisecond of
 * its day: so it keeps its day and comes after whatever preceded it.
 */
export function parseRfc3339(text: string): number {
  const length = text.length;
  if (length < 20) return NaN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const separated =
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    isDateTimeSeparator(text.charCodeAt(10)) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON;
  // A NaN among the numbers fails its comparison.
  if (!separated || !(year >= 0) || !isCivilDate(year, month, day) || !(hour <= 23) || !(minute <= 59) || !(second <= 60))
    return NaN;

  let at = 19;
  let fraction_ms = 0;
  if (text.charCodeAt(at) === POINT) {
    const first = ++at;
    for (let weight = 100; isDigit(text.charCodeAt(at)); at++, weight /= 10) {
      if (weight >= 1) fraction_ms += (text.charCodeAt(at) - ZERO) * weight;
    }
    if (at === first) return NaN;
  }
  const offset_ms = offsetAt(text, at);
  const wholeMinute = daysFromCivil(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS - offset_ms;
  if (second < 60) return wholeMinute + second * 1000 + fraction_ms;
  const nextMinute = wholeMinute + MINUTE_MS;
  return nextMinute % DAY_MS === 0 ? nextMinute - 1 : NaN;
}

const ZERO = 48;
const POINT = 46;
const COLON = 58;
const DASH = 45;
const PLUS = 43;

const isDigit = (code: number): boolean => code >= ZERO && code <= 57;

/** `T`, `t` or a space (RFC 3339 §5.6). */
const isDateTimeSeparator = (code: number): boolean => code === 84 || code === 116 || code === 32;

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** The offset that ends the text: `Z`, `z` or `±hh:mm`; NaN for anything else. */
function offsetAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 90 || code === 122) return text.length === at + 1 ? 0 : NaN;
  if ((code !== PLUS && code !== DASH) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON) return NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 23) || !(minutes <= 59)) return NaN;
  const offset_ms = hours * HOUR_MS + minutes * MINUTE_MS;
  return code === PLUS ? offset_ms : -offset_ms;
}
