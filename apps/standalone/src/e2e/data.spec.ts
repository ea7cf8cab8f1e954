import { FileLog } from '@millrace/adapters/file';
import { join } from 'node:path';
import type { RunDocument } from '../report/document';
import { testDirectory } from '../testing/directory';
import { documentOf, truthOf } from '../testing/documents';
import { endAll, run, start } from '../testing/process';

/** A data directory over several runs: kept, resumed, refused, emptied. */

jest.setTimeout(120_000);
const { path, file } = testDirectory();
afterEach(endAll);

const TRAFFIC = ['--lines-per-day', '1500', '--exit', '--json'];

test('a second run over the same data doubles nothing', async () => {
  const data = ['--data', path('kept')];
  const first = await documentOf(...data, ...TRAFFIC);
  expect(first.check?.equal).toBe(first.check?.of);
  expect(truthOf(await documentOf(...data, ...TRAFFIC))).toEqual(truthOf(first));
});

test('other rules or partitions are refused, --fresh starts over with them', async () => {
  const data = ['--data', path('rules'), '--days', '1', ...TRAFFIC];
  await documentOf(...data);
  const other = await run(...data, '--repeat-within', '0s');
  expect([other.code, other.stdout]).toEqual([2, '']);
  expect(other.stderr).toMatch(
    /^The data in .* are refused: (?!.*other rules.*other rules).* made (by|under) other rules: .* --fresh\.\n$/,
  );
  expect((await run(...data, '--partitions', '5')).stderr).toMatch(/have 2 partitions\. Use --partitions 2/);
  const fresh = await documentOf(...data, '--repeat-within', '0s', '--partitions', '5', '--fresh');
  expect(fresh.check?.equal).toBe(fresh.check?.of);
});

test('rules may change from a day ahead on; behind it they are refused, and the earliest possible day is named (D3)', async () => {
  const data = ['--data', path('dated'), '--days', '1', ...TRAFFIC];
  const first = await documentOf(...data);
  const rules = (from_day: string): string => file(`${from_day}.json`, JSON.stringify({ changes: [{ from_day, window: '1d' }] }));
  const refused = await run(...data, '--rules', rules('2014-11-01'));
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  const earliest = /made under other rules: they differ from 2014-11-01 on, .* may differ is (\d{4}-\d\d-\d\d)\. Use/.exec(
    refused.stderr,
  )?.[1];
  expect(earliest).toBeDefined();
  // The traffic has ended, and with it its days: what is ahead lies behind the clock of the replay's end.
  expect(truthOf(await documentOf(...data, '--rules', rules(earliest ?? '')))).toEqual(truthOf(first));
  expect(truthOf(await documentOf(...data, '--rules', rules(earliest ?? '')))).toEqual(truthOf(first));
});

test('a gap in the log stops its partition; --proceed passes it knowingly (D7)', async () => {
  const data = ['--data', path('gap'), '--days', '1', ...TRAFFIC];
  await documentOf(...data);
  const input = { topic: 'ods.action', partition: 0 };
  const log = await FileLog.open(join(path('gap'), 'log'), { clock: { now_ms: () => Date.now() } });
  const { end } = await log.bounds(input);
  await log.append([{ to: input, records: [{ value: Buffer.from('lost') }, { value: Buffer.from('lost') }] }]);
  await log.truncate(input, end + 2);
  await log.close();
  const stopped = await run(...data);
  expect(stopped).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(`proceed with dwd:ods.action/0@${end + 2}`),
  });
  expect((await run(...data, '--proceed', 'dwd:ods.action/0@1')).stderr).toMatch(
    /--proceed dwd:ods.action\/0@1: ods.action\/0 holds \[/,
  );
  // The archive reads it, too, and has lost what DWD has.
  const passed = await run(...data, '--proceed', ...['dwd', 'archive'].map((layer) => `${layer}:ods.action/0@${end + 2}`));
  expect(passed).toMatchObject({ code: 0, stderr: expect.stringMatching(/Resumed at offset/) });
  expect((await run(...data)).code).toBe(0);
});

test('nobody’s own logs are mixed with generated traffic', async () => {
  const event = {
    type: 'message',
    source: 's',
    event_id: '1',
    event_time: '2014-11-11T10:00:00+08:00',
    user_id: 'u',
    merchant_id: 'm',
    channel: 'public',
  };
  const own = await documentOf(
    '--data',
    path('own'),
    '--replay',
    file('own.log', `${JSON.stringify(event)}\n`),
    '--exit',
    '--json',
  );
  const again = await documentOf('--data', path('own'), ...TRAFFIC);
  expect(truthOf(again)).toEqual(truthOf(own));
  expect(again.check).toBeUndefined();
});

test('two processes do not write one directory, and none empties another’s', async () => {
  const data = ['--data', path('shared'), '--port', '0', '--days', '1', '--lines-per-day', '50'];
  const first = start(...data);
  await first.serving();
  for (const args of [data, [...data, '--fresh']]) {
    expect(await run(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^The data .*shared .* in use by process \d+.*\n$/),
    });
  }
  expect((await first.kill('SIGINT')).code).toBe(0);
});

test('what is replayed after a replay was ended is late: old events are listed, not counted (R7)', async () => {
  const line = (n: number): string =>
    `${JSON.stringify({ type: 'message', source: 's', event_id: String(n), event_time: '2014-11-11T10:00:00+08:00', user_id: 'u', merchant_id: 'm', channel: 'public' })}\n`;
  const replayed = (name: string, text: string): Promise<RunDocument> =>
    documentOf('--data', path('files'), '--replay', file(name, text), '--exit', '--json');
  expect((await replayed('1.log', line(1) + line(2))).total['messages']).toEqual({ direct: 0, indirect: 0, organic: 2 });
  const { total, layers } = await replayed('2.log', line(3));
  expect(total['messages']).toEqual({ direct: 0, indirect: 0, organic: 2 });
  expect(layers.dwd).toMatchObject({ in: 3, late: 1, listed: { state_gone: 1 } });
});
