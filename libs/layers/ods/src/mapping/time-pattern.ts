import { DAY_MS, daysFromCivil, isCivilDate } from '@millrace/ads';

/** Local ms (as if UTC) of a text in a declared pattern; NaN when the text does not match or is no time of the calendar. */
export type LocalTimeParser = (text: string) => number;

const FIELDS = { yyyy: 'year', MM: 'month', dd: 'day', HH: 'hour', mm: 'minute', ss: 'second', SSS: 'milli' } as const;
type FieldName = (typeof FIELDS)[keyof typeof FIELDS];

interface Digits {
  readonly name: FieldName;
  readonly at: number;
  readonly length: number;
}

/** `yyyyMMddHHmmssSSS`, `yyyy-MM-dd HH:mm:ss`, …: digits at fixed places, everything else literal. Null when it is no such pattern. */
export function compileTimePattern(pattern: string): LocalTimeParser | null {
  const digits: Digits[] = [];
  const literals: { readonly at: number; readonly text: string }[] = [];
  let at = 0;
  for (const token of pattern.match(/yyyy|SSS|MM|dd|HH|mm|ss|[^a-zA-Z0-9]|[T]/g) ?? []) {
    if (token in FIELDS) digits.push({ name: FIELDS[token as keyof typeof FIELDS], at, length: token.length });
    else literals.push({ at, text: token });
    at += token.length;
  }
  const names = digits.map(({ name }) => name);
  const complete = at === pattern.length && new Set(names).size === names.length;
  if (!complete || !(['year', 'month', 'day'] as const).every((name) => names.includes(name))) return null;

  const length = pattern.length;
  return (text) => {
    if (text.length !== length || !literals.every((literal) => text.charAt(literal.at) === literal.text)) return NaN;
    const local = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, milli: 0 };
    for (const field of digits) local[field.name] = digitsAt(text, field.at, field.length);
    const { year, month, day, hour, minute, second, milli } = local;
    // A NaN among them fails its comparison.
    if (!(year >= 0 && hour <= 23 && minute <= 59 && second <= 59 && milli >= 0) || !isCivilDate(year, month, day)) return NaN;
    return daysFromCivil(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + milli;
  };
}

function digitsAt(text: string, from: number, length: number): number {
  let value = 0;
  for (let at = from; at < from + length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}
