import { parseRfc3339 } from '../time/rfc3339';
import { MAX_ID_BYTES, MAX_TIME_MS } from './fields';

/** Reading single values: what a field's kind accepts, and what it becomes. Nothing here throws, whatever the value. */

/** The text of an id, null when it is none. */
export function asId(value: unknown): string | null {
  if (typeof value === 'string') return isPlainId(value) || isUnicodeId(value) ? value : null;
  // Neither NaN nor the infinities pass; -0 becomes "0".
  if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return String(value);
  return null;
}

/** Nearly every id is printable ASCII, where characters are bytes. */
function isPlainId(text: string): boolean {
  const length = text.length;
  if (length === 0 || length > MAX_ID_BYTES) return false;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

function isUnicodeId(text: string): boolean {
  const length = text.length;
  // A UTF-16 unit is at least one byte of UTF-8, so a hostile megabyte is not walked.
  if (length === 0 || length > MAX_ID_BYTES) return false;
  let bytes = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return false;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (code < 0xd800 || code > 0xdfff) bytes += 3;
    else {
      const low = text.charCodeAt(++at);
      const paired = code <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
      if (!paired) return false;
      bytes += 4;
    }
  }
  return bytes <= MAX_ID_BYTES;
}

/** Ms UTC, NaN when it is no time that we keep: instants before 1970 are faults of a producer's clock. */
export function asTime(value: unknown): number {
  const t_ms = typeof value === 'string' ? parseRfc3339(value) : value;
  return Number.isInteger(t_ms) && (t_ms as number) >= 0 && (t_ms as number) <= MAX_TIME_MS ? (t_ms as number) + 0 : NaN;
}

/** A safe integer from `minimum` to `maximum`, else NaN; -0 becomes 0. */
export const asInteger = (value: unknown, minimum: number, maximum = Number.MAX_SAFE_INTEGER): number =>
  Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum ? (value as number) + 0 : NaN;

export function asCurrency(value: unknown): string | null {
  if (typeof value !== 'string' || value.length !== 3) return null;
  for (let at = 0; at < 3; at++) {
    const code = value.charCodeAt(at);
    if (code < 65 || code > 90) return null;
  }
  return value;
}
