import type { Attribution, Fact, FactKind } from './facts';

/** The credit of a conversion under the default model, as one may see it or want it. */
export interface CreditSeen {
  readonly attribution: Attribution;
  readonly click_source: string | null;
  readonly click_id: string | null;
  readonly click_time: number | null;
  readonly campaign_id: string | null;
  readonly ad_id: string | null;
}

/** Why the batch layer found another credit. */
export type RepairReason = 'late' | 'duplicate' | 'invalid_traffic' | 'rule' | 'unexplained';

/**
 * A correction of the batch layer (design, Batch), appended to `ods.action` by user. DWD answers with the pair: the old
 * facts with sign -1, the right ones with +1. So there is one path on which a number can change. The frames that bring
 * repairs have the clock `Infinity`: their writer says nothing about time, and must not hold the watermark.
 */
export interface Repair {
  readonly type: 'repair';
  /** The run and the number within it. */
  readonly run: string;
  readonly ordinal: number;
  readonly reason: RepairReason;
  readonly user_id: string;
  readonly ingest_time: number;
  /** Identity of the event that carries the conversion's credit: an order, a message, an orphan (R8, R9). */
  readonly kind: Exclude<FactKind, 'exposure' | 'click'>;
  readonly source: string;
  readonly event_id: string;
  readonly merchant_id: string;
  readonly event_time: number;
  /** The credit that the run saw; null: it was not counted. */
  readonly saw: CreditSeen | null;
  /** The credit that is right; null: it must not count. */
  readonly right: CreditSeen | null;
  /** For a conversion that DWD no longer holds: the facts that stand, and those that should, each whole and positive. */
  readonly before: readonly Fact[];
  readonly after: readonly Fact[];
}
