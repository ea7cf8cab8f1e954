import { METRICS, RATIOS } from '@millrace/ads';
import { appOver, HOUR_MS, NOW_MS, ScriptedOlap } from '../testing/doubles';
import { storedRow } from '../testing/rows';
import type { MetricsAnswer } from './answer';

const ask = async (query: string, olap = new ScriptedOlap(), headers: Record<string, string> = {}) => {
  const response = await appOver({ olap }).inject({ url: `/v1/metrics?${query}`, headers });
  return {
    olap,
    response,
    status: response.statusCode,
    body: response.json<MetricsAnswer & { detail: string; reason?: string; errors?: { path: string; detail: string }[] }>(),
  };
};

const DAY = 'from=2014-11-11&to=2014-11-12';
const WEEK = 'from=2014-11-11&to=2014-11-18';

describe('an answer', () => {
  test('has rows with their keys, sums split by attribution, and ratios of these sums', async () => {
    const olap = new ScriptedOlap();
    olap.rows = [
      storedRow({ merchant_id: '1304', clicks: 40, click_uv: 12, orders_direct: 3, orders_indirect: 1, orders_organic: 2 }),
    ];
    const { status, body } = await ask(`${DAY}&groupBy=merchant_id&metrics=clicks,click_uv,orders,cvr,roi`, olap);
    expect(status).toBe(200);
    expect(body.rows).toEqual([
      {
        window_start: '2014-11-11T00:00:00+08:00',
        day: '2014-11-11',
        merchant_id: '1304',
        metrics: { clicks: 40, click_uv: 12, orders: { direct: 3, indirect: 1, organic: 2 }, cvr: 0.1, roi: null },
      },
    ]);
    expect(body.metrics['clicks']).toEqual({ unit: 'events', description: expect.any(String), restatable: false });
  });

  test('says its position, the rules, the question as understood, and the state of the days', async () => {
    const { body } = await ask('from=2014-11-12&to=2014-11-14&filter=merchant_id:1304&metrics=clicks');
    expect(body.asOf).toEqual({ watermark: '2014-11-13T09:00:00+08:00', partitions: { 0: 10 } });
    expect(body.rules).toMatchObject({ zone: 'Asia/Shanghai', lateness_ms: 3 * HOUR_MS });
    expect(body.query).toMatchObject({
      from: '2014-11-12T00:00:00+08:00',
      to: '2014-11-14T00:00:00+08:00',
      window: 'day',
      grain: 'merchant',
      filter: { merchant_id: ['1304'] },
    });
    expect(body.days).toEqual({ '2014-11-12': 'sealed', '2014-11-13': 'live' });
    expect(body.notes).toEqual(['Days that are not reconciled are served from the real-time layer.']);
  });

  test('asked for nothing in particular it has every metric and ratio', async () => {
    const { body } = await ask(DAY);
    expect(Object.keys(body.metrics)).toEqual([...METRICS, ...RATIOS].map(({ name }) => name));
  });

  test('leaves users out where they do not exist, and says so', async () => {
    const { status, body } = await ask(`${WEEK}&window=total`);
    expect(status).toBe(200);
    expect(body.metrics).not.toHaveProperty('click_uv');
    expect(body.notes[0]).toMatch(/^Left out: exposure_uv, click_uv\. .*window=day/);
  });

  test('of one business day as a total has users', async () => {
    const { status, body } = await ask(`${DAY}&window=total&metrics=click_uv`);
    expect(status).toBe(200);
    expect(body.metrics).toHaveProperty('click_uv');
  });

  test('has no organic effects at ad grain', async () => {
    const olap = new ScriptedOlap();
    olap.rows = [storedRow({ merchant_id: '1', campaign_id: '2', ad_id: '3', orders_direct: 5 })];
    const { body } = await ask(`${DAY}&groupBy=ad_id&metrics=orders`, olap);
    expect(body.rows[0]).toMatchObject({
      merchant_id: '1',
      campaign_id: '2',
      ad_id: '3',
      metrics: { orders: { direct: 5, indirect: 0 } },
    });
    expect(body.rows[0]?.metrics['orders']).not.toHaveProperty('organic');
  });

  test('of one attribution has only that one', async () => {
    const olap = new ScriptedOlap();
    olap.rows = [storedRow({ gmv_direct: 7 })];
    expect((await ask(`${DAY}&metrics=gmv.direct`, olap)).body.rows[0]?.metrics).toEqual({ gmv: { direct: 7 } });
  });

  test('by click day has the maturity of its cohorts, and effects that may be restated', async () => {
    const { body } = await ask(`${DAY}&basis=click&metrics=clicks,orders`);
    expect(body.maturity).toEqual({
      '2014-11-11': {
        state: 'maturing',
        share: (NOW_MS - 3 * HOUR_MS - Date.parse('2014-11-12T00:00:00+08:00')) / (14 * 24 * HOUR_MS),
      },
    });
    expect(body.metrics).toMatchObject({ clicks: { restatable: false }, orders: { restatable: true } });
  });

  test('in another zone cuts and writes in that zone', async () => {
    const olap = new ScriptedOlap();
    olap.rows = [storedRow({ window_start: Date.UTC(2014, 10, 11) })];
    const { body } = await ask('from=2014-11-11&to=2014-11-12&timezone=UTC&metrics=clicks', olap);
    expect(body.rows[0]).toMatchObject({ window_start: '2014-11-11T00:00:00Z', day: '2014-11-11' });
    expect(body.days).toEqual({ '2014-11-11': 'sealed', '2014-11-12': 'sealed' });
  });
});

