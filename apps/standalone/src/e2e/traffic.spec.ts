import { createTraffic, METRICS } from '@millrace/ads';
import { zoneOf, DEFAULT_RULES } from '@millrace/ads';
import { Answers, check } from '@millrace/service/demo';
import { TestWarehouse, type TestWarehouseOptions } from '../testing/warehouse';

/** Generated traffic knows its own totals: they come out, however the work was cut, and so does everything else that REST answers. */

jest.setTimeout(120_000);

const SEEDS = [11, 12, 13];
/** Partitions, and what is appended, fetched and emitted at a time. */
const CUTS: readonly TestWarehouseOptions[] = [
  { partitions: 1, batch: 1_000_000 },
  { partitions: 3, batch: 97, fetch_bytes: 5_000, emission_interval_ms: 100 },
  { partitions: 8, batch: 1_000, fetch_bytes: 100_000, emission_interval_ms: 300 },
];
const DAYS = { from: '2025-03-03', to: '2025-03-24' };
const EVERY_METRIC = METRICS.map(({ name }) => name).join(',');

describe.each(SEEDS)('seed %d', (seed) => {
  const traffic = createTraffic({ seed, lines_per_day: 250, users: 60, merchants: 6 });
  const lines = [...traffic].map(({ line }) => line);
  const truth = traffic.totals();
  const answers: unknown[] = [];

  test.each(CUTS)('$partitions partitions: every total is the source’s own', async (cut) => {
    const warehouse = await TestWarehouse.of(lines, cut);
    const { app, olap, census } = warehouse.warehouse;
    try {
      const asked = new Answers((query) => app.inject({ url: '/v1/metrics', query }), olap, zoneOf(DEFAULT_RULES.zone));
      const checked = await check(truth, await asked.days(), asked, census.counts('raw.test'));
      expect(checked).toEqual({ equal: checked.of, of: checked.of, differences: [] });
      expect(checked.of).toBeGreaterThan(1_000);
      answers.push(await everythingAsked(warehouse));
    } finally {
      await warehouse.close();
    }
  });

  test('what REST answers is the same in all of them', () => {
    const [first, ...others] = answers;
    expect(others).toHaveLength(CUTS.length - 1);
    for (const other of others) expect(other).toEqual(first);
  });

  /** Every grain, window, basis and ratio in some question, and single conversions. */
  const everythingAsked = async (warehouse: TestWarehouse): Promise<unknown> => ({
    days: await warehouse.metrics({ ...DAYS, metrics: EVERY_METRIC }),
    ads: await warehouse.metrics({
      ...DAYS,
      groupBy: 'ad_id',
      window: 'total',
      metrics: 'exposures,clicks,cost,orders,gmv,ctr,cvr,roi',
    }),
    campaigns: await warehouse.metrics({ ...DAYS, groupBy: 'campaign_id' }),
    items: await warehouse.metrics({ from: '2025-03-10', to: '2025-03-12', groupBy: 'item_id', window: 'hour' }),
    minutes: await warehouse.metrics({ from: '2025-03-10T09:00:00+08:00', to: '2025-03-10T21:00:00+08:00', window: 'minute' }),
    cohorts: await warehouse.metrics({ ...DAYS, basis: 'click', groupBy: 'merchant_id' }),
    berlin: await warehouse.metrics({ ...DAYS, timezone: 'Europe/Berlin', metrics: 'clicks,cost,orders,gmv' }),
    conversions: await Promise.all(
      orderIds(lines)
        .slice(0, 40)
        .map((id) => creditsOf(warehouse, id)),
    ),
  });
});

const orderIds = (lines: readonly string[]): string[] => [
  ...new Set(lines.flatMap((line) => /"order_id":"([^"]+)"/.exec(line)?.[1] ?? [])),
];

/** What stands; what was published and taken back on the way depends on the way. */
const creditsOf = async (warehouse: TestWarehouse, id: string): Promise<unknown> => {
  const { conversions } = await warehouse.conversions(id);
  return conversions
    .flatMap(({ item_id, events }) =>
      events.flatMap(({ versions: _history, ...event }) => (event.credit ? [JSON.stringify({ item_id, ...event })] : [])),
    )
    .sort();
};
