import { appOver, ScriptedLog, ScriptedOlap } from '../testing/doubles';
import { conversionRow, storedRow } from '../testing/rows';
import { hashOfKey } from './api-key';
import type { Asker, Right } from './asker';
import type { ApiKeys } from './keys-file';

const asker = (
  name: string,
  rights: readonly Right[],
  merchants: readonly string[] | 'all',
  rate: number | null = null,
): Asker => ({
  name,
  rights: new Set(rights),
  merchants: merchants === 'all' ? 'all' : new Set(merchants),
  requests_per_minute: rate,
});
const KEYS: ApiKeys = new Map(
  [
    asker('reader', ['read'], 'all'),
    asker('writer', ['write'], 'all'),
    asker('shop', ['read', 'write'], ['1304', '1305']),
    asker('slow', ['read'], 'all', 2),
    asker('operator', ['operate'], 'all'),
  ].map((each) => [hashOfKey(each.name), each]),
);
const as = (name: string) => ({ authorization: `Bearer ${name}` });
const EVENT = { type: 'cancel', event_id: '1', event_time: 1, user_id: 'u', order_id: 'o', item_id: 'i', merchant_id: '1304' };
const RANGE = 'from=2014-11-11&to=2014-11-12';
const app = (doubles: Parameters<typeof appOver>[0] = {}, options: Parameters<typeof appOver>[1] = {}) =>
  appOver(doubles, { keys: KEYS, ...options });

const ROUTES = [
  ['GET', `/v1/metrics?${RANGE}`, 'reader'],
  ['GET', '/v1/conversions/x', 'reader'],
  ['POST', '/v1/events', 'writer'],
  ['GET', '/v1/rejected', 'operator'],
  ['GET', '/v1/late', 'operator'],
  ['GET', '/metrics', 'operator'],
] as const;

describe.each(ROUTES)('%s %s', (method, url, right) => {
  const ask = (headers: Record<string, string>) =>
    app().inject({ method, url, headers, ...(method === 'POST' ? { payload: EVENT } : {}) });

  test('needs a key that is known', async () => {
    const wrong: Record<string, string>[] = [{}, as('nobody'), { authorization: 'Basic cmVhZGVyOg==' }, { 'x-api-key': '' }];
    for (const headers of wrong) {
      const response = await ask(headers);
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(response.json()).toMatchObject({ type: 'urn:millrace:problem:unauthenticated' });
    }
  });

  test('takes the right that it needs, in either header, and no other', async () => {
    for (const name of ['reader', 'writer', 'operator']) {
      for (const headers of [as(name), { 'x-api-key': name }]) {
        const { statusCode } = await ask(headers);
        if (name === right) expect(statusCode).not.toBe(403);
        else expect(statusCode).toBe(403);
        expect(statusCode).not.toBe(401);
      }
    }
  });
});

test('every route asks for a right, except health and the documentation', async () => {
  const open = app();
  const document = (await open.inject('/docs/json')).json<{ paths: Record<string, Record<string, object>> }>();
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase() as 'GET', path.replace('{id}', 'x')] as const),
  );
  const unguarded: string[] = [];
  for (const [method, url] of routes) if ((await open.inject({ method, url })).statusCode !== 401) unguarded.push(url);
  expect(unguarded).toEqual(['/healthz/live', '/healthz/ready']);
  expect((await open.inject({ method: 'HEAD', url: '/v1/metrics' })).statusCode).toBe(401);
});

describe('a key of some merchants', () => {
  const askMetrics = async (query: string) => {
    const olap = new ScriptedOlap();
    olap.rows = [storedRow({ merchant_id: '1304', campaign_id: 'c', ad_id: 'a', item_id: 'i' })];
    const response = await app({ olap }).inject({ url: `/v1/metrics?${RANGE}&${query}`, headers: as('shop') });
    return { response, asked: olap.asked };
  };

  test.each([
    '',
    'groupBy=merchant_id',
    'groupBy=campaign_id',
    'groupBy=item_id',
    'filter=ad_id:a',
    'window=total',
    'order=-clicks',
  ])('asks about these: %s', async (query) => {
    const { response, asked } = await askMetrics(`metrics=clicks&${query}`);
    expect(response.statusCode).toBe(200);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.sql).toContain('t.`merchant_id` IN {merchant_id:Array(String)}');
    expect(asked[0]?.params['merchant_id']).toEqual(['1304', '1305']);
    expect(response.json()).toMatchObject({ notes: expect.arrayContaining([expect.stringContaining('of your key alone')]) });
  });

  test('may ask about one of them', async () => {
    const { asked, response } = await askMetrics('filter=merchant_id:1305');
    expect(asked[0]?.params['merchant_id']).toEqual(['1305']);
    expect(response.json<{ notes: string[] }>().notes.join()).not.toContain('of your key');
  });

  test.each(['filter=merchant_id:9', 'filter=merchant_id:1304,9', 'filter=merchant_id:1304&filter=merchant_id:9'])(
    'may not ask about another: %s',
    async (query) => {
      const { response, asked } = await askMetrics(query);
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ detail: expect.stringContaining('does not have the merchant 9') });
      expect(asked).toEqual([]);
    },
  );

  test('sees conversions of these', async () => {
    const olap = new ScriptedOlap();
    olap.rows = [conversionRow({})];
    await app({ olap }).inject({ url: '/v1/conversions/order-1', headers: as('shop') });
    expect(olap.asked[0]?.params).toEqual({ id: 'order-1', merchants: ['1304', '1305'] });
    expect(olap.asked[0]?.sql.match(/`merchant_id` IN \{merchants:Array\(String\)\}/g)).toHaveLength(2);
  });

  const send = async (...payload: object[]) => {
    const log = new ScriptedLog();
    const response = await app({ log }).inject({ method: 'POST', url: '/v1/events', headers: as('shop'), payload });
    return { response, log };
  };

  test('sends events of these; each of another is rejected by itself', async () => {
    const { response, log } = await send(EVENT, { ...EVENT, merchant_id: '9' }, { ...EVENT, merchant_id: 1305 });
    expect(response.json()).toEqual({
      accepted: 2,
      rejected: 1,
      results: [
        { status: 'accepted' },
        { status: 'rejected', reason: 'foreign_merchant', field: 'merchant_id', expected: 'a merchant of the key' },
        { status: 'accepted' },
      ],
    });
    expect(log.events.map(({ event }) => event['merchant_id'])).toEqual(['1304', 1305]);
  });

  test('may take nothing back: a target may be of anyone', async () => {
    const { response, log } = await send({
      type: 'invalidate',
      event_id: '2',
      event_time: 1,
      user_id: 'u',
      target_type: 'click',
      target_source: 's',
      target_id: 't',
      reason: 'bot',
      merchant_id: '1304',
    });
    expect(response.statusCode).toBe(403);
    expect(response.json()).toMatchObject({ results: [{ reason: 'foreign_merchant', field: 'type' }] });
    expect(log.events).toEqual([]);
  });
});

