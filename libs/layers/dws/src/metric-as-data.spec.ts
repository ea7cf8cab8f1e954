import { createTable, METRICS, metricsQuery, metricTable, zoneOf, type Metric } from '@millrace/ads';
import { Driver, rowsOf } from './testing/driver';
import { fact } from './testing/fact';

/** A metric that does not exist. */
const CANCELLATIONS: Metric = {
  name: 'cancellations',
  description: 'Order lines cancelled, on the day of the cancel.',
  unit: 'events',
  split: true,
  additive: true,
  restatable: false,
  terms: [{ fact: 'cancel', add: 'count', sign: 1, booked: 'event' }],
};

test('adding a metric is one entry: it is in the table, the sums, the serving values and the queries', () => {
  const metrics = [...METRICS, CANCELLATIONS];
  expect(createTable(metricTable(METRICS))).not.toContain('cancellations');
  expect(createTable(metricTable(metrics))).toContain('`cancellations_direct` Int64');

  const driver = new Driver({ metrics });
  const time = Date.UTC(2026, 10, 11);
  driver.feed(fact({ kind: 'cancel', event_time: time, attribution: 'organic', order_time: time }));
  const emission = driver.emit();
  expect(rowsOf(emission).filter(({ grain, window }) => grain === 'merchant' && window === 'day')).toMatchObject([
    { cancellations_organic: 1, cancellations_direct: 0, net_orders_organic: -1 },
  ]);
  expect(driver.store.served('{dws:3}:day:merchant:m:2026-11-11')).toMatchObject({ values: { cancellations_organic: 1 } });

  const zone = zoneOf('Asia/Shanghai');
  const from_ms = zone.dayStart(zone.dayOf(time));
  const request = {
    grain: 'merchant',
    window: 'day',
    from_ms,
    to_ms: from_ms + 1,
    timezone: zone,
    filter: {},
    groupBy: [],
    basis: 'conversion',
    model: 'last',
    metrics: ['cancellations'],
  } as const;
  expect(metricsQuery(request, { zone, metrics }).sql).toContain('sum(t.`cancellations_organic`) AS `cancellations_organic`');
});
