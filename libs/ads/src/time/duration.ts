const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `3h`, `400d`, `2s`, `1d12h`, `0s` in milliseconds; null when the text is no duration. */
export const parseDuration = (text: string): number | null => {
  if (!/^(\d+(ms|s|m|h|d|w))+$/.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) sum += Number(count) * (UNITS_MS[unit ?? ''] ?? NaN);
  return Number.isSafeInteger(sum) ? sum : null;
};

/** The text of a duration, in its largest whole unit. */
export const formatDuration = (ms: number): string => {
  const [unit, size] = Object.entries(UNITS_MS).findLast(([, unit_ms]) => ms >= unit_ms && ms % unit_ms === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
};
