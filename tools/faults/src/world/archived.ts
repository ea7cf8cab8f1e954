import { EVENT_TABLES } from '@millrace/ads';
import type { Check } from '@millrace/service/demo';
import type { OlapStore } from '@millrace/stream';

interface Counts {
  readonly events: number;
  readonly duplicates: number;
}

/**
 * Adds what the archive holds: as many rows as the source delivered good lines, each under a position of its own, and as
 * many distinct events as it made.
 */
export const archivedIn = async (olap: Pick<OlapStore, 'query'>, source: Counts, found: Check): Promise<Check> => {
  let rows = 0;
  let events = 0;
  for (const [type, { name }] of Object.entries(EVENT_TABLES)) {
    if (type === 'repair') continue;
    const [counted] = await olap.query<{ records: number; events: number }>(
      `SELECT count() AS records, uniqExact(source, event_id) AS events FROM ${name} FINAL`,
      {},
    );
    rows += counted?.records ?? 0;
    events += counted?.events ?? 0;
  }
  const held = [
    ['archived lines', source.events + source.duplicates, rows],
    ['archived events', source.events, events],
  ] as const;
  const wrong = held.filter(([, expected, actual]) => expected !== actual);
  return {
    equal: found.equal + held.length - wrong.length,
    of: found.of + held.length,
    differences: [
      ...found.differences,
      ...wrong.map(([name, expected, actual]) => `${name}: the source says ${expected}, the warehouse ${actual}`),
    ],
  };
};
