import { EVENT_TYPES, LATE_REASONS, REJECT_REASONS, TABLES } from '@millrace/ads';
import { faultsOf } from '@millrace/boot/testing';
import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { asked, dashboardFile, promqlOf } from '../dashboards/read';
import { queriedBy } from '../promql/queried';
import { allRules } from '../rules/rule-files';
import { curlsOfRunbooks } from '../runbook-commands';
import { AskingPrometheus } from './asking-prometheus';
import { type Numbers, numbersOfApi, numbersOfSeries, type PanelRow, rowsOfPanel } from './numbers';
import { type Service, SERVICES, startWarehouse, type Warehouse } from './warehouse';

/** Dashboards and rules against what really runs: a Prometheus that scrapes the five services, and their ClickHouse. */

jest.setTimeout(300_000);

/** How long the services are watched before anything is asked. */
const WATCHED_S = 10;

let warehouse: Warehouse;
let prometheus: AskingPrometheus;

beforeAll(async () => {
  warehouse = await startWarehouse();
  prometheus = new AskingPrometheus(warehouse.prometheus);
  for (let n = 0; !(await watched()); n++) {
    await use(n);
    await pause(250);
  }
});
afterAll(() => warehouse.stop());

/** Every service has been scraped so often that a rate is one. */
const watched = async (): Promise<boolean> => {
  warehouse.follow();
  const counts = await prometheus.now('count_over_time(millrace_ready[5m]) and on (instance) up == 1');
  return counts.length === 5 && counts.every(({ values: [scrapes = 0] }) => scrapes > WATCHED_S);
};

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const CLICK = {
  type: 'click',
  user_id: 'watcher',
  merchant_id: 'watched',
  item_id: 'i',
  ad_id: 'a',
  campaign_id: 'c',
  cost_minor: 1,
};
const ORDER = { type: 'order', user_id: 'watcher', merchant_id: 'watched', item_id: 'i', amount_minor: 100 };

