/**
 * A decimal number in text, times 10^decimals, exactly: "12.34" with 2 decimals is 1234. NaN when it is no such number, has more decimals
 * than that, or is beyond the safe integers. Digits are moved, never multiplied, so there is no rounding.
 */
export function scaleDecimal(text: string, decimals: number): number {
  const match = DECIMAL.exec(text);
  if (match === null) return NaN;
  const [, sign = '', whole = '', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimals) return NaN;
  const scaled = Number(sign + whole + significant.padEnd(decimals, '0'));
  return Number.isSafeInteger(scaled) ? scaled : NaN;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