describe('limit and order', () => {
  const three = () => {
    const olap = new ScriptedOlap();
    olap.rows = [1, 2, 3].map((clicks) => storedRow({ clicks }));
    return olap;
  };

  test('a cut answer says that there is more, a whole one that there is not', async () => {
    expect((await ask(`${DAY}&limit=2&metrics=clicks`, three())).body).toMatchObject({ truncated: true, rows: [{}, {}] });
    expect((await ask(`${DAY}&limit=3&metrics=clicks`, three())).body).toMatchObject({ truncated: false, rows: [{}, {}, {}] });
  });

  test('the store orders, by sums and ratios too, and is asked for one row more than shown', async () => {
    const { olap } = await ask(`${DAY}&groupBy=ad_id&order=-cvr&limit=2`);
    expect(olap.asked[0]?.sql).toContain(
      'ORDER BY if(`clicks` = 0, NULL, (`orders_direct` + `orders_indirect`) / `clicks`) DESC NULLS LAST, `window_start`, `merchant_id`, `campaign_id`, `ad_id`',
    );
    expect(olap.asked[0]?.params).toMatchObject({ app_limit: 3 });
  });

  test('without a limit, too many rows are refused, not cut', async () => {
    const olap = three();
    const response = await appOver({ olap }, { limits: { rows: 2 } }).inject(`/v1/metrics?${DAY}`);
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({ reason: 'too_many_rows', detail: expect.stringContaining('limit') });
  });
});

describe('CSV', () => {
  const rows = [storedRow({ merchant_id: 'a,"b"', clicks: 2, exposures: 0, orders_direct: 1 })];
  const expected = [
    'window_start,day,merchant_id,clicks,orders_direct,orders_indirect,orders_organic,ctr',
    '2014-11-11T00:00:00+08:00,2014-11-11,"a,""b""",2,1,0,0,',
    '',
  ].join('\r\n');
  const query = `${DAY}&groupBy=merchant_id&metrics=clicks,orders,ctr`;

  test.each([
    ['by format', '&format=csv', {}],
    ['by Accept', '', { accept: 'text/csv;q=0.9, application/json;q=0.1' }],
  ])('%s: a header, quoted values, nothing for null', async (_, format, headers) => {
    const olap = new ScriptedOlap();
    olap.rows = rows;
    const response = await appOver({ olap }).inject({ url: `/v1/metrics?${query}${format}`, headers });
    expect(response.headers['content-type']).toContain('text/csv');
    expect(response.headers['millrace-as-of']).toBe('2014-11-13T09:00:00+08:00');
    expect(response.body).toBe(expected);
  });

  test('JSON stays the answer to a browser and to curl', async () => {
    for (const accept of ['*/*', 'text/html,application/xhtml+xml,*/*;q=0.8']) {
      expect((await appOver().inject({ url: `/v1/metrics?${DAY}`, headers: { accept } })).headers['content-type']).toContain(
        'application/json',
      );
    }
  });

  test('a format that does not exist is refused', async () => {
    expect((await appOver().inject({ url: `/v1/metrics?${DAY}`, headers: { accept: 'image/png' } })).statusCode).toBe(406);
  });
});

