import { EVENT_TABLES, zoneOf } from '@millrace/ads';
import { Answers, check, type Check } from '@millrace/service/demo';
import type { OlapStore } from '@millrace/stream';
import { RULES, type Segment, settled, together } from '@millrace/up';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stores } from '../beside/stores';
import type { Relay } from './relay';

/** Resolves when all that was accepted has gone through all layers. */
export const wentThrough = async ({ log, olap }: Stores, within_ms: number): Promise<void> => {
  const late = AbortSignal.timeout(within_ms);
  let last = '';
  const waiting = { sleep: (ms: number) => sleep(ms), signal: late, onProgress: (text: string) => (last = text) };
  await settled(log, olap, { fed_ms: Date.now(), lateness_ms: RULES.lateness_ms }, waiting);
  if (late.aborted) throw new Error(`not through all layers within ${within_ms / 1_000} s: ${last}`);
};

/**
 * Everything that the source says of the days of `segments`, held against what the API answers, and the events that the archive
 * holds of them.
 */
export const totals = async (relay: Relay, { olap }: Stores, segments: ReadonlyMap<number, Segment>): Promise<Check> => {
  const { counts, ...truth } = together([...segments.values()].map(({ totals }) => totals));
  const ask = (query: Readonly<Record<string, string>>) =>
    relay.answered({ method: 'GET', path: `/v1/metrics?${new URLSearchParams(query).toString()}` });
  const answers = new Answers(ask, olap, zoneOf(RULES.zone));
  // The API refused bad lines, so that none of them is rejected later.
  const found = await check({ ...truth, counts: { rejected: {} } }, await answers.days(), answers, {});
  const archived = await eventsOf(olap, [...segments.keys()]);
  const same = archived === counts.events;
  return {
    equal: found.equal + Number(same),
    of: found.of + 1,
    differences: same
      ? found.differences
      : [...found.differences, `archived events: the source says ${counts.events}, the warehouse ${archived}`],
  };
};

/** Distinct events of these segments in the archive. */
const eventsOf = async (olap: Pick<OlapStore, 'query'>, segments: readonly number[]): Promise<number> => {
  let events = 0;
  for (const [type, { name }] of Object.entries(EVENT_TABLES)) {
    if (type === 'repair') continue;
    const [counted] = await olap.query<{ events: number }>(
      `SELECT uniqExact(source, event_id) AS events FROM ${name} WHERE match(event_id, {ids:String})`,
      { ids: `^s(${segments.join('|')})-` },
    );
    events += counted?.events ?? 0;
  }
  return events;
};
