/** Parts that are read or written side by side: more than Node does at once would only wait. */
const LANES = 4;

/**
 * A few at a time, for each has a checksum: those of all parts in one turn would stop whatever else the process has to do. The first
 * failure is the answer.
 */
export async function inLanes<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [i, item] of waiting) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
