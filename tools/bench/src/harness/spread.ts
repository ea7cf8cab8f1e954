export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Minimum, median, maximum. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? NaN;
  return { min: at(0), median: at(sorted.length >> 1), max: at(sorted.length - 1) };
}

/** The value below which `share` of the numbers lie; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
