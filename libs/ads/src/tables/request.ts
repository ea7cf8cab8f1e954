import type { DateBasis, Grain, KeyField, Metric, Window } from '../metrics';
import type { Zone } from '../time/zone';

/** A question about metrics. What it means is said once, here; `refusalOf` says whether it can be answered. */
export interface MetricsRequest {
  readonly grain: Grain['name'];
  readonly window: Window | 'total';
  /** Half-open: a window is in the answer when its start is in [from_ms, to_ms). */
  readonly from_ms: number;
  readonly to_ms: number;
  /** Where hours and days are cut. Another zone than the business's is answered from finer rows, if there are any. */
  readonly timezone: Zone;
  /** Only these keys, per field of the grain's path. */
  readonly filter: Readonly<Partial<Record<KeyField, readonly string[]>>>;
  /** One row per combination of these fields of the grain's path (and window). */
  readonly groupBy: readonly KeyField[];
  /** Names of metrics; a split metric answers one column per attribution (`columnsAt`). */
  readonly metrics: readonly string[];
  readonly basis: DateBasis;
  /** Attribution model (R4). */
  readonly model: string;
  /** At most this many rows. */
  readonly limit?: number;
}

/** What a request is asked about; the defaults are the warehouse's own. */
export interface Definitions {
  /** The business time zone Z of the stored days. */
  readonly zone: Zone;
  readonly metrics?: readonly Metric[];
  readonly grains?: readonly Grain[];
}

/** One row of the answer: the start of its window, its keys, and its columns (`columnsAt`). */
export type MetricsRow = { readonly window_start: number } & { readonly [column: string]: string | number };
