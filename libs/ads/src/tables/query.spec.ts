import { zoneOf } from '../time/zone';
import { metricsQuery } from './query';
import type { MetricsRequest } from './request';

const zone = zoneOf('Asia/Shanghai');
const DAY_MS = 86_400_000;
/** 11 November in Shanghai. */
const FROM = Date.UTC(2026, 10, 10, 16);

const request: MetricsRequest = {
  grain: 'campaign',
  window: 'day',
  from_ms: FROM,
  to_ms: FROM + 2 * DAY_MS,
  timezone: zone,
  filter: { merchant_id: ['7', '8'] },
  groupBy: ['merchant_id', 'campaign_id'],
  metrics: ['clicks', 'orders'],
  basis: 'conversion',
  model: 'last',
};
const ask = (part: Partial<MetricsRequest> = {}): ReturnType<typeof metricsQuery> =>
  metricsQuery({ ...request, ...part }, { zone });

test('a question becomes sums over the newest versions', () => {
  expect(ask({ limit: 10 })).toEqual({
    sql: [
      'SELECT toUnixTimestamp64Milli(t.`window_start`) AS `window_start`,',
      '  t.`merchant_id` AS `merchant_id`,',
      '  t.`campaign_id` AS `campaign_id`,',
      '  sum(t.`clicks`) AS `clicks`,',
      '  sum(t.`orders_direct`) AS `orders_direct`,',
      '  sum(t.`orders_indirect`) AS `orders_indirect`',
      'FROM `dws_metric` AS t FINAL',
      'WHERE t.`grain` = {grain:String} AND t.`window` = {rows:String}',
      '  AND t.`basis` IN {bases:Array(String)} AND t.`model` IN {models:Array(String)}',
      "  AND t.`window_start` >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
      "  AND t.`window_start` < fromUnixTimestamp64Milli({to:Int64}, 'UTC')",
      '  AND t.`merchant_id` IN {merchant_id:Array(String)}',
      'GROUP BY 1, 2, 3',
      'HAVING `clicks` != 0 OR `orders_direct` != 0 OR `orders_indirect` != 0',
      'ORDER BY 1, 2, 3',
      'LIMIT {limit:UInt32}',
      'SETTINGS do_not_merge_across_partitions_select_final = 1',
    ].join('\n'),
    params: {
      grain: 'campaign',
      rows: 'day',
      basis: 'conversion',
      bases: ['conversion'],
      model: 'last',
      models: ['last'],
      from: FROM,
      to: FROM + 2 * DAY_MS,
      merchant_id: ['7', '8'],
      limit: 10,
    },
  });
});

test('hours are summed from minutes where there are no hour rows', () => {
  const { sql, params } = ask({ window: 'hour', to_ms: FROM + 2 * 3_600_000 });
  expect(sql).toContain('roundDown(toUnixTimestamp64Milli(t.`window_start`), {starts:Array(Int64)}) AS `window_start`');
  expect(params).toMatchObject({ rows: 'minute', starts: [FROM, FROM + 3_600_000], from: FROM, to: FROM + 2 * 3_600_000 });
  expect(metricsQuery({ ...request, grain: 'ad', window: 'hour' }, { zone }).params).toMatchObject({ rows: 'hour' });
});

test('days of another zone are summed from finer rows, cut by our own calendar', () => {
  const berlin = zoneOf('Europe/Berlin');
  // 25 October 2026 has 25 hours in Berlin.
  const from_ms = berlin.dayStart(berlin.dayOf(Date.UTC(2026, 9, 24, 12)));
  const { params } = ask({ timezone: berlin, from_ms, to_ms: from_ms + 3 * DAY_MS });
  expect(params).toMatchObject({ rows: 'minute', starts: [from_ms, from_ms + DAY_MS, from_ms + 2 * DAY_MS + 3_600_000] });
});

test('days of a zone with the same midnights are day rows', () => {
  expect(ask({ timezone: zoneOf('Asia/Singapore') }).params).toMatchObject({ rows: 'day' });
});

test('a total takes the coarsest rows that fit its range', () => {
  const rows = (from_ms: number, to_ms: number): unknown => ask({ window: 'total', from_ms, to_ms }).params['rows'];
  expect(rows(FROM, FROM + 40 * DAY_MS)).toBe('day');
  expect(rows(FROM, FROM + 40 * DAY_MS + 60_000)).toBe('minute');
  expect(ask({ window: 'total' }).params['starts']).toEqual([FROM]);
});

test('windows that begin before the range are left out', () => {
  expect(ask({ from_ms: FROM + 1 }).params).toMatchObject({ from: FROM + DAY_MS, to: FROM + 2 * DAY_MS });
});

test('under another basis or model, what no credit touches comes from where it is stored once', () => {
  const { sql, params } = ask({ basis: 'click', model: 'linear', metrics: ['clicks', 'orders', 'gmv'] });
  expect(params).toMatchObject({ bases: ['conversion', 'click'], models: ['last', 'linear'] });
  expect(sql).toContain("sumIf(t.`clicks`, t.`basis` = 'conversion' AND t.`model` = 'last') AS `clicks`");
  const own = 't.`basis` = {basis:String} AND t.`model` = {model:String}';
  expect(sql).toContain(`sumIf(t.\`orders_direct\`, ${own}) / 1000000 AS \`orders_direct\``);
  expect(sql).toContain(`sumIf(t.\`gmv_direct\`, ${own}) AS \`gmv_direct\``);
});

test('what is refused has no statement', () => {
  expect(() => ask({ metrics: ['sales'] })).toThrow('unknown_metric');
});
