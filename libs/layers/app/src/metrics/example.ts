import type { MetricsAnswer } from './answer';

const description = (unit: 'events' | 'users' | 'minor' | 'ratio', text: string) => ({
  unit,
  description: text,
  restatable: false,
});

/** The answer to `?from=2014-11-11&to=2014-11-12&groupBy=merchant_id&filter=merchant_id:1304&metrics=clicks,click_uv,orders,gmv,cvr`. */
export const EXAMPLE_ANSWER: MetricsAnswer = {
  store: 'clickhouse',
  asOf: { watermark: '2014-11-13T04:12:30.250+08:00', partitions: { '0': 18_224, '1': 20_013 } },
  rules: {
    zone: 'Asia/Shanghai',
    base_currency: 'CNY',
    rates: [],
    lateness_ms: 10_800_000,
    window_ms: 1_209_600_000,
    window_mode: 'rolling',
    invalidation_ms: 259_200_000,
    line_life_ms: 1_296_000_000,
    repeat_within_ms: 2_000,
    models: [],
    changes: [],
  },
  query: {
    from: '2014-11-11T00:00:00+08:00',
    to: '2014-11-12T00:00:00+08:00',
    window: 'day',
    timezone: 'Asia/Shanghai',
    grain: 'merchant',
    groupBy: ['merchant_id'],
    filter: { merchant_id: ['1304'] },
    basis: 'conversion',
    model: 'last',
    order: null,
    limit: null,
  },
  days: { '2014-11-11': 'sealed' },
  metrics: {
    clicks: description('events', 'Valid clicks: not repeated within 2 s, not invalidated.'),
    click_uv: description('users', 'Exact distinct users with a valid click that day.'),
    orders: description('events', 'Order lines placed. Never shrinks by a cancel.'),
    gmv: description('minor', 'Amount paid, by payment day.'),
    cvr: description('ratio', 'Attributed orders per click.'),
  },
  notes: ['Days that are not reconciled are served from the real-time layer.'],
  truncated: false,
  rows: [
    {
      window_start: '2014-11-11T00:00:00+08:00',
      day: '2014-11-11',
      merchant_id: '1304',
      metrics: {
        clicks: 40,
        click_uv: 12,
        orders: { direct: 3, indirect: 1, organic: 2 },
        gmv: { direct: 52_300, indirect: 9_900, organic: 20_400 },
        cvr: 0.1,
      },
    },
  ],
};

export const EXAMPLE_CSV = [
  'window_start,day,merchant_id,clicks,click_uv,orders_direct,orders_indirect,orders_organic,gmv_direct,gmv_indirect,gmv_organic,cvr',
  '2014-11-11T00:00:00+08:00,2014-11-11,1304,40,12,3,1,2,52300,9900,20400,0.1',
  '',
].join('\r\n');
