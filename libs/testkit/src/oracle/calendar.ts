/** `day(t)` straight from Intl, slow and obvious: the layers' own day arithmetic is what it checks. */
export type Calendar = (t: number) => string;

const DATE = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
/** A format takes a thousand times as long to make as to use. */
const formats = new Map<string, Intl.DateTimeFormat>();

export function calendar(zone: string): Calendar {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { ...DATE, timeZone: zone });
  formats.set(zone, format);
  const known = new Map<number, string>();
  return (t) => {
    const day = known.get(t) ?? format.format(t);
    known.set(t, day);
    return day;
  };
}

/** Calendar days from one local date to another. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
