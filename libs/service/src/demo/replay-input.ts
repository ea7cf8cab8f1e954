import type { TrafficTotals } from '@millrace/ads';
import type { SourceDeclaration } from '@millrace/layer-ods';

/** Raw records to be put into a topic, once, in their order. */
export interface ReplayInput {
  readonly name: string;
  readonly source: SourceDeclaration;
  readonly topic: string;
  /** Equal ones give the same records; null when that cannot be known. */
  readonly fingerprint: string | null;
  /**
   * In batches, so that nothing is done per record that need not be. `progress`: the share that has been read, if known.
   * Ends early when the signal comes, also while it waits for more.
   */
  records(signal: AbortSignal): AsyncIterable<{ readonly values: readonly Uint8Array[]; readonly progress: number | null }>;
  /** The source's own answer, once all records were read; null: it has none. */
  totals(): TrafficTotals | null;
}
