import type { Definitions, MetricsRequest } from './request';

/** Why a request cannot be answered, and what to change. A closed list: the API documents every code. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
}

export type RefusalCode =
  | 'empty_range'
  | 'unknown_metric'
  | 'field_not_in_grain'
  /** The grain keeps no rows from which this window could be summed. */
  | 'window_not_kept'
  /** Days or hours of that zone cannot be cut out of the rows that are kept. */
  | 'zone_not_kept'
  /** A total must begin and end where rows begin. */
  | 'range_not_aligned'
  | 'too_many_windows'
  /** R15: distinct users cannot be summed. */
  | 'users_not_additive'
  /** Click-day cohorts exist per day only (R13). */
  | 'click_basis_needs_days';

/** Null when the request can be answered. */
export const refusalOf = (request: MetricsRequest, definitions: Definitions): Refusal | null => {
  throw new Error(`not yet: ${request.grain} in ${definitions.zone}`);
};
