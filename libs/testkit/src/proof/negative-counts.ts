import type { Fact } from '@millrace/ads';
import { type CellOptions, cellSums } from '../fold';

/** What can never be less than nothing. `net_…` can: a refund lies on a day of its own, and a cancel may name another merchant. */
const COUNTS = /\|(exposures|exposure_uv|clicks|click_uv|cost|messages|private_messages|orders|payments|gmv|refund_amount)(\||$)/;

/** Counts below 0 at the end of some record, in words: more was taken back than had been put. */
export function negativeCounts(records: readonly (readonly Fact[])[], options: CellOptions): string[] {
  const sums = cellSums(options);
  const negative: string[] = [];
  records.forEach((facts, record) => {
    for (const fact of facts) sums.add(fact);
    for (const [cell, value] of sums.cells) {
      if (value < 0 && COUNTS.test(cell)) negative.push(`${cell} is ${value} after record ${record}`);
    }
  });
  return negative;
}
