import { METRICS } from '@millrace/ads';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { RunDocument } from '../report/document';
import { testDirectory } from '../testing/directory';
import type { Finished } from '../testing/process';
import { endAll, run, start } from '../testing/process';

/** The program as a user runs it: what it prints, where, and what it ends with. */

jest.setTimeout(60_000);
const { path, file } = testDirectory();
afterEach(endAll);

const SMALL = ['--lines-per-day', '150'];
const documentOf = ({ stdout }: Finished): RunDocument => JSON.parse(stdout) as RunDocument;

const at = '2014-11-11T10:00:00+08:00';
const CLICK = {
  type: 'click',
  source: 'shop',
  event_id: 'c-1',
  event_time: at,
  user_id: 'u-1',
  ad_id: 'a-1',
  campaign_id: 'p-1',
  merchant_id: 'm-1',
  item_id: 'i-1',
  cost_minor: 120,
};
const ORDER = {
  type: 'order',
  source: 'shop',
  event_id: 'o-1',
  event_time: at,
  user_id: 'u-1',
  order_id: 'order-1',
  item_id: 'i-1',
  merchant_id: 'm-1',
  amount_minor: 9_900,
};
const PAYMENT = { ...ORDER, type: 'payment', event_id: 'p-1' };
const lines = (...events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');

test('--exit --json: one document on standard output, of the promised shape, and everything else on standard error', async () => {
  const finished = await run('--exit', '--json', ...SMALL);
  const { layers, days, total, check, ...rest } = documentOf(finished);
  expect(finished.code).toBe(0);
  expect(finished.stdout.trimEnd()).not.toContain('\n');
  expect(finished.stderr).toMatch(/^replaying 14 days of generated traffic, seed 1: /);
  expect(finished.stderr).toContain(`check: ${check?.of} of ${check?.of} totals equal the source's own answer\n`);

  expect(rest).toEqual({});
  expect(check?.equal).toBe(check?.of);
  expect(check?.of).toBeGreaterThan(1_000);
  expect(Object.keys(layers)).toEqual(['ods', 'dwd', 'dws', 'app']);
  expect(layers.ods.in).toBe(layers.ods.out + Object.values(layers.ods.rejected).reduce((a, b) => a + b, 0));
  expect(layers.dwd).toMatchObject({ in: layers.ods.out, out: layers.dws.in });
  expect(days).toHaveLength(14);
  for (const { day, metrics } of days) {
    expect(day).toMatch(/^2025-03-\d\d$/);
    expect(Object.keys(metrics)).toEqual(METRICS.map(({ name }) => name));
  }
  const additive = METRICS.filter((metric) => metric.additive);
  expect(Object.keys(total)).toEqual(additive.map(({ name }) => name));
  for (const { name, split } of additive) {
    expect(total[name]).toEqual(
      split ? { direct: expect.any(Number), indirect: expect.any(Number), organic: expect.any(Number) } : expect.any(Number),
    );
  }
});

test('--exit for people: a line per layer, the table by day, the check', async () => {
  const { code, stdout, stderr } = await run('--exit', ...SMALL, '--days', '2');
  expect(code).toBe(0);
  const shape = stdout.replace(/[\d ]*\d/g, '#').replace(/ +/g, ' ');
  expect(shape).toMatch(
    /^ods in# out# rejected#(?: \(.*\))?\ndwd in# out# duplicates# repeated clicks# late# corrections#\ndws in# out#\napp in# out#\n\nday .*(?:\n#-#-#.*){2}\n\ncheck:# of# totals equal the source's own answer\n$/,
  );
  // Without a terminal progress is a line at the beginning, one every five seconds, and one at the end.
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
});

describe('own logs', () => {
  const totalOf = async (...args: readonly string[]) => {
    const finished = await run('--exit', '--json', ...args);
    expect([finished.code, finished.code === 0 ? '' : finished.stderr]).toEqual([0, '']);
    return documentOf(finished);
  };
  const ALL = {
    clicks: 1,
    cost: 120,
    orders: { direct: 1, indirect: 0, organic: 0 },
    gmv: { direct: 9_900, indirect: 0, organic: 0 },
  };

  test('several files, compressed or not, in any order of their events', async () => {
    const { days, total, check } = await totalOf(
      '--replay',
      file('b.log.gz', gzipSync(lines(ORDER, PAYMENT))),
      file('a.log', lines(CLICK)),
    );
    expect(total).toMatchObject(ALL);
    expect(days.map(({ day }) => day)).toEqual(['2014-11-11']);
    expect(check).toBeUndefined();
  });

  test('standard input', async () => {
    const process = start('--exit', '--json', '--replay', '-');
    process.stdin.end(lines(CLICK, ORDER, PAYMENT));
    expect(documentOf(await process.finished).total).toMatchObject(ALL);
  });

  test('bad lines are counted by reason and do no harm', async () => {
    const { layers, total } = await totalOf(
      '--replay',
      file('bad.log', `${lines(CLICK)}{broken\n${lines({ ...ORDER, user_id: '0' }, ORDER, PAYMENT)}`),
    );
    expect(layers.ods).toEqual({ in: 5, out: 3, rejected: { not_json: 1, placeholder_user: 1 } });
    expect(total).toMatchObject(ALL);
  });

  test('an empty file has no days', async () => {
    const { days, layers } = await totalOf('--replay', file('empty.log', ''));
    expect(days).toEqual([]);
    expect(layers.ods).toEqual({ in: 0, out: 0, rejected: {} });
  });

  test('a declaration of one’s own', async () => {
    const declaration = {
      name: 'shop',
      format: { type: 'csv', columns: ['id', 'at', 'user', 'ad'], header: true },
      mappings: [
        {
          type: 'click',
          fields: {
            event_id: 'id',
            event_time: { from: 'at', time: 'yyyy-MM-dd HH:mm', zone: 'Europe/Berlin' },
            user_id: 'user',
            ad_id: 'ad',
            campaign_id: { constant: 'p' },
            merchant_id: { constant: 'm' },
            cost_minor: { constant: 7 },
          },
        },
      ],
      default_source: 'shop',
    };
    const { total, days } = await totalOf(
      ...['--source', file('shop.json', JSON.stringify(declaration)), '--zone', 'Europe/Berlin'],
      ...['--replay', file('shop.csv', 'id,at,user,ad\n1,2014-11-11 23:59,u,a\n2,2014-11-12 00:00,u,b\n')],
    );
    expect(total).toMatchObject({ clicks: 2, cost: 14 });
    expect(days.map(({ day, metrics }) => [day, metrics['click_uv']])).toEqual([
      ['2014-11-11', 1],
      ['2014-11-12', 1],
    ]);
  });
});

describe('what the user can mend is said in one sentence, and ends with 2', () => {
  const bad = (): string => file('bad.json', '{"name": "x"}');
  test.each([
    ['an unknown option', () => ['--bogus'], /^Unknown option '--bogus'/],
    ['a file that is not there', () => ['--replay', path('absent.log')], /absent\.log cannot be read: it does not exist\.$/],
    ['a folder', () => ['--replay', path('.')], /cannot be read: it is a folder\.$/],
    [
      'a broken archive',
      () => ['--replay', file('torn.log.gz', gzipSync(lines(CLICK)).subarray(0, 30))],
      /torn\.log\.gz cannot be read: unexpected end of file\.$/,
    ],
    ['an unknown source', () => ['--source', 'nobody', '--replay', file('a.log', '')], /^There is no source "nobody"\. Known: /],
    [
      'a mapping that is no mapping',
      () => ['--source', bad(), '--replay', file('a.log', '')],
      /bad\.json is not valid:\n {2}.*format/,
    ],
    [
      'rules that are none',
      () => ['--rules', file('rules.json', '{"windw": "7d"}')],
      /^The rules file .*rules\.json is not valid:\n {2}.*windw/,
    ],
    [
      'a data directory that is a file',
      () => ['--data', file('data', '')],
      /^The data directory .*data cannot be used: a file has that name\.$/,
    ],
  ])('%s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await run('--exit', ...args());
    expect([code, stdout]).toEqual([2, '']);
    const said = stderr.replace(/^replaying .*\n/, '').trimEnd();
    expect(said).toMatch(sentence);
    expect(said).not.toContain('    at ');
  });

  test('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { code, stderr } = await run('--port', String(port), ...SMALL);
    other.close();
    expect([code, stderr]).toEqual([
      2,
      `Port ${port} on 127.0.0.1 is in use. Choose another with --port, or --port 0 for any free one.\n`,
    ]);
  });
});

