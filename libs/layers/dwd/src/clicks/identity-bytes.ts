import { writeText } from './text-bytes';

/** Longest id in UTF-8 bytes that a text of 2^16 code units can need. */
const MOST_BYTES = 3 * 65_536;

/** By code unit: the digit it is, in lower case; NO_DIGIT: none. */
const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(0x80).fill(NO_DIGIT);
for (let digit = 0; digit < 16; digit++) DIGITS[digit.toString(16).charCodeAt(0)] = digit;

/**
 * The id of an event as it is kept: two digits in a byte when it is an even number of hexadecimal ones, as most generators of ids write
 * them; else UTF-8. Both keep the order of UTF-8 bytes among their own kind, for the digits stand in it as they count.
 */
export class IdentityBytes {
  readonly bytes = new Uint8Array(MOST_BYTES);
  length = 0;
  isHex = false;

  set(id: string): void {
    this.isHex = this.setHex(id);
    if (!this.isHex) this.length = writeText(id, this.bytes, 0);
  }

  private setHex(id: string): boolean {
    const { length } = id;
    if (length === 0 || length % 2 !== 0) return false;
    const { bytes } = this;
    for (let i = 0; i < length; i += 2) {
      const high = digitOf(id.charCodeAt(i));
      const low = digitOf(id.charCodeAt(i + 1));
      if ((high | low) > 0xf) return false;
      bytes[i >>> 1] = (high << 4) | low;
    }
    this.length = length >>> 1;
    return true;
  }
}

const digitOf = (unit: number): number => (unit < 0x80 ? (DIGITS[unit] ?? NO_DIGIT) : NO_DIGIT);

const UNITS = Array.from({ length: 16 }, (_, digit) => digit.toString(16).charCodeAt(0));

/** The text of hexadecimal digits. */
export const hexText = (bytes: Uint8Array, at: number, length: number): string => {
  const units = new Array<number>(length * 2);
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    units[i * 2] = UNITS[byte >>> 4] ?? 0;
    units[i * 2 + 1] = UNITS[byte & 0xf] ?? 0;
  }
  // At one go, when it is not very long: of parts, each would be a string of its own.
  return length <= 256 ? String.fromCharCode(...units) : units.map((unit) => String.fromCharCode(unit)).join('');
};
