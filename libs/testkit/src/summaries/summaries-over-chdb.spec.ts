import { openChdbStore } from '@millrace/adapters/chdb';
import {
  conversionQuery,
  createTable,
  DEFAULT_RULES,
  DETAIL_TABLES,
  METRICS,
  metricsQuery,
  metricTable,
  LATE_TABLE,
  lateQuery,
  progressBesideQuery,
  progressQuery,
  versionOf,
  zoneOf,
  type ConversionRow,
  type Fact,
  type Metric,
  type MetricsRequest,
  type MetricsRow,
  type LateReason,
  type ReceivedRequest,
  type LateRow,
  type ProgressBesideRow,
  type ProgressRow,
  type Statement,
} from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import { createDws } from '@millrace/layer-dws';
import type { Emitting, OlapStore, Operator } from '@millrace/stream';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** DWS and the archive write, the real engine answers; the answers are compared with loops over the facts. */

const zone = zoneOf('Asia/Shanghai');
const berlin = zoneOf('Europe/Berlin');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Three days around a change of the month, so that rows lie in two partitions of the table. */
const FROM = Date.UTC(2026, 9, 30, 16);
const TO = FROM + 3 * DAY_MS;

/** Not among the warehouse's metrics: that it is answered shows that a metric is one entry. */
const CANCELLATIONS: Metric = {
  name: 'cancellations',
  description: 'Order lines cancelled, on the day of the cancel.',
  unit: 'events',
  split: true,
  additive: true,
  restatable: false,
  terms: [{ fact: 'cancel', add: 'count', sign: 1, booked: 'event' }],
};
const metrics = [...METRICS, CANCELLATIONS];

const factAt = (n: number): Fact => {
  const kinds = ['exposure', 'click', 'click', 'message', 'order', 'cancel', 'payment', 'refund'] as const;
  const kind = kinds[n % kinds.length] ?? 'click';
  const event_time = FROM + ((n * 7_919_333) % (TO - FROM));
  const effect = kind !== 'exposure' && kind !== 'click';
  const organic = effect && n % 5 === 0;
  const model = effect && n % 7 === 0 ? 'linear' : 'last';
  return {
    kind,
    sign: n % 11 === 0 ? -1 : 1,
    source: 's',
    event_id: `e-${n}`,
    user_id: `u-${n % 13}`,
    event_time,
    ingest_time: FROM + n * 60_000,
    merchant_id: `m-${n % 3}`,
    campaign_id: organic ? null : `c-${n % 2}`,
    ad_id: organic ? null : `a-${n % 4}`,
    item_id: n % 6 === 0 ? null : `i-${n % 5}`,
    amount_minor: n * 10,
    original_minor: n * 10,
    currency: 'CNY',
    rate_id: null,
    uv: effect ? 0 : n % 32,
    attribution: effect ? (organic ? 'organic' : n % 2 === 0 ? 'direct' : 'indirect') : null,
    model,
    credit_micro: model === 'linear' ? 250_000 : 1_000_000,
    order_time: effect && kind !== 'message' ? event_time - 5 * HOUR_MS : null,
    order_id: effect && kind !== 'message' ? `o-${n % 40}` : null,
    channel: kind === 'message' ? (n % 2 === 0 ? 'public' : 'private') : null,
    click_source: effect && !organic ? 's' : null,
    click_id: effect && !organic ? `k-${n}` : null,
    click_time: effect && !organic ? Math.max(FROM, event_time - 20 * HOUR_MS) : null,
    orphan: false,
    version: 0,
  };
};
const FACTS = Array.from({ length: 2_000 }, (_, n) => factAt(n));

const directory = mkdtempSync(join(tmpdir(), 'millrace-summaries-'));
let olap: OlapStore;

beforeAll(async () => {
  olap = await openChdbStore(directory);
  for (const table of [metricTable(metrics), ...DETAIL_TABLES]) await olap.command(createTable(table));
  for (const partition of [0, 1]) await write(partition);
}, 60_000);