const send = async (events: readonly object[]): Promise<void> => {
  const response = await fetch(`${warehouse.api}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(await response.text());
};

/** What users do meanwhile: a click and its order, the same two days late, and a question. */
const use = async (n: number): Promise<void> => {
  const LATE_MS = 2 * 86_400_000;
  await send([
    { ...CLICK, user_id: `watcher-${n}`, event_id: `click-${n}`, event_time: ago(2_000) },
    { ...ORDER, user_id: `watcher-${n}`, event_id: `order-${n}`, order_id: `order-${n}`, event_time: ago(1_000) },
    { ...ORDER, user_id: `watcher-${n}`, event_id: `old-order-${n}`, order_id: `old-${n}`, event_time: ago(LATE_MS) },
    { ...CLICK, user_id: `watcher-${n}`, event_id: `old-click-${n}`, event_time: ago(LATE_MS + 1_000) },
  ]);
  await fetch(`${warehouse.api}/v1/metrics?from=2025-03-03&to=2025-03-05&window=day&metrics=clicks`);
};

describe('what is asked of Prometheus', () => {
  /** They are empty while nothing of the kind has happened since the process started: `rare` in the definitions. */
  const EMPTY_WHEN_ALL_IS_WELL = ['state.json: Copy failed A', 'state.json: Snapshots passed over at a start A'];
  const queries = asked().flatMap(({ where, target: { expr, instant } }) =>
    expr === undefined ? [] : [{ where, expr: promqlOf(expr, { rate: '10s' }), instant: instant === true }],
  );

  it.each(queries.filter(({ where }) => !EMPTY_WHEN_ALL_IS_WELL.includes(where)))(
    '$where returns data',
    async ({ expr, instant }) => {
      const series = instant ? await prometheus.now(expr) : await prometheus.range(expr, WATCHED_S);
      const numbers = series.flatMap(({ values }) => values).filter((value) => Number.isFinite(value));
      expect([expr, numbers.length > 0]).toEqual([expr, true]);
    },
  );

  it.each(queries.filter(({ where }) => EMPTY_WHEN_ALL_IS_WELL.includes(where)))(
    '$where is understood, and empty since nothing is wrong',
    async ({ expr }) => expect(await prometheus.range(expr, WATCHED_S)).toEqual([]),
  );

  it('names, in dashboards and rules, only series that are there', async () => {
    const rules = allRules();
    const rare = ['snapshot_copy_failed', 'snapshots_passed_over_total'];
    const there = new Set([...(await prometheus.names()), ...rare.map((name) => `millrace_${name}`)]);
    const named = [...queries, ...rules].flatMap(({ expr }) => queriedBy(expr).selectors.map(({ metric }) => metric));
    expect([...new Set(named)].filter((metric) => !there.has(metric))).toEqual([]);
  });
});

test('Prometheus computes every rule, and nothing is alarming but what this test does itself', async () => {
  const rules = await prometheus.rules();
  expect(rules.length).toBe(allRules().length);
  expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  expect(await prometheus.targetsUp()).toBe(5);
  // The replayed topic had ended before Prometheus was there, and half of the events that `use` sends are older than B.
  const own = ['MillraceLateShare pending', 'MillraceSourceSilent pending'];
  // A process that was started again for want of time is looked for a while.
  for (const until_ms = Date.now() + SETTLES_MS; ; await pause(500)) {
    warehouse.follow();
    const others = (await alarming()).filter((alert) => !own.includes(alert));
    if (others.length === 0) break;
    if (Date.now() > until_ms) throw new Error(`alarming: ${others.join(', ')}`);
  }
  expect(await alarming()).toEqual(expect.arrayContaining(own));
});

/** Alerts that are pending or firing. How fast this machine answers is not for a test to say. */
const alarming = async (): Promise<string[]> =>
  (await prometheus.rules())
    .filter(({ name, state = 'inactive' }) => state !== 'inactive' && name !== 'MillraceApiLatency')
    .map(({ name, state }) => `${name} ${state ?? ''}`);
const SETTLES_MS = 60_000;

describe('what the services export', () => {
  const lists = {
    reason: [...Object.keys(REJECT_REASONS), ...Object.keys(LATE_REASONS), 'damaged', 'mismatch', 'stale'],
    type: EVENT_TYPES,
    table: TABLES.map(({ name }) => name),
  };
  const exported = async (service: Service): Promise<string> => (await fetch(`${warehouse.health(service)}/metrics`)).text();

  it.each(SERVICES)('%s: all that is documented for it, nothing else, and labels that are bounded', async (service) => {
    let faults: readonly string[] = [];
    // The first snapshot comes in its time.
    for (const end_ms = Date.now() + 60_000; Date.now() < end_ms; await pause(500)) {
      faults = faultsOf(await exported(service), service, lists);
      if (faults.length === 0) break;
    }
    expect(faults).toEqual([]);
  });

  it.each(SERVICES)('%s: as promtool wants metrics to be', async (service) => {
    const own = (await exported(service)).split('\n').filter((line) => /^(# \w+ )?millrace_/.test(line));
    expect(own.length).toBeGreaterThan(30);
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: `${own.join('\n')}\n`,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('what the runbooks ask', () => {
  /** The runbooks speak of the ports of docs/operate/services.md. */
  const here = (url: string): string => {
    const at = (port: number): string => `http://127.0.0.1:${port}`;
    const places = new Map<string, string>([
      [at(8080), warehouse.api],
      [at(28_123), warehouse.clickhouse],
      ...SERVICES.map((service, n) => [at(9464 + n), warehouse.health(service)] as const),
    ]);
    const place = [...places.keys()].find((known) => url.startsWith(`${known}/`));
    if (place === undefined) throw new RangeError(`nobody is at ${url}`);
    return url.replace(place, places.get(place) ?? '');
  };

  it.each(curlsOfRunbooks())('$page: $url', async ({ url, body }) => {
    const response = await fetch(here(url), body === null ? {} : { method: 'POST', body });
    expect([response.status, response.ok ? '' : await response.text()]).toEqual([200, '']);
  });
});

