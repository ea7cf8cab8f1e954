import { partitionOf } from '@millrace/ads';
import type { ConversionsAnswer, MetricsAnswer } from '@millrace/layer-app';
import { testDirectory } from '../testing/directory';
import type { StandaloneProcess } from '../testing/process';
import { start } from '../testing/process';

/** Served mode: events in by HTTP, numbers out, until Ctrl-C. */

jest.setTimeout(60_000);
const { path } = testDirectory();
const ARGS = ['--data', path('data'), '--port', '0', '--emit-every', '200ms', '--lines-per-day', '100', '--partitions', '3'];

const DAY_MS = 86_400_000;
let warehouse: StandaloneProcess;
let api: string;
beforeAll(async () => {
  warehouse = start(...ARGS);
  api = await warehouse.serving();
});

const get = async <T>(url: string): Promise<{ status: number; body: T }> => {
  const response = await fetch(`${api}${url}`);
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as T };
};
const post = (events: unknown) =>
  fetch(`${api}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(events) });
const eventually = async <T>(ask: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (enough(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
const dateIn = (time_ms: number): string => new Date(time_ms + 8 * 3_600_000).toISOString().slice(0, 10);
const clicksOf = async (day_ms: number, filter = ''): Promise<Record<string, unknown>> => {
  const { body } = await get<MetricsAnswer>(
    `/v1/metrics?from=${dateIn(day_ms)}&to=${dateIn(day_ms + DAY_MS)}&metrics=exposures,clicks,click_uv,cost,orders${filter}`,
  );
  return body.rows[0]?.metrics ?? {};
};

const now_ms = Date.now();
const CLICK = {
  type: 'click',
  event_id: 'c-1',
  event_time: now_ms,
  user_id: 'me',
  ad_id: 'ad-1',
  campaign_id: 'cp-1',
  merchant_id: 'my-shop',
  item_id: 'i-1',
  cost_minor: 120,
};
const ORDER = {
  type: 'order',
  event_id: 'o-1',
  event_time: now_ms,
  user_id: 'me',
  order_id: 'my-order',
  item_id: 'i-1',
  merchant_id: 'my-shop',
  amount_minor: 9_900,
};
const credited = async () => (await get<ConversionsAnswer>('/v1/conversions/my-order')).body.conversions?.[0]?.events[0]?.credit;

test('it is ready, and says so', async () => {
  expect((await get('/healthz/live')).status).toBe(200);
  expect((await get('/healthz/ready')).status).toBe(200);
  expect((await get<string>('/metrics')).body).toMatch(/^# /);
  expect((await get('/docs/json')).status).toBe(200);
});

test('an order is attributed to the click before it, and both are in the numbers', async () => {
  // Users and merchants have partitions of their own: nothing here depends on their being the same.
  expect(partitionOf('me', 3)).not.toBe(partitionOf('my-shop', 3));
  expect((await post([CLICK, ORDER])).status).toBe(202);
  const credit = await eventually(credited, (answer) => answer !== undefined);
  expect(credit).toMatchObject({
    attribution: 'direct',
    ad_id: 'ad-1',
    campaign_id: 'cp-1',
    click: { source: 'http', event_id: 'c-1' },
    amount_minor: 9_900,
  });
  const metrics = await eventually(
    () => clicksOf(now_ms, '&filter=merchant_id:my-shop'),
    ({ clicks }) => clicks === 1,
  );
  expect(metrics).toMatchObject({ clicks: 1, click_uv: 1, cost: 120, orders: { direct: 1, indirect: 0, organic: 0 } });
});

test('a question about an open day of a merchant is answered from memory', async () => {
  const asked = `/v1/metrics?from=${dateIn(now_ms)}&to=${dateIn(now_ms + DAY_MS)}&metrics=clicks&filter=merchant_id:my-shop`;
  expect((await get<MetricsAnswer>(asked)).body).toMatchObject({ store: 'memory', rows: [{ metrics: { clicks: 1 } }] });
});

test('what the layers count is to be had by reason and age', async () => {
  const text = (await get<string>('/metrics')).body;
  expect(text).toMatch(/^millrace_ods_rejected_total\{topic="raw\.http",reason="not_json"\} 0$/m);
  expect(text).toMatch(/^millrace_ods_accepted_total\{topic="raw\.http",type="click"\} 1$/m);
  expect(text).toMatch(/^millrace_dwd_conflicts_total\{topic="ods\.action"\} 0$/m);
  expect(text).toMatch(/^millrace_dwd_late_by_age_total\{topic="ods\.action",age="1h"\} \d+$/m);
  expect(text).toMatch(/^millrace_dwd_corrections_total\{topic="ods\.action"\} \d+$/m);
  expect(text).toMatch(/^millrace_snapshot_age_seconds\{layer="dws",/m);
});

/** The generated traffic has some, too, but none of now. */
const duplicates = async (): Promise<number> => {
  const [, told] =
    /^millrace_dwd_duplicates_total\{topic="ods\.action"\} (\d+)$/m.exec((await get<string>('/metrics')).body) ?? [];
  return Number(told);
};

test('the same events again change nothing', async () => {
  const before = await duplicates();
  expect((await post([ORDER, CLICK])).status).toBe(202);
  expect((await post({ ...CLICK, event_id: 'c-2', user_id: 'you' })).status).toBe(202);
  const metrics = await eventually(
    () => clicksOf(now_ms, '&filter=merchant_id:my-shop'),
    ({ click_uv }) => click_uv === 2,
  );
  expect((await duplicates()) - before).toBe(2);
  expect(metrics).toMatchObject({ clicks: 2, orders: { direct: 1, indirect: 0, organic: 0 } });
});

test('the trickle moves the numbers', async () => {
  // Clicks and exposures of today and yesterday: a test at midnight must not wait for a day.
  const seen = async (): Promise<number> => {
    const days = await Promise.all([now_ms, now_ms + DAY_MS].map((day_ms) => clicksOf(day_ms)));
    return days.reduce((sum, { exposures }) => sum + Number(exposures ?? 0), 0);
  };
  const some = await eventually(seen, (count) => count > 0);
  expect(await eventually(seen, (count) => count > some)).toBeGreaterThan(some);
});

test('Ctrl-C stops it in order, and the next one goes on with what it had', async () => {
  const { code, signal, stderr } = await warehouse.kill('SIGINT');
  expect([code, signal]).toEqual([0, null]);
  expect(stderr).toMatch(/\nStopping\.\n$/);

  warehouse = start(...ARGS);
  api = await warehouse.serving();
  expect(await credited()).toMatchObject({ attribution: 'direct', click: { event_id: 'c-1' } });
  expect(await clicksOf(now_ms, '&filter=merchant_id:my-shop')).toMatchObject({ clicks: 2, click_uv: 2 });
  expect((await warehouse.kill('SIGTERM')).code).toBe(0);
});
