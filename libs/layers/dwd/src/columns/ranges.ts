/** Entries of one part of a snapshot: a full one, and shorter ones towards the end, each an eighth of the one before. */
const SIZES = [1 << 16, 1 << 13, 1 << 10] as const;

export interface Range {
  readonly from: number;
  readonly end: number;
}

/**
 * Cuts what only grows into parts: as many full ones as there are, then shorter ones, then the rest. A function of the count alone; an
 * entry is written again only when it becomes part of a longer range, three times at most, and while it is in the rest.
 */
export const rangesOf = (count: number): Range[] => {
  const ranges: Range[] = [];
  let from = 0;
  for (const size of SIZES) for (; count - from >= size; from += size) ranges.push({ from, end: from + size });
  if (from < count) ranges.push({ from, end: count });
  return ranges;
};

export const rangeName = ({ from, end }: Range): string => `${from}-${end}`;