test('--help ends with 0', async () => {
  const { code, stdout, stderr } = await run('--help');
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Usage: npm start -- \[options\]/);
});

describe('a signal during the replay', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops it at once, in order', async (signal, code) => {
    const process = start('--exit', '--data', path(signal));
    await process.said(/replaying/);
    const began = Date.now();
    expect(await process.kill(signal)).toMatchObject({
      code,
      signal: null,
      stdout: '',
      stderr: expect.stringMatching(/\nStopping\.\n$/),
    });
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  test('also while it waits for standard input', async () => {
    const process = start('--exit', '--replay', '-');
    process.stdin.write(lines(CLICK));
    await process.said(/replaying/);
    expect(await process.kill('SIGINT')).toMatchObject({ code: 130, signal: null });
  });
});

test('a file is read in its own order, whatever the partitions: of two bodies with one identity the first line stands (R8)', async () => {
  const pair = (n: number) =>
    [1, 2].map((cost_minor) => ({ ...CLICK, event_id: `c-${n}`, user_id: `u-${n % 7}`, ad_id: `a-${n}`, cost_minor }));
  // Three lines in between two pairs now and then, so that every way of dealing lines out meets a pair.
  const other = (n: number) => (n % 3 === 0 ? [{ ...CLICK, event_id: `d-${n}`, user_id: `v-${n}`, cost_minor: 0 }] : []);
  const log = file('conflicts.ndjson', lines(...Array.from({ length: 300 }, (_, n) => [...pair(n), ...other(n)]).flat()));
  for (const partitions of ['1', '2', '3']) {
    const { layers, total } = documentOf(await run('--replay', log, '--exit', '--json', '--partitions', partitions));
    expect([total['cost'], layers.dwd.conflicts]).toEqual([300, 300]);
  }
});