afterAll(async () => {
  await olap.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Facts of one partition; every third emission is written, but not acknowledged, as when the process dies in between. */
const write = async (partition: number): Promise<void> => {
  const from = { topic: 'dwd.fact', partition };
  const dws = createDws({ rules: DEFAULT_RULES, metrics, max_segment_rows: 300 }).create(from);
  const archive = createArchive().create(from) as Operator<Fact> & Emitting;
  const out = { emit: () => undefined };
  for (const [n, fact] of FACTS.entries()) {
    if (n % 2 !== partition) continue;
    const at = { source: { topic: 'ods.action', partition: 0 }, epoch: 1, offset: Math.floor(n / 10), ordinal: n % 10 };
    dws.process(fact, -Infinity, out, at);
    archive.process(fact, -Infinity, out, at);
    dws.advance(fact.ingest_time - 3 * HOUR_MS, out);
    if (n % 250 > 1) continue;
    for (const operator of [dws, archive]) {
      const emission = operator.collect(n + 1);
      await olap.insert(emission?.blocks ?? []);
      if (emission !== null && n % 3 !== 0) operator.acknowledge(emission);
    }
  }
  for (const operator of [dws, archive]) await olap.insert(operator.collect(FACTS.length)?.blocks ?? []);
};

const ask = <Row extends object>({ sql, params }: Statement): Promise<Row[]> => olap.query<Row>(sql, params);

const request: MetricsRequest = {
  grain: 'merchant',
  window: 'day',
  from_ms: FROM,
  to_ms: TO,
  timezone: zone,
  filter: {},
  groupBy: ['merchant_id'],
  metrics: ['clicks'],
  basis: 'conversion',
  model: 'last',
};
const answer = (part: Partial<MetricsRequest>): Promise<MetricsRow[]> =>
  ask<MetricsRow>(metricsQuery({ ...request, ...part }, { zone, metrics }));

/** Sums a value over facts into rows of (window start, keys); rows that came out 0 are left out. */
const grouped = (of: (fact: Fact) => { row: readonly (string | number | null)[]; value: number }): Record<string, number> => {
  const sums = new Map<string, number>();
  for (const fact of FACTS) {
    const { row, value } = of(fact);
    if (!row.includes(null)) sums.set(row.join('|'), (sums.get(row.join('|')) ?? 0) + value);
  }
  const rows = nonZero([...sums]);
  // A comparison of nothing with nothing would show nothing.
  expect(Object.keys(rows).length).toBeGreaterThan(2);
  return rows;
};
const nonZero = (sums: readonly [string, number][]): Record<string, number> =>
  Object.fromEntries(sums.filter(([, sum]) => sum !== 0).sort());
const cells = (rows: readonly MetricsRow[], keys: readonly string[], column: string): Record<string, number> =>
  nonZero(rows.map((row) => [keys.map((key) => row[key]).join('|'), Number(row[column])]));

const dayOf = (time: number, of = zone): number => of.dayStart(of.dayOf(time));

test('days, per merchant', async () => {
  const rows = await answer({});
  expect(cells(rows, ['window_start', 'merchant_id'], 'clicks')).toEqual(
    grouped((fact) => ({ row: [dayOf(fact.event_time), fact.merchant_id], value: fact.kind === 'click' ? fact.sign : 0 })),
  );
  expect(rows.length).toBe(9);
});

test('hours, from the minutes of a campaign and from the hours of an ad, filtered', async () => {
  const costs = (key: 'campaign_id' | 'ad_id'): Record<string, number> =>
    grouped((fact) => ({
      row: [zone.hourStart(fact.event_time), fact[key]],
      value: fact.attribution === null && fact.merchant_id === 'm-1' ? fact.sign * fact.amount_minor : 0,
    }));
  const part: Partial<MetricsRequest> = { window: 'hour', metrics: ['cost'], filter: { merchant_id: ['m-1'] } };
  const campaigns = await answer({ ...part, grain: 'campaign', groupBy: ['campaign_id'] });
  expect(cells(campaigns, ['window_start', 'campaign_id'], 'cost')).toEqual(costs('campaign_id'));
  const ads = await answer({ ...part, grain: 'ad', groupBy: ['ad_id'] });
  expect(cells(ads, ['window_start', 'ad_id'], 'cost')).toEqual(costs('ad_id'));
});

test('days of another zone, the range of which is cut where its days begin', async () => {
  const rows = await answer({ timezone: berlin, grain: 'all', groupBy: [], metrics: ['clicks'] });
  const [first, last] = [dayOf(FROM, berlin) + DAY_MS, dayOf(TO, berlin) + DAY_MS];
  expect(cells(rows, ['window_start'], 'clicks')).toEqual(
    grouped((fact) => ({
      row: [dayOf(fact.event_time, berlin)],
      value: fact.kind === 'click' && fact.event_time >= first && fact.event_time < last ? fact.sign : 0,
    })),
  );
});

test('users of a day', async () => {
  const rows = await answer({ metrics: ['click_uv'], grain: 'item', groupBy: ['merchant_id', 'item_id'] });
  expect(cells(rows, ['window_start', 'merchant_id', 'item_id'], 'click_uv')).toEqual(
    grouped((fact) => ({
      row: [dayOf(fact.event_time), fact.merchant_id, fact.item_id],
      value: fact.kind === 'click' && (fact.uv & 16) !== 0 ? fact.sign : 0,
    })),
  );
});

test('a total of days, and one of minutes, with what is booked by order day', async () => {
  const metric = 'net_gmv_by_order_day';
  const expected = (to_ms: number): number =>
    FACTS.filter(
      ({ kind, model, attribution }) => (kind === 'payment' || kind === 'refund') && model === 'last' && attribution === 'direct',
    )
      .filter(({ order_time }) => order_time !== null && order_time >= FROM && order_time < to_ms)
      .reduce((sum, { kind, sign, amount_minor }) => sum + sign * (kind === 'payment' ? amount_minor : -amount_minor), 0);
  for (const to_ms of [FROM + 2 * DAY_MS, FROM + 2 * DAY_MS + 17 * 60_000]) {
    const rows = await answer({ window: 'total', grain: 'all', groupBy: [], metrics: [metric], to_ms });
    expect(rows).toMatchObject([{ window_start: FROM, [`${metric}_direct`]: expected(to_ms) }]);
  }
});

test('click-day cohorts, beside the clicks of the same days', async () => {
  const rows = await answer({ basis: 'click', metrics: ['clicks', 'orders'] });
  expect(cells(rows, ['window_start', 'merchant_id'], 'orders_direct')).toEqual(
    grouped((fact) => ({
      row: [fact.click_time && dayOf(fact.click_time), fact.merchant_id],
      value: fact.kind === 'order' && fact.model === 'last' && fact.attribution === 'direct' ? fact.sign : 0,
    })),
  );
  expect(cells(rows, ['window_start', 'merchant_id'], 'clicks')).toEqual(
    cells(await answer({}), ['window_start', 'merchant_id'], 'clicks'),
  );
});

test('a model that shares credits, in whole conversions, beside the same clicks', async () => {
  const rows = await answer({ model: 'linear', metrics: ['clicks', 'orders'] });
  expect(cells(rows, ['window_start', 'merchant_id'], 'orders_direct')).toEqual(
    grouped((fact) => ({
      row: [dayOf(fact.event_time), fact.merchant_id],
      value: fact.kind === 'order' && fact.model === 'linear' && fact.attribution === 'direct' ? fact.sign * 0.25 : 0,
    })),
  );
  expect(cells(rows, ['window_start', 'merchant_id'], 'clicks')).toEqual(
    cells(await answer({}), ['window_start', 'merchant_id'], 'clicks'),
  );
});

test('a metric that one entry added', async () => {
  const rows = await answer({ metrics: ['cancellations'] });
  expect(cells(rows, ['window_start', 'merchant_id'], 'cancellations_organic')).toEqual(
    grouped((fact) => ({
      row: [dayOf(fact.event_time), fact.merchant_id],
      value: fact.kind === 'cancel' && fact.model === 'last' && fact.attribution === 'organic' ? fact.sign : 0,
    })),
  );
});

test('progress, one row per partition', async () => {
  const watermark = (partition: number): number => FROM + (FACTS.length - 2 + partition) * 60_000 - 3 * HOUR_MS;
  expect(await ask<ProgressRow>(progressQuery())).toEqual([
    { partition: 0, position: FACTS.length, watermark: watermark(0) },
    { partition: 1, position: FACTS.length, watermark: watermark(1) },
  ]);
  expect(versionOf(1, FACTS.length)).toBeGreaterThan(FACTS.length);
});

test('rows that are further than the progress of their partition are seen beside those that were asked for, and no others', async () => {
  const beside = async (part: Partial<MetricsRequest> = {}): Promise<unknown[]> =>
    (await ask<ProgressBesideRow>(progressBesideQuery({ ...request, ...part }, { zone, metrics }))).map(
      ({ partition, position, ahead }) => [partition, position, ahead],
    );
  const [newest] = FACTS.filter((_, n) => n % 2 === 0).slice(-1);
  if (newest === undefined) throw new Error('no facts');
  const { merchant_id } = newest;
  const whole = [
    [0, FACTS.length, 0],
    [1, FACTS.length, 0],
  ];
  expect(await beside()).toEqual(whole);
  const dws = createDws({ rules: DEFAULT_RULES, metrics }).create({ topic: 'dwd.fact', partition: 0 });
  dws.process(
    newest,
    -Infinity,
    { emit: () => undefined },
    { source: { topic: 'x', partition: 0 }, epoch: 1, offset: 0, ordinal: 0 },
  );
  const blocks = dws.collect(FACTS.length + 5)?.blocks ?? [];
  const [rows, progress] = [false, true].map((closing) => blocks.filter((block) => (block.closing ?? false) === closing));
  // Into a copy: the other tests ask of what there was.
  await olap.command('RENAME TABLE dws_metric TO dws_metric_whole');
  await olap.command('CREATE TABLE dws_metric AS dws_metric_whole');
  await olap.command('INSERT INTO dws_metric SELECT * FROM dws_metric_whole');
  try {
    await olap.insert(rows ?? []);
    const range = { from_ms: FROM, to_ms: FROM + 60 * DAY_MS };
    expect(await beside({ ...range, filter: { merchant_id: [merchant_id] } })).toEqual([
      [0, FACTS.length, 1],
      [1, FACTS.length, 0],
    ]);
    expect(await beside({ ...range, filter: { merchant_id: ['another'] } })).toEqual(whole);
    await olap.insert(progress ?? []);
    expect(await beside({ ...range, filter: { merchant_id: [merchant_id] } })).toEqual([
      [0, FACTS.length + 5, 0],
      [1, FACTS.length, 0],
    ]);
  } finally {
    await olap.command('DROP TABLE dws_metric');
    await olap.command('RENAME TABLE dws_metric_whole TO dws_metric');
  }
});

test('the late lane, the newest first, and what was written twice once', async () => {
  await olap.command(createTable(LATE_TABLE));
  for (const offset of [1, 2, 2])
    await olap.command(
      `INSERT INTO dwd_late (reason, user_id, day, ingest_time, source_offset)
       VALUES ('late_click', 'u-${offset}', 16385, fromUnixTimestamp64Milli(${FROM + offset}, 'UTC'), ${offset})`,
    );
  const rows = (part: Partial<ReceivedRequest<LateReason>> = {}): Promise<LateRow[]> =>
    ask<LateRow>(lateQuery({ reasons: ['late_click', 'orphan'], from_ms: FROM, to_ms: FROM + DAY_MS, limit: 10, ...part }));
  expect(await rows()).toMatchObject([
    { user_id: 'u-2', day: 16_385, ingest_time: FROM + 2, reason: 'late_click', merchant_id: '' },
    { user_id: 'u-1' },
  ]);
  expect(await rows({ limit: 1 })).toHaveLength(1);
  expect(await rows({ to_ms: FROM + 2 })).toMatchObject([{ user_id: 'u-1' }]);
  expect(await rows({ reasons: ['orphan'] })).toEqual([]);
});

describe('one conversion', () => {
  const stored = (id: string): Promise<ConversionRow[]> => ask<ConversionRow>(conversionQuery(id));
  const effects = FACTS.filter(({ attribution }) => attribution !== null);

  test('by the id of its order: all rows, each once, in the order in which they were decided', async () => {
    const rows = await stored('o-12');
    expect(rows.map(({ event_id }) => event_id)).toEqual(
      effects.filter(({ order_id }) => order_id === 'o-12').map(({ event_id }) => event_id),
    );
    const [fact] = effects.filter(({ order_id }) => order_id === 'o-12');
    const [row] = rows;
    // Every field comes back; what is absent as '', what is a flag as 0 or 1.
    const back = Object.fromEntries(Object.keys(fact ?? {}).map((field) => [field, row?.[field as keyof ConversionRow]]));
    const { uv: _, ...said } = fact ?? {};
    expect({ ...back, uv: undefined }).toEqual({
      ...Object.fromEntries(Object.entries(said).map(([field, value]) => [field, value ?? ''])),
      orphan: 0,
    });
  });

  test('by the id of one of its events', async () => {
    const payment = effects.find(({ kind, order_id }) => kind === 'payment' && order_id === 'o-6');
    expect(await stored(payment?.event_id ?? '')).toEqual(await stored('o-6'));
  });

  test('a message, by its own id', async () => {
    const message = effects.find(({ kind }) => kind === 'message');
    expect(await stored(message?.event_id ?? '')).toMatchObject([{ kind: 'message', event_id: message?.event_id, order_id: '' }]);
  });

  test('an unknown id has no rows', async () => {
    expect(await stored('nobody')).toEqual([]);
  });

  test('is found through the indexes, not by reading the table', async () => {
    const planOf = async ({ sql, params }: Statement): Promise<string> =>
      (await olap.query<{ explain: string }>(`EXPLAIN indexes = 1 ${sql}`, params)).map(({ explain }) => explain).join('\n');
    expect(await planOf(conversionQuery('o-12'))).toMatch(/PrimaryKey[^]*Condition: \(conversion_id in \d-element set\)/);
    const inner = "SELECT conversion_id FROM dwd_conversion WHERE event_id = 'e-4'";
    expect(conversionQuery('o-12').sql.replaceAll('`', '')).toContain(inner.replace("'e-4'", '{id:String}'));
    expect(await planOf({ sql: inner, params: {} })).toMatch(/Skip[^]*Name: by_event_id/);
  });
});

test('exposures and clicks are archived too, each once', async () => {
  for (const kind of ['exposure', 'click'] as const) {
    const rows = await olap.query<{ event_id: string }>(`SELECT event_id FROM dwd_${kind} FINAL ORDER BY source_offset, ordinal`);
    expect(rows.map(({ event_id }) => event_id)).toEqual(
      FACTS.filter((fact) => fact.kind === kind).map(({ event_id }) => event_id),
    );
  }
});
