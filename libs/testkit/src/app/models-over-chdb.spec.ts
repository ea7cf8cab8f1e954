import { openChdbStore } from '@millrace/adapters/chdb';
import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import {
  createTable,
  DEFAULT_RULES,
  type Fact,
  LAST_TOUCH,
  METRICS,
  metricTable,
  type Rules,
  SHARED_MODELS,
  TOPICS,
} from '@millrace/ads';
import { createApp, type MetricsAnswer } from '@millrace/layer-app';
import { createDws } from '@millrace/layer-dws';
import { cellOf, type OlapStore } from '@millrace/stream';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HISTORY_DEFAULTS, histories } from '../histories';
import { oracle } from '../oracle';
import { modelsOf, oracleOptions, runDwd } from '../proof';

/** R4 from end to end: clicks and conversions in, `GET /v1/metrics?model=…` out, on the engine that adds. */

const DAY = 86_400_000;
const rules: Rules = { ...DEFAULT_RULES, models: SHARED_MODELS.map(({ name }) => name) };
const RANGE = `from=${new Date(HISTORY_DEFAULTS.around_ms).toISOString().slice(0, 10)}&to=${new Date(HISTORY_DEFAULTS.around_ms + 61 * DAY).toISOString().slice(0, 10)}`;
/** One history with much in it: of many, that with the most shared conversions. */
const history = fc
  .sample(histories({ rules, size: 60 }), { numRuns: 100, seed: 4 })
  .map((each) => ({
    each,
    shared: oracle(
      each.map(({ event }) => event),
      oracleOptions(rules, 'linear'),
    ).conversions.filter(({ credits }) => credits.length > 1).length,
  }))
  .sort((a, b) => b.shared - a.shared)[0];
const log = (history?.each ?? []).map(({ event }) => event);

const directory = mkdtempSync(join(tmpdir(), 'millrace-models-'));
let olap: OlapStore;
let app: ReturnType<typeof createApp>;

/** What a warehouse of these rules has of the history. */
const run = (given: Rules) => {
  const { chain, facts } = runDwd(history?.each ?? [], { rules: given, partitions: 2, behind: [createDws({ rules: given })] });
  const blocks = chain.emit('dws').flatMap((emission) => emission.blocks);
  return { facts, blocks, rows: blocks.reduce((sum, { rows }) => sum + rows, 0) };
};

beforeAll(async () => {
  olap = await openChdbStore(directory);
  await olap.command(createTable(metricTable(METRICS)));
  await olap.insert(run(rules).blocks);
  const clock = new ManualClock(HISTORY_DEFAULTS.around_ms + 90 * DAY);
  const memory = new MemoryLog(clock);
  await memory.ensure(TOPICS.http, 1);
  app = createApp({ olap, log: memory, clock, rules, health: () => ({ ready: true, reasons: [] }), metricsText: async () => '' });
}, 60_000);

afterAll(async () => {
  await app.close();
  await olap.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (query: string): Promise<MetricsAnswer> => {
  const response = await app.inject(`/v1/metrics?${RANGE}&${query}`);
  expect([response.statusCode, response.statusCode === 200 ? '' : response.body]).toEqual([200, '']);
  return response.json<MetricsAnswer>();
};
const NAMES = ['messages', 'orders', 'payments', 'gmv', 'refund_amount'] as const;
type Sums = Partial<Record<'direct' | 'indirect' | 'organic', number>>;

/** Sums over all rows, per metric and attribution; counts in millionths, so that they are whole. */
const totals = (answer: MetricsAnswer): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const { metrics } of answer.rows) {
    for (const name of NAMES) {
      for (const [attribution, value] of Object.entries(metrics[name] as Sums)) {
        const whole = answer.metrics[name]?.unit === 'events' ? Math.round(value * 1_000_000) : value;
        sums[`${name} ${attribution}`] = (sums[`${name} ${attribution}`] ?? 0) + whole;
      }
    }
  }
  return sums;
};
const attributed = (sums: Record<string, number>, name: string): number =>
  (sums[`${name} direct`] ?? 0) + (sums[`${name} indirect`] ?? 0);

test('the history has conversions that are shared', () => {
  expect(history?.shared).toBeGreaterThan(3);
});

test.each(modelsOf(rules))(
  'model=%s: the credits of all ads sum to the attributed conversions and amounts, exactly',
  async (model) => {
    const ads = totals(await ask(`groupBy=ad_id&metrics=${NAMES.join(',')}&model=${model}`));
    const all = totals(await ask(`metrics=${NAMES.join(',')}&model=${model}`));
    const byDefault = totals(await ask(`metrics=${NAMES.join(',')}`));
    for (const name of NAMES) {
      expect([name, attributed(ads, name)]).toEqual([name, attributed(all, name)]);
      // Who shares a conversion cannot change how many there are.
      expect([name, attributed(all, name) + (all[`${name} organic`] ?? 0)]).toEqual([
        name,
        attributed(byDefault, name) + (byDefault[`${name} organic`] ?? 0),
      ]);
    }
  },
);

test.each(modelsOf(rules))('model=%s: every ad has on every day what the oracle gives it', async (model) => {
  const { rows } = await ask(`groupBy=ad_id&metrics=${NAMES.join(',')}&model=${model}`);
  const is = rows.flatMap(({ merchant_id, campaign_id, ad_id, day, metrics }) =>
    NAMES.flatMap((name) =>
      Object.entries(metrics[name] as Sums).map(([attribution, value]): [string, number] => [
        `ad|${merchant_id}|${campaign_id}|${ad_id}|day|${day}|${name}|${attribution}`,
        // The oracle counts in millionths where conversions are shared.
        model === LAST_TOUCH || name === 'gmv' || name === 'refund_amount' ? value : Math.round(value * 1_000_000),
      ]),
    ),
  );
  const should = [...oracle(log, oracleOptions(rules, model)).cells].filter(
    ([cell]) => /^ad\|.*\|day\|/.test(cell) && NAMES.some((name) => cell.includes(`|${name}|`)),
  );
  expect(should.length).toBeGreaterThan(5);
  expect(Object.fromEntries(is.filter(([, value]) => value !== 0))).toEqual(Object.fromEntries(should));
});

test('the default keeps one model and pays for no other', async () => {
  const plain = run(DEFAULT_RULES);
  const modelOf = ({ model }: Fact): string => model;
  expect(new Set(plain.facts.map(modelOf))).toEqual(new Set([LAST_TOUCH]));
  const models = plain.blocks.flatMap(({ columns, values, rows }) => {
    const column = values[columns.findIndex(({ name }) => name === 'model')] ?? [];
    return Array.from({ length: rows }, (_, row) => cellOf(column, row));
  });
  // The progress row has none.
  expect(new Set(models)).toEqual(new Set([LAST_TOUCH, '']));
  expect(plain.rows).toBeLessThan(run(rules).rows / 2);
});