describe('what is not understood is refused with 400, naming the parameter and what would do', () => {
  test.each([
    ['to=2014-11-12', 'query.from', 'required'],
    ['from=2014-11-11', 'query.to', 'required'],
    ['from=&to=2014-11-12', 'query.from', 'empty'],
    ['from=2014-11-11&from=2014-11-10&to=2014-11-12', 'query.from', 'more than once'],
    ['from=soon&to=2014-11-12', 'query.from', 'RFC 3339'],
    ['from=2014-11-12&to=2014-11-12', 'query.to', 'half-open'],
    [
      'from=2014-11-11T00:30:00%2B08:00&to=2014-11-12',
      'query.from',
      'Use 2014-11-11T00:00:00+08:00 or 2014-11-12T00:00:00+08:00.',
    ],
    [`${DAY}&window=hour&timezone=Asia/Kathmandu&to=x`, 'query.to', 'more than once'],
    [
      `from=2014-11-11T00:20:00Z&to=2014-11-12T00:15:00Z&window=hour&timezone=Asia/Kathmandu`,
      'query.from',
      'Use 2014-11-11T06:00:00+05:45 or 2014-11-11T07:00:00+05:45.',
    ],
    [`${DAY}&windows=day`, 'query.windows', 'Did you mean "window"?'],
    [`${DAY}&window=week`, 'query.window', 'Known: minute, hour, day, total'],
    [`${DAY}&timezone=Asia/Shangai`, 'query.timezone', 'such as Asia/Shanghai'],
    [`${DAY}&groupBy=merchant`, 'query.groupBy', 'Did you mean "merchant_id"?'],
    [`${DAY}&groupBy=ad_id,item_id`, 'query.groupBy', 'No rows are kept that know'],
    [`${DAY}&filter=merchant:1`, 'query.filter', 'Did you mean "merchant_id"?'],
    [`${DAY}&metrics=click`, 'query.metrics', 'Did you mean "clicks"?'],
    [`${DAY}&metrics=orders.organik`, 'query.metrics', 'Did you mean "organic"?'],
    [`${DAY}&metrics=clicks.direct`, 'query.metrics', 'not split'],
    [`${DAY}&basis=order`, 'query.basis', 'Known: conversion, click'],
    [`${DAY}&order=-cost&metrics=clicks`, 'query.order', 'among those asked for'],
    [`${DAY}&limit=0`, 'query.limit', 'from 1 to 10000'],
    [`${DAY}&limit=10001`, 'query.limit', 'from 1 to 10000'],
    [`${DAY}&format=xml`, 'query.format', 'Known: json, csv'],
  ])('%s', async (query, path, detail) => {
    const { status, body, response, olap } = await ask(query);
    expect(status).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:millrace:problem:invalid-parameters',
      status: 400,
      instance: `/v1/metrics?${query}`,
    });
    expect(body.errors).toContainEqual({ path, detail: expect.stringContaining(detail) });
    expect(olap.asked).toEqual([]);
  });

  test('all faults are told at once', async () => {
    const { body } = await ask('from=2014-11-11&window=week&metrics=click&foo=1');
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(['query.foo', 'query.metrics', 'query.to', 'query.window']);
  });
});

