import { appOver, HOUR_MS, NOW_MS, ScriptedOlap } from './testing/doubles';
import { storedRow } from './testing/rows';

const progress = (watermark: number, position = 10) => [[{ partition: 0, position, watermark }]];
const OPEN = NOW_MS - 3 * HOUR_MS;

let olap: ScriptedOlap;
beforeEach(() => {
  olap = new ScriptedOlap();
  olap.progress = progress(OPEN);
  olap.rows = [storedRow({ clicks: 1 })];
});
const ask = (query: string, headers: Record<string, string> = {}) =>
  appOver({ olap }).inject({ url: `/v1/metrics?${query}`, headers });
const OVER = 'from=2014-11-11&to=2014-11-12';
const TODAY = 'from=2014-11-13&to=2014-11-14';

test.each([
  ['an open day', `${TODAY}&metrics=clicks`, 'private, no-cache'],
  ['days of which one is open', 'from=2014-11-11&to=2014-11-14&metrics=clicks', 'private, no-cache'],
  ['a day that closes', 'from=2014-11-12&to=2014-11-13&metrics=clicks', 'private, max-age=300'],
  ['a day that is over', `${OVER}&metrics=clicks`, 'private, max-age=300'],
  ['a day that is over, with numbers that are restated', `${OVER}&metrics=net_orders`, 'private, max-age=60'],
  ['cohorts of a day that is over', `${OVER}&metrics=orders&basis=click`, 'private, max-age=60'],
])('%s', async (_, query, expected) => {
  const { headers, statusCode } = await ask(query);
  expect(statusCode).toBe(200);
  expect(headers['cache-control']).toBe(expected);
  expect(headers['etag']).toMatch(/^W\/"[\w-]{22}"$/);
  expect(headers['vary']).toContain('authorization');
  expect(headers['millrace-as-of']).toBe('2014-11-13T09:00:00+08:00');
});

test('before the watermark is past its end a day is not cached, whatever the clock says', async () => {
  olap.progress = progress(Date.UTC(2014, 10, 11, 15));
  expect((await ask(`${OVER}&metrics=clicks`)).headers['cache-control']).toBe('private, no-cache');
});

test('who has the same answer is told so, without a body', async () => {
  const query = `${OVER}&metrics=clicks`;
  const etag = String((await ask(query)).headers['etag']);
  for (const header of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const response = await ask(query, { 'if-none-match': header });
    expect(response.statusCode).toBe(304);
    expect(response.body).toBe('');
    expect(response.headers).toMatchObject({
      etag,
      'cache-control': 'private, max-age=300',
      'millrace-as-of': expect.any(String),
    });
  }
  expect((await ask(query, { 'if-none-match': '"other"' })).statusCode).toBe(200);
  expect((await ask(query, { 'if-none-match': etag, 'cache-control': 'no-cache' })).statusCode).toBe(200);
});

test('another number, format or question is another answer', async () => {
  const tags = [
    (await ask(`${OVER}&metrics=clicks`)).headers['etag'],
    (await ask(`${OVER}&metrics=clicks&format=csv`)).headers['etag'],
    (await ask(`${OVER}&metrics=clicks&filter=merchant_id:7`)).headers['etag'],
  ];
  olap.rows = [storedRow({ clicks: 2 })];
  tags.push((await ask(`${OVER}&metrics=clicks`)).headers['etag']);
  expect(new Set(tags).size).toBe(tags.length);
});

test('of a day that is over a copy is as good when only the position has moved; of an open one it is not', async () => {
  const [over, open] = [await ask(`${OVER}&metrics=clicks`), await ask(`${TODAY}&metrics=clicks`)].map(({ headers }) =>
    String(headers['etag']),
  );
  olap.progress = progress(OPEN + HOUR_MS, 11);
  const again = await ask(`${OVER}&metrics=clicks`, { 'if-none-match': over ?? '' });
  expect(again.statusCode).toBe(304);
  expect(again.headers['millrace-as-of']).toBe('2014-11-13T10:00:00+08:00');
  expect((await ask(`${TODAY}&metrics=clicks`, { 'if-none-match': open ?? '' })).statusCode).toBe(200);
});