describe('what is asked of ClickHouse is what the API answers', () => {
  /** The days of the replayed traffic, and more. */
  const DAYS = { from: '2025-03-01', to: '2025-03-08' };
  const RANGE = { from_ms: Date.parse('2025-03-01T00:00:00+08:00'), to_ms: Date.parse('2025-03-08T00:00:00+08:00') };

  const file = dashboardFile('business.json');
  const statements = new Map(
    file.panels.flatMap(({ title, targets = [] }) => targets.map(({ rawSql = '' }) => [title, rawSql] as const)),
  );
  const compared = new Set<string>();
  const rowsOf = (title: string, range = RANGE, merchant = ''): Promise<PanelRow[]> => {
    const sql = statements.get(title);
    if (sql === undefined) throw new RangeError(`there is no panel ${title}`);
    compared.add(title);
    return rowsOfPanel(warehouse.clickhouse, sql, range, merchant);
  };
  const api = (query: Readonly<Record<string, string>>): Promise<Numbers> => numbersOfApi(warehouse.api, query);

  it.each([
    ['Exposures', 'exposures'],
    ['Clicks', 'clicks'],
    ['Cost', 'cost'],
    ['Orders', 'orders'],
    ['GMV', 'gmv'],
    ['Refunds', 'refund_amount'],
  ])('%s of the range', async (title, metric) => {
    const [row] = await rowsOf(title);
    const [answer = {}] = (await api({ ...DAYS, window: 'total', metrics: metric })).values();
    expect(sumOf(answer, metric)).toBeGreaterThan(0);
    expect(row).toEqual({ [metric]: sumOf(answer, metric) });
  });

  it.each([
    ['Exposures by day', 'day', 'exposures'],
    ['Clicks by day', 'day', 'clicks'],
    ['Cost by day', 'day', 'cost'],
    ['Users by day', 'day', 'exposure_uv,click_uv'],
    ['CTR by day', 'day', 'ctr'],
    ['CVR by day', 'day', 'cvr'],
    ['ROI by day', 'day', 'roi'],
    ['CPC by day', 'day', 'cpc'],
    ['Exposures and clicks by minute', 'minute', 'exposures,clicks'],
    ['Cost by minute', 'minute', 'cost'],
  ])('%s', async (title, window, metrics) => {
    const found = numbersOfSeries(await rowsOf(title));
    expect(found).toEqual(await api({ ...DAYS, window, metrics }));
    expect(found.size).toBeGreaterThan(1);
  });

  it.each([
    ['Orders by day and class', 'day', 'orders'],
    ['GMV by day and class', 'day', 'gmv'],
    ['Refunds by day and class', 'day', 'refund_amount'],
    ['Messages by day and class', 'day', 'messages'],
    ['Orders by minute and class', 'minute', 'orders'],
  ])('%s', async (title, window, metric) => {
    const found = numbersOfSeries(await rowsOf(title), `${metric}_`);
    expect(found).toEqual(await api({ ...DAYS, window, metrics: metric }));
    expect(new Set([...found.values()].flatMap((row) => Object.keys(row))).size).toBeGreaterThan(1);
  });

  it('the merchants, and each of them alone', async () => {
    const metrics = ['exposures', 'clicks', 'cost', 'orders', 'gmv'];
    const truth = await api({ ...DAYS, window: 'total', metrics: metrics.join(), groupBy: 'merchant_id' });
    const merchants = [...truth]
      .map(([key, row]) => ({
        merchant_id: key.split(',')[1] ?? '',
        ...Object.fromEntries(metrics.map((metric) => [metric, sumOf(row, metric)])),
        gmv: sumOf(row, 'gmv'),
      }))
      .sort((a, b) => b.gmv - a.gmv || (a.merchant_id < b.merchant_id ? -1 : 1));
    expect(merchants.length).toBeGreaterThan(20);
    expect(await rowsOf('The 20 merchants with the most GMV')).toEqual(merchants.slice(0, 20));

    const variable = file.templating.list.find(({ name }) => name === 'merchant')?.query;
    const offering = typeof variable === 'object' ? (variable.rawSql ?? '') : '';
    const offered = await rowsOfPanel(warehouse.clickhouse, offering, RANGE);
    expect(offered.slice(0, 20)).toEqual(merchants.slice(0, 20).map(({ merchant_id }) => ({ merchant_id })));

    const { merchant_id: merchant = '' } = merchants[0] ?? {};
    const alone = { ...DAYS, window: 'day', filter: `merchant_id:${merchant}` };
    for (const [title, metric, prefix] of [
      ['Clicks of $merchant by day', 'clicks', ''],
      ['Orders of $merchant by day and class', 'orders', 'orders_'],
      ['GMV of $merchant by day and class', 'gmv', 'gmv_'],
    ] as const) {
      const found = numbersOfSeries(await rowsOf(title, RANGE, merchant), prefix);
      expect([title, found]).toEqual([title, await api({ ...alone, metrics: metric })]);
      expect(found.size).toBeGreaterThan(0);
    }
  });

  it('as of', async () => {
    const asOf = async (): Promise<number> => {
      const response = await fetch(`${warehouse.api}/v1/metrics?from=2025-03-03&to=2025-03-04&window=total&metrics=clicks`);
      return Date.parse(((await response.json()) as { asOf: { watermark: string } }).asOf.watermark);
    };
    // It moves on meanwhile; the API says it in seconds.
    const before = await asOf();
    const [row] = await rowsOf('As of');
    const after = await asOf();
    expect(before).toBeGreaterThan(RANGE.to_ms);
    expect(Number(row?.['as of'])).toBeGreaterThanOrEqual(before);
    expect(Number(row?.['as of'])).toBeLessThan(after + 1_000);
  });

  it.each([
    ['Rejected records', 'rejected', 'records'],
    ['Late lane', 'late', 'rows'],
  ])('%s', async (title, path, member) => {
    const received = { from_ms: Date.now() - 86_400_000, to_ms: Date.now() };
    const [from, to] = [received.from_ms, received.to_ms].map((ms) => new Date(ms).toISOString());
    const listed = async (): Promise<number> => {
      const response = await fetch(`${warehouse.api}/v1/${path}?from=${from}&to=${to}&limit=1000`);
      const answer = (await response.json()) as Record<string, readonly unknown[]>;
      return answer[member]?.length ?? 0;
    };
    // The archive goes on meanwhile.
    const before = await listed();
    const rows = await rowsOf(title, received);
    const after = await listed();
    const sum = rows.reduce((total, row) => total + Number(row['rows']), 0);
    expect(before).toBeGreaterThan(0);
    expect(sum).toBeGreaterThanOrEqual(before);
    expect(sum).toBeLessThanOrEqual(after);
  });

  it('leaves no statement out', () => expect([...statements.keys()].filter((title) => !compared.has(title))).toEqual([]));
});

// The last: Redis is away then.
test('what is wrong is alarming: a producer that contradicts itself, and a server that is gone', async () => {
  await warehouse.redis.kill();
  // Numbers change, so that Redis would have something to take.
  const found = new Set<string>();
  const wanted = ['MillraceConflict firing', 'MillraceDependencyDown pending', 'MillraceSinkFailing pending'];
  for (let n = 0; !wanted.every((alert) => found.has(alert)); n++) {
    for (const cost_minor of [1, 2])
      await send([{ ...CLICK, event_id: `contradicted-${n}`, event_time: ago(1_000), cost_minor }]);
    warehouse.follow();
    for (const alert of await alarming()) found.add(alert);
    await pause(500);
  }
});

/** Over the classes of a split metric. */
const sumOf = (row: Readonly<Record<string, number>>, metric: string): number =>
  Object.entries(row).reduce((sum, [name, value]) => sum + (name === metric || name.startsWith(`${metric}_`) ? value : 0), 0);
