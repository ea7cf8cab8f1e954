import type { ConversionRow } from '@millrace/ads';
import { appOver, HOUR_MS, NOW_MS, ScriptedLog, ScriptedOlap } from '../testing/doubles';
import { conversionRow } from '../testing/rows';
import type { ConversionsAnswer } from './answer';

const ask = async (rows: readonly ConversionRow[], id = 'order-1') => {
  const olap = new ScriptedOlap();
  olap.rows = [...rows];
  const response = await appOver({ olap }).inject(`/v1/conversions/${encodeURIComponent(id)}`);
  return { olap, status: response.statusCode, body: response.json<ConversionsAnswer>() };
};

const organic = { attribution: 'organic', click_source: '', click_id: '', click_time: null, campaign_id: '', ad_id: '' } as const;

test('an order line with its credit', async () => {
  const { status, body, olap } = await ask([conversionRow({})]);
  expect(status).toBe(200);
  expect(olap.asked[0]?.params).toEqual({ id: 'order-1' });
  expect(body.conversions).toMatchObject([
    { unit: 'order_line', order_id: 'order-1', item_id: 'i-9', merchant_id: '1304', user_id: 'u-7' },
  ]);
  expect(body.conversions[0]?.events).toMatchObject([
    {
      type: 'order',
      event_id: 'o-1',
      event_time: '2014-11-11T10:00:00+08:00',
      credit: {
        attribution: 'direct',
        share: 1,
        click: { source: 'http', event_id: 'c-1', event_time: '2014-11-11T09:00:00+08:00' },
        campaign_id: 'cp-2',
        ad_id: 'ad-3',
        orphan: false,
        amount_minor: 9_900,
      },
      versions: [{ version: 0, sign: 1, position: { topic: 'ods.action', partition: 2, offset: 4_711, ordinal: 0 } }],
    },
  ]);
});

test('a correction: every version in order, folded to what stands', async () => {
  const { body } = await ask([conversionRow(organic), conversionRow({ ...organic, sign: -1 }), conversionRow({ version: 1 })]);
  const [event] = body.conversions[0]?.events ?? [];
  expect(event?.credit).toMatchObject({ attribution: 'direct', ad_id: 'ad-3' });
  expect(event?.versions.map(({ version, sign, attribution }) => [version, sign, attribution])).toEqual([
    [0, 1, 'organic'],
    [0, -1, 'organic'],
    [1, 1, 'direct'],
  ]);
  expect(event?.versions[0]).toMatchObject({ click: null, ad_id: null, campaign_id: null });
});

test('an event that was taken back has no credit', async () => {
  const { body } = await ask([conversionRow({}), conversionRow({ sign: -1 })]);
  expect(body.conversions[0]?.events[0]).toMatchObject({ credit: null, versions: [{}, {}] });
});

test('all lines of an order, each with its payments and refunds in the order of time', async () => {
  const later = Date.UTC(2014, 10, 12);
  const { body } = await ask([
    conversionRow({ kind: 'refund', event_id: 'r-1', event_time: later + 1 }),
    conversionRow({ kind: 'payment', event_id: 'p-1', event_time: later, orphan: 1 }),
    conversionRow({}),
    conversionRow({ item_id: 'i-10', merchant_id: '9', event_id: 'o-2' }),
  ]);
  expect(
    body.conversions.map(({ item_id, merchant_id, events }) => [item_id, merchant_id, events.map(({ type }) => type)]),
  ).toEqual([
    ['i-9', '1304', ['order', 'payment', 'refund']],
    ['i-10', '9', ['order']],
  ]);
  expect(body.conversions[0]?.events[1]?.credit?.orphan).toBe(true);
});

test('messages of two sources with one id are two conversions', async () => {
  const message = {
    kind: 'message',
    order_id: '',
    item_id: '',
    order_time: null,
    event_id: 'm-1',
    conversion_id: 'm-1',
  } as const;
  const { body } = await ask([conversionRow({ ...message, source: 'app' }), conversionRow({ ...message, source: 'web' })], 'm-1');
  expect(body.conversions.map(({ unit, order_id, item_id, events }) => [unit, order_id, item_id, events.length])).toEqual([
    ['message', null, null, 1],
    ['message', null, null, 1],
  ]);
});

test('shares of other models stand beside the credit', async () => {
  const linear = { model: 'linear', credit_micro: 500_000 };
  const { body } = await ask([
    conversionRow({}),
    conversionRow({ ...linear, click_id: 'c-0' }),
    conversionRow({ ...linear }),
    conversionRow({ ...linear, click_id: 'c-0', sign: -1 }),
  ]);
  const [event] = body.conversions[0]?.events ?? [];
  expect(event?.credit).toMatchObject({ model: 'last', share: 1 });
  expect(event?.shares).toMatchObject([{ model: 'linear', share: 0.5, click: { event_id: 'c-1' } }]);
});

test('an id may contain anything', async () => {
  const { olap, status } = await ask([conversionRow({})], "a/b?c='d';%");
  expect(status).toBe(200);
  expect(olap.asked[0]?.params).toEqual({ id: "a/b?c='d';%" });
});

test('an unknown id is 404, and says what an id may be', async () => {
  const { status, body } = await ask([], 'nobody');
  expect(status).toBe(404);
  expect(body).toMatchObject({
    type: 'urn:millrace:problem:unknown-conversion',
    detail: expect.stringContaining('order_id or event_id "nobody"'),
  });
});

test('a parameter is refused: it would be ignored', async () => {
  const response = await appOver().inject('/v1/conversions/order-1?version=1');
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ errors: [{ path: 'query.version', detail: 'There is no parameter "version".' }] });
});

describe('its position is that of the archive', () => {
  const asOf = async (archived: number) => {
    const [olap, log] = [new ScriptedOlap(), new ScriptedLog()];
    olap.rows = [conversionRow({})];
    olap.progress = [[0, 1].map((partition) => ({ partition, position: 10, watermark: NOW_MS - 3 * HOUR_MS }))];
    log.position = archived;
    const response = await appOver({ olap, log }).inject('/v1/conversions/order-1');
    expect(response.headers['cache-control']).toBe('private, no-cache');
    return response.json<ConversionsAnswer>().asOf;
  };

  test('with the watermark of the summaries, which it has reached', async () => {
    expect(await asOf(10)).toEqual({ watermark: '2014-11-13T09:00:00+08:00', partitions: { 0: 10, 1: 10, 2: 10 } });
  });

  test('without one while it is behind them', async () => {
    expect(await asOf(9)).toEqual({ watermark: null, partitions: { 0: 9, 1: 9, 2: 9 } });
  });
});

test('who has the same answer is told so', async () => {
  const olap = new ScriptedOlap();
  olap.rows = [conversionRow({})];
  const app = appOver({ olap });
  const etag = String((await app.inject('/v1/conversions/order-1')).headers['etag']);
  expect((await app.inject({ url: '/v1/conversions/order-1', headers: { 'if-none-match': etag } })).statusCode).toBe(304);
  olap.rows = [conversionRow({}), conversionRow({ sign: -1 })];
  expect((await app.inject({ url: '/v1/conversions/order-1', headers: { 'if-none-match': etag } })).statusCode).toBe(200);
});
