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
   * One bid was clicked under two cookies. The expected answers count bids, 433; R8 makes an id that of a user, so that here
   * these are two clicks, of two users.
   */
  const clicks = gunzipSync(readFileSync(fileOf('clk')))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const bids = new Set(clicks.map(([bid]) => bid));
  const bidsOfUsers = new Set(clicks.map(([bid, , , user]) => `${bid} ${user}`));
  const CLICKED_TWICE = { creative: '10722', bid: '4093bf7b1f153d3e7ec79d77d1068a90' };

  it('has 433 bids that were clicked, one of them under two user ids', () => {
    expect([bids.size, bidsOfUsers.size]).toEqual([433, 434]);
    const users = clicks.filter(([bid]) => bid === CLICKED_TWICE.bid).map(([, , , user]) => user);
    expect(new Set(users).size).toBe(2);
  });

  it('is 9 960 exposures of 8 861 users for 873 434, and each click of a bid by a user once', async () => {
    const process = start('--replay', fileOf('imp'), fileOf('clk'), '--source', 'ipinyou', '--port', '0');
    const api = await process.serving();
    const ask = async (query: string): Promise<MetricsAnswer['rows']> => {
      const response = await fetch(`${api}/v1/metrics?from=2013-10-21&to=2013-10-22&${query}`);
      return ((await response.json()) as MetricsAnswer).rows;
    };

    const [day, ...others] = await ask('metrics=exposures,exposure_uv,clicks,click_uv,cost');
    expect(others).toEqual([]);
    const users = new Set(clicks.map(([, , , user]) => user)).size;
    expect(day?.metrics).toEqual({
      exposures: 9_960,
      exposure_uv: 8_861,
      clicks: bidsOfUsers.size,
      click_uv: users,
      cost: 873_434,
    });

    const byAd = await ask('metrics=exposures,clicks,cost&groupBy=ad_id');
    const expected = readCsv('expected/ipinyou.by_creative.csv.gz').map(
      ({ creative = '', exposures, clicks: clicked, cost_millifen }) => {
        const again = creative === CLICKED_TWICE.creative ? 1 : 0;
        return [
          creative,
          { exposures: Number(exposures), clicks: Number(clicked) + again, cost: Number(cost_millifen) },
        ] as const;
      },
    );
    expect(Object.fromEntries(byAd.map(({ ad_id, metrics }) => [ad_id, metrics]))).toEqual(Object.fromEntries(expected));

    expect((await process.kill('SIGINT')).code).toBe(0);
  });
});
