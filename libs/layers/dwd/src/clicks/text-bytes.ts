const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes the UTF-8 bytes of `text` (at most 3 bytes per code unit) and returns how many they are. ASCII does not allocate. */
export const writeText = (text: string, into: Uint8Array, at: number): number => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return encoder.encodeInto(text, into.subarray(at)).written;
    into[at + i] = unit;
  }
  return text.length;
};

export const readText = (from: Uint8Array, at: number, length: number): string => decoder.decode(from.subarray(at, at + length));

/** The order of UTF-8 bytes, the order of events' last word. */
export const compareBytes = (a: Uint8Array, a_at: number, a_length: number, b: Uint8Array, b_at: number, b_length: number): number => {
  const n = Math.min(a_length, b_length);
  for (let i = 0; i < n; i++) {
    const difference = (a[a_at + i] ?? 0) - (b[b_at + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a_length - b_length;
};
