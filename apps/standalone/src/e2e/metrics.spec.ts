import { EVENT_TYPES, LATE_REASONS, REJECT_REASONS, TABLES } from '@millrace/ads';
import { faultsOf } from '@millrace/boot/testing';
import { testDirectory } from '../testing/directory';
import { start } from '../testing/process';

/** All layers at work in one process: what it exports is what docs/operate/metrics.md lists, and the numbers are those of what was sent. */

jest.setTimeout(90_000);
const { path } = testDirectory();

const LISTS = {
  reason: [...Object.keys(REJECT_REASONS), ...Object.keys(LATE_REASONS), 'damaged', 'mismatch', 'stale'],
  type: EVENT_TYPES,
  table: TABLES.map(({ name }) => name),
};

test('every documented metric is exported, nothing else is, and labels are bounded', async () => {
  const warehouse = start(
    ...['--data', path('data'), '--port', '0', '--emit-every', '1s', '--lines-per-day', '100', '--partitions', '2'],
    ...['--snapshot-every', '1s'],
  );
  const api = await warehouse.serving();
  const post = (body: string): Promise<Response> =>
    fetch(`${api}/v1/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const click = {
    ...{ type: 'click', event_id: 'c-1', event_time: Date.now(), user_id: 'u-4711' },
    ...{ ad_id: 'ad-1', campaign_id: 'cp-1', merchant_id: 'm-4711', item_id: 'i-4711', cost_minor: 1 },
  };
  expect((await post(JSON.stringify([click, click]))).status).toBe(202);
  expect((await fetch(`${api}/v1/conversions/o-4711`)).status).toBe(404);
  expect((await fetch(`${api}/nowhere/4711`)).status).toBe(404);
  const scraped = async (): Promise<string> => (await fetch(`${api}/metrics`)).text();
  const number = (text: string, series: string): number =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length) ?? NaN,
    );

  // What comes with time: the first snapshot, the first comparison.
  let text = '';
  let faults: readonly string[] = [];
  const isDone = (): boolean => faults.length === 0 && number(text, 'millrace_store_comparisons_total{outcome="equal"}') > 0;
  for (const end_ms = Date.now() + 60_000; !isDone() && Date.now() < end_ms;) {
    text = await scraped();
    faults = faultsOf(text, 'standalone', LISTS);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(faults).toEqual([]);
  expect(text).not.toContain('4711');

  expect(number(text, 'millrace_store_comparisons_total{outcome="equal"}')).toBeGreaterThan(0);
  expect(number(text, 'millrace_store_comparisons_total{outcome="different"}')).toBe(0);
  expect(number(text, 'millrace_ods_accepted_total{topic="raw.http",type="click"}')).toBe(2);
  expect(number(text, 'millrace_dwd_duplicates_total{topic="ods.action"}')).toBeGreaterThanOrEqual(1);
  expect(number(text, 'millrace_api_requests_total{method="GET",route="/v1/conversions/:id",code="404"}')).toBe(1);
  expect(number(text, 'millrace_api_requests_total{method="GET",route="none",code="404"}')).toBe(1);
  expect(number(text, 'millrace_freshness_seconds_count')).toBeGreaterThan(0);
  expect(number(text, 'millrace_ready')).toBe(1);
  for (const layer of ['dwd', 'dws']) {
    const bytes = [...text.matchAll(new RegExp(`^millrace_state_bytes{layer="${layer}",.*} (\\d+)$`, 'gm'))].map(([, of]) =>
      Number(of),
    );
    expect(Math.max(...bytes)).toBeGreaterThan(0);
  }
  // A source that was silent from the start is there, with 0.
  expect(text).toMatch(/^millrace_records_in_total{layer="ods",topic="raw\.http",partition="\d"} 0$/m);
});
