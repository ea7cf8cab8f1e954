import { migrate, openClickHouseStore } from '@millrace/adapters/clickhouse';
import { RedisServingStore } from '@millrace/adapters/redis';
import { DEFAULT_RULES as rules, METRIC_TABLE, TOPICS } from '@millrace/ads';
import { createDws } from '@millrace/layer-dws';
import type { Emission, Emitting, ServingEntry } from '@millrace/stream';
import { factsFrom } from '../driven/facts';
import { Driven } from '../driven/driven';
import { cpuOf_us, ownCpu_us, peakRss_mb } from '../harness/cpu';

export interface SinkJob {
  readonly server: { readonly url: string; readonly port: number; readonly pid: number };
  /** Facts that DWS sums up. */
  readonly facts: number;
}

/** About a second of traffic to an emission. */
const FACTS_AN_EMISSION = 20_000;
const WARM_UP_SHARE = 0.25;

/** What DWS emits for made facts, in emissions as the engine would write them. */
function emissions(facts: number, start_ms: number): Emission[] {
  const driven = new Driven(createDws({ rules }), TOPICS.fact);
  const operator = driven.task.operator as unknown as Emitting;
  const factAt = factsFrom(start_ms);
  const made: Emission[] = [];
  for (let n = 0; n < facts; n += FACTS_AN_EMISSION) {
    driven.take(Array.from({ length: Math.min(FACTS_AN_EMISSION, facts - n) }, (_, i) => factAt(n + i)));
    const emission = operator.collect(driven.task.position);
    if (emission === null) continue;
    made.push(emission);
    operator.acknowledge(emission);
  }
  return made;
}

/** Sums of the newest rows, as the emissions have them and as the server does. */
const SUMS = `SELECT count() AS rows, sum(clicks) AS clicks, sum(cost) AS cost FROM ${METRIC_TABLE} FINAL WHERE grain = 'ad' AND window = 'day' AND basis = 'conversion'`;

/** Rows of summaries into ClickHouse: encoding, sending, and the server's part. */
export async function intoClickHouse({ server, facts }: SinkJob) {
  const olap = openClickHouseStore({ url: server.url });
  await migrate(olap);
  await olap.command(`TRUNCATE TABLE ${METRIC_TABLE}`);
  const all = emissions(facts, Date.UTC(2025, 2, 3));
  const warm = Math.max(1, Math.floor(all.length * WARM_UP_SHARE));
  let rows = 0;
  let [client_us, server_us, began_ms] = [0, 0, 0];
  for (const [at, { blocks }] of all.entries()) {
    if (at === warm) [client_us, server_us, began_ms] = [ownCpu_us(), cpuOf_us(server.pid), performance.now()];
    for (const some of [blocks.filter(({ closing }) => closing !== true), blocks.filter(({ closing }) => closing === true)])
      if (some.length > 0) await olap.insert(some);
    if (at >= warm) rows += blocks.reduce((sum, block) => sum + block.rows, 0);
  }
  const spent = { client: ownCpu_us() - client_us, server: cpuOf_us(server.pid) - server_us };
  const wall_s = (performance.now() - began_ms) / 1_000;
  const [sums] = await olap.query<{ rows: number; clicks: number; cost: number }>(SUMS);
  await olap.close();
  return {
    us_per_event: (spent.client + spent.server) / rows,
    events: rows,
    wall_s,
    rss_mb: peakRss_mb(),
    processes: { client: spent.client / rows, clickhouse: spent.server / rows },
    correct: Number(sums?.clicks) === facts && Number(sums?.cost) === facts * 3,
    found: { ...sums },
  };
}

const KEYS = 20_000;
const ROUNDS = 20;
const WARM_UP_ROUNDS = 5;

/** Changed values of open days into Redis: packing, sending, comparing versions in the server. */
export async function intoRedis({ server }: SinkJob) {
  const serving = new RedisServingStore({ place: { kind: 'single', at: { host: '127.0.0.1', port: server.port } } });
  // As DWS writes a day: the values of one, under many keys.
  const values = emissions(FACTS_AN_EMISSION, Date.now() - 3_600_000).flatMap((emission) =>
    emission.serving.map(({ value }) => value),
  );
  if (values.length === 0) throw new Error('DWS serves nothing of an open day');
  const expires_ms = Date.now() + 3_600_000;
  const keys = Array.from({ length: KEYS }, (_, i) => `{dws:${i % 2}}:day:campaign:merchant-${i % 97}:campaign-${i}:2026-11-11`);
  const entriesOf = (version: number): ServingEntry[] =>
    keys.map((key, i) => ({ key, version, value: values[(i + version) % values.length] ?? new Uint8Array(), expires_ms }));
  // The server outlives the run: an older version would change nothing.
  const first = Date.now();
  await serving.put(entriesOf(first), true);
  const rounds = Array.from({ length: ROUNDS }, (_, round) => entriesOf(first + 1 + round));
  let [client_us, server_us, began_ms] = [0, 0, 0];
  let kept = true;
  for (const [round, entries] of rounds.entries()) {
    if (round === WARM_UP_ROUNDS) [client_us, server_us, began_ms] = [ownCpu_us(), cpuOf_us(server.pid), performance.now()];
    kept = (await serving.put(entries)) && kept;
  }
  const spent = { client: ownCpu_us() - client_us, server: cpuOf_us(server.pid) - server_us };
  const changed = KEYS * (ROUNDS - WARM_UP_ROUNDS);
  const last = entriesOf(first + ROUNDS);
  const stored = await serving.get(keys);
  await serving.close();
  const right = last.filter(
    ({ version, value }, i) =>
      stored[i]?.version === version && Buffer.compare(stored[i]?.value ?? new Uint8Array(), value) === 0,
  ).length;
  return {
    us_per_event: (spent.client + spent.server) / changed,
    events: changed,
    wall_s: (performance.now() - began_ms) / 1_000,
    rss_mb: peakRss_mb(),
    processes: { client: spent.client / changed, redis: spent.server / changed },
    correct: kept && right === KEYS,
    found: { right, of: KEYS, bytes_per_value: Math.round(values.reduce((sum, { length }) => sum + length, 0) / values.length) },
  };
}
