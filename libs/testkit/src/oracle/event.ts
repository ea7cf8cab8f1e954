/** One accepted event: the wire names of semantics.md, `event_time` in ms UTC, ids as strings. Absent and null mean the same. */
export interface OracleEvent {
  readonly type: EventType;
  readonly source: string;
  readonly event_id: string;
  readonly event_time: number;
  readonly user_id: string;
  readonly event_version?: number | null;
  readonly currency?: string | null;
  readonly merchant_id?: string | null;
  readonly campaign_id?: string | null;
  readonly ad_id?: string | null;
  readonly item_id?: string | null;
  readonly cost_minor?: number | null;
  readonly amount_minor?: number | null;
  readonly order_id?: string | null;
  readonly channel?: 'public' | 'private' | null;
  readonly target_type?: 'click' | 'exposure' | null;
  readonly target_source?: string | null;
  readonly target_id?: string | null;
  readonly target_time?: number | null;
}

export type EventType = 'exposure' | 'click' | 'message' | 'order' | 'payment' | 'refund' | 'cancel' | 'invalidate';

/** "Order of events everywhere: (t, source, event_id), strings compared as UTF-8 bytes." */
export const byOrderOfEvents = (a: OracleEvent, b: OracleEvent): number =>
  a.event_time - b.event_time || bytes(a.source, b.source) || bytes(a.event_id, b.event_id);

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Splits into lists by a key of several parts, keeping the order within each list. */
export function groupBy<T>(items: readonly T[], parts: (item: T) => readonly unknown[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(...parts(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** A key no two different lists of parts share. */
export const keyOf = (...parts: readonly unknown[]): string => JSON.stringify(parts.map((part) => part ?? null));
