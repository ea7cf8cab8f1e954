import { EVENT_TYPES, REJECT_REASONS, type EventType, type RejectReason } from '@millrace/ads';

/** What one ODS operator has done so far: in = records that gave events + header + the sum of rejected. */
export interface OdsCounts {
  /** Records read. */
  in: number;
  /** Events written; one record may give several. */
  out: number;
  /** Records that only name the columns. */
  header: number;
  readonly rejected: Record<RejectReason, number>;
  readonly accepted: Record<EventType, number>;
}

export const noCounts = (): OdsCounts => ({
  in: 0,
  out: 0,
  header: 0,
  rejected: Object.fromEntries(Object.keys(REJECT_REASONS).map((reason) => [reason, 0])) as Record<RejectReason, number>,
  accepted: Object.fromEntries(EVENT_TYPES.map((type) => [type, 0])) as Record<EventType, number>,
});

/** The counts of several operators together. */
export function sumCounts(all: Iterable<OdsCounts>): OdsCounts {
  const sum = noCounts();
  for (const counts of all) {
    sum.in += counts.in;
    sum.out += counts.out;
    sum.header += counts.header;
    for (const reason of Object.keys(sum.rejected) as RejectReason[]) sum.rejected[reason] += counts.rejected[reason];
    for (const type of EVENT_TYPES) sum.accepted[type] += counts.accepted[type];
  }
  return sum;
}
