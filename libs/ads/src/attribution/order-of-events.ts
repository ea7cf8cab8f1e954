/** What places an event among others: the order of events of semantics.md is (time, source, event_id). */
export interface Placed {
  readonly time: number;
  readonly source: string;
  readonly event_id: string;
}

/** Negative when `a` comes before `b` in the order of events; 0 only for the same identity and time. */
export const compareEvents = (a: Placed, b: Placed): number =>
  a.time !== b.time ? a.time - b.time : compareUtf8(a.source, b.source) || compareUtf8(a.event_id, b.event_id);

/**
 * Compares strings as their UTF-8 bytes. JavaScript compares UTF-16 code units, which differs where a surrogate pair
 * (a code point above U+FFFF) meets a code unit of U+E000 or more.
 */
export const compareUtf8 = (a: string, b: string): number => {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
};

/** Code units in the order of the code points that they begin: surrogates after the rest of the basic plane. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
