import { ManualClock, MemoryLog } from '@millrace/adapters/memory';
import { DEFAULT_RULES, type RejectedRow, TOPICS } from '@millrace/ads';
import type { SourceDeclaration } from '@millrace/layer-ods';
import type { Append } from '@millrace/stream';
import { replayRejected } from './replay-rejected';

const TOPIC = 'raw.shop';
const event = (n: number) => ({
  type: 'click',
  event_id: `c${n}`,
  event_time: '2026-03-02T10:00:00+08:00',
  ad_id: 'a',
  campaign_id: 'p',
  merchant_id: 'm',
  cost_minor: 1,
  visitor: `u${n}`,
});
/** The user was called otherwise; now the declaration says how. */
const BROKEN: SourceDeclaration = {
  name: 'shop',
  format: { type: 'json' },
  default_source: 'shop',
  mappings: [{ identity: true }],
};
const MENDED: SourceDeclaration = { ...BROKEN, mappings: [{ identity: true, fields: { user_id: 'visitor' } }] };

const row = (offset: number, given: Partial<RejectedRow> = {}): RejectedRow => ({
  reason: 'missing_field',
  field: 'user_id',
  expected: 'a user',
  source: 'shop',
  ingest_time: Date.parse('2026-03-02T10:00:00+08:00') + offset,
  bytes: Buffer.from(JSON.stringify(event(offset))).toString('base64'),
  headers: offset % 2 === 0 ? '{"trace":"t"}' : '',
  source_topic: TOPIC,
  source_partition: offset % 2,
  source_offset: offset,
  ...given,
});
const ROWS = [
  ...Array.from({ length: 7 }, (_, n) => row(n)),
  row(7, { bytes: Buffer.from('{').toString('base64') }),
  row(8, { bytes: null }),
  row(9, { source_topic: 'raw.gone' }),
];

const setUp = async () => {
  const log = new MemoryLog(new ManualClock());
  await log.ensure(TOPIC, 2);
  await log.ensure(TOPICS.replayed, 1);
  const run = (source = MENDED, { dry = false, over = log as Pick<MemoryLog, keyof MemoryLog> } = {}) =>
    replayRejected(
      { log: over as MemoryLog, olap: { query: async <Row>() => ROWS as Row[] } },
      { sources: [source], rules: DEFAULT_RULES, reasons: ['missing_field'], from_ms: 0, to_ms: 1, dry },
    );
  const raw = async () =>
    (
      await Promise.all([0, 1].map(async (partition) => (await log.read({ topic: TOPIC, partition }, 0, 1 << 20)).records))
    ).flat();
  return { log, run, raw };
};

test('what the corrected mapping accepts is put where it stood, as it came, and once only', async () => {
  const { run, raw } = await setUp();
  expect(await run()).toEqual({ replayed: 7, before: 0, stillRejected: 2, unknown: 1 });
  const records = await raw();
  expect(records.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as object)).toEqual(
    [0, 2, 4, 6, 1, 3, 5].map(event),
  );
  expect(records.map(({ headers }) => headers)).toEqual(
    [0, 2, 4, 6, 1, 3, 5].map((n) => ({ ...(n % 2 === 0 && { trace: 't' }), 'millrace-replay-of': `${TOPIC}/${n % 2}@${n}` })),
  );
  expect(await run()).toEqual({ replayed: 0, before: 7, stillRejected: 2, unknown: 1 });
  expect(await raw()).toHaveLength(7);
});

test('before the mapping is corrected nothing is put, and may be later', async () => {
  const { run, raw } = await setUp();
  expect(await run(BROKEN)).toMatchObject({ replayed: 0, stillRejected: 9 });
  expect(await raw()).toEqual([]);
  expect(await run()).toMatchObject({ replayed: 7 });
});

test('dry: counted, not put', async () => {
  const { run, raw } = await setUp();
  expect(await run(MENDED, { dry: true })).toMatchObject({ replayed: 7 });
  expect(await raw()).toEqual([]);
});

test.each([
  ['before the records', 1, 0],
  ['between two partitions of a batch', 2, 4],
  ['after the records', 3, 7],
])('a crash %s: the next one puts what is missing, and nothing twice', async (_, crash, put) => {
  const { log, run, raw } = await setUp();
  let appends = 0;
  const over = Object.assign(Object.create(log) as MemoryLog, {
    append: async (batch: readonly Append[]) => {
      for (const lane of batch) {
        if (appends++ === crash) throw new Error('killed');
        await log.append([lane]);
      }
    },
    bounds: log.bounds.bind(log),
    read: log.read.bind(log),
    partitions: log.partitions.bind(log),
  });
  await expect(run(MENDED, { over })).rejects.toThrow('killed');
  expect(await raw()).toHaveLength(put);
  expect(await run()).toMatchObject({ replayed: 7 - put, before: put });
  expect(await raw()).toHaveLength(7);
  expect(await run()).toMatchObject({ replayed: 0, before: 7 });
});

test('a raw topic that ends in a commit marker is read to its end', async () => {
  const { log, run } = await setUp();
  const over = Object.assign(Object.create(log) as MemoryLog, {
    append: async (batch: readonly Append[]) => {
      if (batch.some(({ to }) => to.topic === TOPIC)) throw new Error('killed');
      await log.append(batch);
    },
    bounds: async (of: { topic: string; partition: number }) => {
      const { start, end } = await log.bounds(of);
      return { start, end: end + 1 };
    },
    read: async (...[of, offset, bytes]: Parameters<MemoryLog['read']>) =>
      offset > (await log.bounds(of)).end ? { records: [], end: offset } : log.read(of, offset, bytes),
    partitions: log.partitions.bind(log),
  });
  await expect(run(MENDED, { over })).rejects.toThrow('killed');
  expect(await run(MENDED, { over: Object.assign(over, { append: log.append.bind(log) }) })).toMatchObject({ replayed: 7 });
});
