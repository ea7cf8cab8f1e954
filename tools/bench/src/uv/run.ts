import { DEFAULT_RULES as rules, GRAINS, TOPICS } from '@millrace/ads';
import { createDwd } from '@millrace/layer-dwd';
import { drawing, identity } from '../driven/draws';
import { Driven, memory, sizeOf, type Timed } from '../driven/driven';
import { peakRss_mb } from '../harness/cpu';
import { DistinctNumbers } from './distinct-numbers';
import type { UvJob } from './job';


const DAY_MS = 86_400_000;
/** Midnight in the default zone. */
const START_MS = Date.UTC(2025, 2, 2, 16);
const PIECE = 10_000;
const BIT = GRAINS.find(({ name }) => name === 'campaign')?.uv_bit ?? 0;

/** Exposures through DWD: every fact says at which grains its user is new that day. */
export async function uv({ events, users, campaigns, days }: UvJob) {
  const below = drawing(3);
  const at = (n: number, total: number) => {
    const user = below(users);
    const campaign = below(campaigns);
    const time = START_MS + Math.floor((n / total) * days * DAY_MS);
    const row = {
      type: 'exposure',
      event_id: identity(n),
      source: 'sdk-app',
      event_time: time,
      user_id: `u${user}`,
      currency: 'CNY',
      event_version: 1,
      schema_version: null,
      city: null,
      platform: 'ios',
      request_id: null,
      sequence: null,
      merchant_id: `m${campaign % 100}`,
      campaign_id: `c${campaign}`,
      ad_id: `a${campaign * 4 + below(4)}`,
      item_id: null,
      slot: null,
      cost_minor: 1,
      ingest_time: time,
      extra: null,
    };
    return { row, key: (Math.floor((time - START_MS) / DAY_MS) * campaigns + campaign) * users + user };
  };

  warmUp((n) => at(n, events).row, Math.min(5 * PIECE, events));
  const driven = new Driven(createDwd({ rules }), TOPICS.exposure);
  const before = memory();
  const truth = new DistinctNumbers();
  const perDay = new Map<number, number>();
  let spent_us = 0;
  let half_us = 0;
  let distinct = 0;
  for (let n = 0; n < events;) {
    const made = Array.from({ length: Math.min(PIECE, events - n) }, (_, i) => at(n + i, events));
    for (const { key } of made) {
      if (!truth.add(key)) continue;
      const day = Math.floor(key / (campaigns * users));
      perDay.set(day, (perDay.get(day) ?? 0) + 1);
    }
    spent_us += driven.take(
      made.map(({ row }) => row),
      (produced) => {
        for (const { frame, to } of produced) {
          if (to.topic !== TOPICS.fact) continue;
          for (const fact of frame.rows as { readonly sign: number; readonly uv: number; readonly event_time: number }[]) {
            if ((fact.uv & BIT) === 0) continue;
            distinct += fact.sign;
            const day = Math.floor((fact.event_time - START_MS) / DAY_MS);
            perDay.set(day, (perDay.get(day) ?? 0) - fact.sign);
          }
        }
      },
    );
    n += made.length;
    if (half_us === 0 && n >= events / 2) half_us = spent_us;
  }
  const held = truth.bytes;
  const grown = memory() - before - held;
  const { entries, bytes } = (
    driven.task.operator as unknown as { readonly users: { readonly entries: number; readonly bytes: number } }
  ).users;
  const correct = distinct === truth.size && [...perDay.values()].every((difference) => difference === 0);
  return {
    us_per_event: spent_us / events,
    second_half: (spent_us - half_us) / (events / 2),
    events,
    rss_mb: peakRss_mb(),
    correct,
    entries,
    bytes_per_user_key_day: entries === 0 ? null : bytes / entries,
    memory_per_event: grown / events,
    snapshot_per_event: sizeOf(driven.parts()) / events,
    found: { distinct_of_campaigns: distinct, should_be: truth.size },
  };
}

/** In a call of its own: what it made is garbage when it returns. */
function warmUp(rowAt: (n: number) => Timed, count: number): void {
  new Driven(createDwd({ rules }), TOPICS.exposure).take(Array.from({ length: count }, (_, n) => rowAt(n)));
}
