import {
  DEFAULT_RULES,
  encodeServedDay,
  encodeServedProgress,
  partitionOf,
  servingKey,
  servingProgressKey,
  versionOf,
} from '@millrace/ads';
import { HOUR_MS, NOW_MS, ScriptedOlap, ScriptedServing } from '../testing/doubles';
import { storedRow } from '../testing/rows';
import { Agreement, type Disagreement } from './agreement';

const PARTITIONS = 2;
const TODAY = '2014-11-13';
const DAY_MS = Date.UTC(2014, 10, 12, 16);
const WATERMARK = NOW_MS - 3 * HOUR_MS;

/** Of the statements, the sample of merchants has an answer of its own. */
class Olap extends ScriptedOlap {
  merchants = ['1304', '9'];

  override async query<Row extends object>(sql: string, params: Readonly<Record<string, unknown>> = {}): Promise<Row[]> {
    if (params['seed'] === undefined) return super.query(sql, params);
    return this.merchants.map((merchant_id) => ({ day_ms: DAY_MS, merchant_id })) as object[] as Row[];
  }
}

const served = (merchant: string, values: Record<string, number>) => ({
  key: servingKey(partitionOf(merchant, PARTITIONS), 'merchant', [merchant], TODAY),
  version: versionOf(1, 5),
  value: encodeServedDay({ watermark: 0, values }),
  expires_ms: Infinity,
});
const progress = (partition: number, position = 7) => ({
  key: servingProgressKey(partition),
  version: versionOf(1, position),
  value: encodeServedProgress({ position, watermark: WATERMARK, from_ms: DAY_MS }),
  expires_ms: Infinity,
});
const row = (merchant_id: string, values: Record<string, number>) => storedRow({ window_start: DAY_MS, merchant_id, ...values });

let serving: ScriptedServing;
let olap: Olap;
let counts: Record<string, number>;
let changes: (Disagreement | null)[];
let agreement: Agreement;
beforeEach(async () => {
  serving = new ScriptedServing();
  olap = new Olap();
  counts = {};
  changes = [];
  await serving.put([progress(0), progress(1), served('1304', { clicks: 3, click_uv: 2 }), served('9', { clicks: 100 })]);
  olap.progress = [[0, 1].map((partition) => ({ partition, position: 7, watermark: WATERMARK }))];
  olap.rows = [row('1304', { clicks: 3, click_uv: 2 }), row('9', { clicks: 100 })];
  agreement = new Agreement({
    olap,
    openDays: { store: serving, partitions: PARTITIONS },
    // A read that takes its time is waited for; a pause between two is over at once.
    clock: { now_ms: () => NOW_MS, sleep: (_ms, signal) => (signal ? new Promise(() => undefined) : Promise.resolve()) },
    rules: DEFAULT_RULES,
    meter: {
      count: (name, by, labels) => {
        const key = labels?.['outcome'] ?? name;
        counts[key] = (counts[key] ?? 0) + by;
      },
    },
    onChange: (change) => changes.push(change),
  });
});

test('two stores that have the same at one position are equal', async () => {
  await agreement.compare();
  expect(counts).toMatchObject({ equal: 1, different: 0, store_rows_compared: 2, store_rows_differing: 0 });
  expect(changes).toEqual([]);
});

test('one wrong number is a difference; it is told once, and once more when it is mended', async () => {
  await serving.put([served('9', { clicks: 99 })]);
  await agreement.compare();
  await agreement.compare();
  expect(counts).toMatchObject({ different: 2, store_rows_compared: 4, store_rows_differing: 2 });
  expect(changes).toEqual([{ day: TODAY, compared: 2, differing: 1, merchants: ['9'] }]);
  await serving.put([served('9', { clicks: 100 })]);
  await agreement.compare();
  expect(changes.slice(1)).toEqual([null]);
});

test('a merchant that only one of them knows is a difference', async () => {
  olap.rows = [row('1304', { clicks: 3, click_uv: 2 })];
  await agreement.compare();
  expect(counts).toMatchObject({ different: 1, store_rows_differing: 1 });
});

test('what is on its way from one to the other is no difference', async () => {
  await serving.put([served('9', { clicks: 99 }), progress(0, 6), progress(1, 6)]);
  await agreement.compare();
  expect(counts).toMatchObject({ moved: 1, different: 0 });
  expect(counts['store_rows_compared']).toBeUndefined();
});

test('a value that is not there, or a store that was emptied, gives nothing to compare', async () => {
  serving.entries.delete(served('9', {}).key);
  await agreement.compare();
  serving.entries.clear();
  await agreement.compare();
  expect(counts).toMatchObject({ incomplete: 2, equal: 0, different: 0 });
});

test.each(['the quick one', 'the other'])('a store that is away (%s) ends nothing', async (which) => {
  if (which === 'the quick one') serving.answer = 'with an error';
  else olap.failure = new Error('connection refused');
  await agreement.compare();
  expect(counts).toMatchObject({ unavailable: 1, equal: 0, different: 0 });
});

test('every outcome is there from the beginning, so that the first difference is a rise', () => {
  expect(counts).toEqual({ equal: 0, different: 0, moved: 0, incomplete: 0, unavailable: 0 });
});