describe('rates', () => {
  test('beyond its rate a key is told when to come again; others are not held up', async () => {
    const server = app();
    const ask = (name: string) => server.inject({ url: `/v1/metrics?${RANGE}`, headers: as(name) });
    expect((await ask('slow')).statusCode).toBe(200);
    expect((await server.inject({ url: '/v1/conversions/x', headers: as('slow') })).statusCode).toBe(404);
    const third = await ask('slow');
    expect(third.statusCode).toBe(429);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect(third.headers['ratelimit-limit']).toBe('2');
    expect(third.headers['content-type']).toContain('application/problem+json');
    expect(third.json()).toMatchObject({ type: 'urn:millrace:problem:too-many-requests', limit_requests_per_minute: 2 });
    expect((await ask('reader')).statusCode).toBe(200);
  });

  test('a key without a rate of its own has that of the limits; health has none', async () => {
    const server = app({}, { limits: { requests_per_minute: 1 } });
    const ask = () => server.inject({ url: `/v1/metrics?${RANGE}`, headers: as('reader') });
    expect([(await ask()).statusCode, (await ask()).statusCode]).toEqual([200, 429]);
    for (let i = 0; i < 3; i++) expect((await server.inject('/healthz/live')).statusCode).toBe(200);
  });

  test('without keys nothing is limited', async () => {
    const server = appOver({}, { limits: { requests_per_minute: 1 } });
    for (let i = 0; i < 3; i++) expect((await server.inject(`/v1/metrics?${RANGE}`)).statusCode).toBe(200);
  });
});

test('under pressure requests are refused with a time to come again, and health is answered', async () => {
  const server = appOver({}, { pressure: { heap_used_bytes: 1 } });
  await server.ready();
  // The first look at the heap is taken after a second.
  const underPressure = async (): Promise<Awaited<ReturnType<typeof server.inject>>> => {
    const response = await server.inject(`/v1/metrics?${RANGE}`);
    return response.statusCode === 503 ? response : new Promise((resolve) => setImmediate(resolve)).then(underPressure);
  };
  const response = await underPressure();
  expect(response.headers['retry-after']).toBe('2');
  expect(response.json()).toMatchObject({ type: 'urn:millrace:problem:overloaded' });
  expect((await server.inject('/healthz/live')).statusCode).toBe(200);
  await server.close();
});

describe('browsers', () => {
  test('by default answers carry careful headers, and no other origin may read them', async () => {
    const response = await appOver().inject({ url: '/docs', headers: { origin: 'https://a.example' } });
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(response.headers['strict-transport-security']).toBeUndefined();
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('both are configured', async () => {
    const plain = await appOver({}, { browsers: { security_headers: false } }).inject('/docs');
    expect(plain.headers['x-content-type-options']).toBeUndefined();
    const https = await appOver({}, { browsers: { https_only: true } }).inject('/docs');
    expect(https.headers['strict-transport-security']).toContain('max-age');
  });

  test('an origin that is allowed may read, refusals too; a preflight needs no key', async () => {
    const server = app({}, { browsers: { cors_origins: ['https://a.example'] } });
    const preflight = await server.inject({
      method: 'OPTIONS',
      url: '/v1/events',
      headers: {
        origin: 'https://a.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-origin']).toBe('https://a.example');
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
    const refused = await server.inject({ url: `/v1/metrics?${RANGE}`, headers: { origin: 'https://a.example' } });
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe('https://a.example');
    const other = await server.inject({ url: '/healthz/live', headers: { origin: 'https://b.example' } });
    expect(other.headers['access-control-allow-origin']).not.toBe('https://b.example');
  });
});
