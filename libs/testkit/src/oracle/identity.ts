import type { OracleEvent } from './event';
import { groupBy } from './event';

export interface Standing {
  readonly events: readonly OracleEvent[];
  readonly duplicates: number;
  readonly conflicts: number;
  /** Events that a higher version of themselves replaced. */
  readonly replaced: number;
}

/** R8: of every identity the highest version stands, and of one version the first in the log. */
export function standingOf(log: readonly OracleEvent[]): Standing {
  const events: OracleEvent[] = [];
  let duplicates = 0;
  let conflicts = 0;
  let replaced = 0;
  for (const sameIdentity of groupBy(log, (e) => [e.user_id, e.type, e.source, e.event_id]).values()) {
    const firsts: OracleEvent[] = [];
    for (const sameVersion of groupBy(sameIdentity, (e) => [versionOf(e)]).values()) {
      const [first, ...others] = sameVersion;
      if (first === undefined) continue;
      firsts.push(first);
      for (const other of others) {
        if (bodyOf(other) === bodyOf(first)) duplicates++;
        else conflicts++;
      }
    }
    const [highest] = firsts.sort((a, b) => versionOf(b) - versionOf(a));
    if (highest !== undefined) events.push(highest);
    replaced += firsts.length - 1;
  }
  return { events, duplicates, conflicts, replaced };
}

/** "Exposures have no versions." */
const versionOf = (e: OracleEvent): number => (e.type === 'exposure' ? 1 : (e.event_version ?? 1));

/** Everything the producer said. A field that is null and one that is absent say the same; when we received it is no part of it. */
const bodyOf = (e: OracleEvent): string =>
  JSON.stringify(
    Object.entries(e)
      .filter(([name, value]) => value !== undefined && value !== null && name !== 'ingest_time' && name !== 'event_version')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
