import { TOPICS } from '@millrace/ads';
import type { Rejected } from '@millrace/layer-ods';
import type { Layer, Operator, TopicPartition } from '@millrace/stream';

/**
 * Counts what ODS rejected, from the topic itself: after a restart ODS goes on where it was and no longer knows what it
 * rejected before, the topic does.
 */
export class RejectedCensus implements Layer {
  readonly name = 'rejected-census';
  readonly inputs = [TOPICS.rejected];
  readonly outputs = {};
  readonly lateness_ms = 0;
  private readonly reasons = new Map<string, Map<string, number>>();

  create(_input: TopicPartition): Operator<Rejected> {
    return {
      process: ({ topic, reason }) => {
        const counts = this.reasons.get(topic) ?? new Map<string, number>();
        this.reasons.set(topic, counts.set(reason, (counts.get(reason) ?? 0) + 1));
      },
      advance: () => undefined,
      settle: () => undefined,
    };
  }

  /** Reason → count, of one raw topic or of all. */
  counts(topic?: string): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const [from, counts] of this.reasons) {
      if (topic !== undefined && from !== topic) continue;
      for (const [reason, count] of counts) sum[reason] = (sum[reason] ?? 0) + count;
    }
    return Object.fromEntries(Object.entries(sum).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
