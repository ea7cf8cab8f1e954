/** What DWD counts, per operator; summed by whoever reports. */
export interface DwdCounters {
  in: number;
  /** Facts and late-lane rows. */
  out: number;
  /** The same event again (R8). */
  duplicates: number;
  /** The same identity and version with another body: a producer's fault (R8). */
  conflicts: number;
  /** A lower version after a higher one. */
  superseded: number;
  /** A further order event of an order line (R1). */
  duplicate_lines: number;
  /** Clicks repeated within the time of R8, as they now stand. */
  repeated: number;
  /** Events behind the watermark (R7), counted by how far: up to 1 h, 3 h, 1 d, 3 d, more. */
  late: number;
  late_by_age: Record<LateAge, number>;
  /** Rows of the late lane by reason. */
  listed: Record<string, number>;
  /** Credits that replaced another credit. */
  corrections: number;
  /** Refunds of which a part exceeds the payments of their line, when the watermark passes them (R10). */
  refund_exceeds_payment: number;
  /** Of the batch layer: applied, and made for another credit than the one that stood. */
  repairs: number;
  repairs_dropped: number;
}

export type LateAge = '1h' | '3h' | '1d' | '3d' | 'older';

const HOUR_MS = 3_600_000;
const AGES: readonly (readonly [LateAge, number])[] = [
  ['1h', HOUR_MS],
  ['3h', 3 * HOUR_MS],
  ['1d', 24 * HOUR_MS],
  ['3d', 72 * HOUR_MS],
];

export const newCounters = (): DwdCounters => ({
  in: 0,
  out: 0,
  duplicates: 0,
  conflicts: 0,
  superseded: 0,
  duplicate_lines: 0,
  repeated: 0,
  late: 0,
  late_by_age: { '1h': 0, '3h': 0, '1d': 0, '3d': 0, older: 0 },
  listed: {},
  corrections: 0,
  refund_exceeds_payment: 0,
  repairs: 0,
  repairs_dropped: 0,
});

export const ageOf = (age_ms: number): LateAge => AGES.find(([, limit]) => age_ms <= limit)?.[0] ?? 'older';

/** The counts of several operators together. */
export const sumCounters = (all: Iterable<DwdCounters>): DwdCounters => {
  const sum = newCounters();
  for (const counters of all) {
    for (const name of COUNTS) sum[name] += counters[name];
    for (const [age, count] of Object.entries(counters.late_by_age)) sum.late_by_age[age as LateAge] += count;
    for (const [reason, count] of Object.entries(counters.listed)) sum.listed[reason] = (sum.listed[reason] ?? 0) + count;
  }
  return sum;
};

const COUNTS = ['in', 'out', 'duplicates', 'conflicts', 'superseded', 'duplicate_lines', 'repeated', 'late', 'corrections', 'refund_exceeds_payment', 'repairs', 'repairs_dropped'] as const;