describe('what is understood but has no answer is refused with 422, saying what to change', () => {
  const HOURS = 'from=2014-11-11T00:00:00%2B08:00&to=2014-11-11T05:00:00%2B08:00';
  test.each([
    ['users over several days', `${WEEK}&window=total&metrics=click_uv`, 'users_not_additive', 'window=day'],
    ['users by hour', `${HOURS}&window=hour&metrics=exposure_uv`, 'users_not_additive', 'window=day'],
    ['users by minute', `${HOURS}&window=minute&metrics=exposure_uv`, 'users_not_additive', 'window=day'],
    ['users of part of a day', `${HOURS}&window=total&metrics=exposure_uv`, 'users_not_additive', 'window=day'],
    ['users in another zone', `${DAY}&timezone=UTC&metrics=click_uv`, 'users_not_additive', 'Asia/Shanghai'],
    [
      'users over several keys',
      `${DAY}&filter=merchant_id:1,2&metrics=click_uv`,
      'users_not_additive',
      'group by it or name one',
    ],
    [
      'rows in the order of users that are left out',
      `${DAY}&timezone=UTC&order=-click_uv`,
      'users_not_additive',
      'Asia/Shanghai',
    ],
    ['minutes of ads', `${HOURS}&window=minute&groupBy=ad_id`, 'window_not_kept', 'per hour and day'],
    [
      'days of items where hours begin at the half',
      `${DAY}&timezone=Asia/Kolkata&groupBy=item_id`,
      'zone_not_kept',
      'Asia/Shanghai',
    ],
    [
      'hours of ads where hours begin at the half',
      'from=2014-11-11&to=2014-11-12&window=hour&timezone=Asia/Kolkata&groupBy=ad_id',
      'zone_not_kept',
      'Asia/Shanghai',
    ],
    [
      'totals of ads that cut an hour',
      'from=2014-11-11T00:30:00%2B08:00&to=2014-11-12&window=total&groupBy=ad_id',
      'range_not_aligned',
      'hour',
    ],
    ['cohorts by hour', `${HOURS}&window=hour&basis=click`, 'click_basis_needs_days', 'window=day'],
    ['organic effects of ads', `${DAY}&groupBy=ad_id&metrics=orders.organic`, 'organic_not_in_grain', 'merchant_id or item_id'],
    ['organic effects by click day', `${DAY}&basis=click&metrics=orders.organic`, 'organic_not_in_grain', 'basis=conversion'],
    ['a range of many years', 'from=2010-01-01&to=2020-01-01', 'too_many_days', 'shorter'],
    ['minutes of two months', 'from=2014-11-01&to=2014-12-31&window=minute', 'too_many_windows', 'shorter'],
  ])('%s', async (_, query, reason, detail) => {
    const { status, body, olap } = await ask(query);
    expect(body).toMatchObject({ type: 'urn:millrace:problem:unanswerable', reason, detail: expect.stringContaining(detail) });
    expect(status).toBe(422);
    expect(olap.asked).toEqual([]);
  });

  test('the same questions without users by name are answered', async () => {
    for (const query of [
      `${HOURS}&window=hour`,
      `${HOURS}&window=minute`,
      `${DAY}&timezone=UTC`,
      `${DAY}&filter=merchant_id:1,2`,
    ]) {
      expect((await ask(query)).status).toBe(200);
    }
  });
});

describe('when the store fails', () => {
  test('and is not there: 503, and when to come again', async () => {
    const olap = new ScriptedOlap();
    olap.failure = new Error('socket hang up');
    olap.alive = false;
    const { status, response, body } = await ask(DAY, olap);
    expect(status).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(body).toMatchObject({ type: 'urn:millrace:problem:store-unavailable' });
  });

  test('and is there: 500, without what is inside', async () => {
    const olap = new ScriptedOlap();
    olap.failure = new Error('Unknown column secret_column');
    const { status, response } = await ask(DAY, olap);
    expect(status).toBe(500);
    expect(response.body).not.toContain('secret_column');
  });
});

describe('a total over nothing', () => {
  test('is 0', async () => {
    const { body } = await ask(`${WEEK}&window=total&metrics=clicks,orders,ctr`);
    expect(body.rows).toEqual([
      {
        window_start: '2014-11-11T00:00:00+08:00',
        metrics: { clicks: 0, orders: { direct: 0, indirect: 0, organic: 0 }, ctr: null },
      },
    ]);
  });

  test('of groups there is none', async () => {
    expect((await ask(`${WEEK}&window=total&metrics=clicks&groupBy=merchant_id`)).body.rows).toEqual([]);
    expect((await ask(`${WEEK}&metrics=clicks`)).body.rows).toEqual([]);
  });
});
