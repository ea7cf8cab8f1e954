import type { MetricsAnswer } from '@millrace/layer-app';
import { dataFolder, describeWithData, readCsv } from '@millrace/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { endAll, start } from '../testing/process';

/** A real log through its source declaration, as a user would replay it. */

jest.setTimeout(60_000);
afterAll(endAll);

describeWithData('The iPinYou log', () => {
  const fileOf = (kind: string): string => join(dataFolder(), `ipinyou_${kind}_20131021_adv2821.tsv.gz`);

  /**
   * One click is in the log twice, 71 ms apart, under two cookies of one browser. R8 makes an id that of a user, so the
   * source declares that the two are one user.
   */
  const clicks = gunzipSync(readFileSync(fileOf('clk')))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const bids = new Set(clicks.map(([bid]) => bid));
  const TWO_COOKIES = '4093bf7b1f153d3e7ec79d77d1068a90';

  it('has 433 bids that were clicked, one of them under two user ids', () => {
    expect(bids.size).toBe(433);
    const users = clicks.filter(([bid]) => bid === TWO_COOKIES).map(([, , , user]) => user);
    expect(new Set(users).size).toBe(2);
  });

  it('is 9 960 exposures of 8 861 users for 873 434, and 433 clicks of as many users', async () => {
    const process = start('--replay', fileOf('imp'), fileOf('clk'), '--source', 'ipinyou', '--port', '0');
    const api = await process.serving();
    const ask = async (query: string): Promise<MetricsAnswer['rows']> => {
      const response = await fetch(`${api}/v1/metrics?from=2013-10-21&to=2013-10-22&${query}`);
      return ((await response.json()) as MetricsAnswer).rows;
    };

    const [day, ...others] = await ask('metrics=exposures,exposure_uv,clicks,click_uv,cost');
    expect(others).toEqual([]);
    expect(day?.metrics).toEqual({
      exposures: 9_960,
      exposure_uv: 8_861,
      clicks: 433,
      click_uv: 433,
      cost: 873_434,
    });

    const byAd = await ask('metrics=exposures,clicks,cost&groupBy=ad_id');
    const expected = readCsv('expected/ipinyou.by_creative.csv.gz').map(
      ({ creative = '', exposures, clicks: clicked, cost_millifen }) =>
        [creative, { exposures: Number(exposures), clicks: Number(clicked), cost: Number(cost_millifen) }] as const,
    );
    expect(Object.fromEntries(byAd.map(({ ad_id, metrics }) => [ad_id, metrics]))).toEqual(Object.fromEntries(expected));

    expect((await process.kill('SIGINT')).code).toBe(0);
  });
});
