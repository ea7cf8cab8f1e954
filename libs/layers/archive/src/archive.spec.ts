import { EVENT_SCHEMAS, EVENT_TYPES, LAST_TOUCH, TOPICS, WHOLE_CREDIT, type Fact, type FactKind, type Repair } from '@millrace/ads';
import { cellOf, type Emission, type Emitting, type Operator } from '@millrace/stream';
import { createArchive } from '.';

const CLICK: Fact = {
  kind: 'click',
  sign: 1,
  source: 's',
  event_id: 'e',
  user_id: 'u',
  event_time: 1_000,
  ingest_time: 2_000,
  merchant_id: 'm',
  campaign_id: null,
  ad_id: 'a',
  item_id: null,
  amount_minor: 30,
  original_minor: 30,
  currency: 'CNY',
  rate_id: null,
  uv: 5,
  attribution: null,
  model: LAST_TOUCH,
  credit_micro: WHOLE_CREDIT,
  order_time: null,
  order_id: null,
  channel: null,
  click_source: null,
  click_id: null,
  click_time: null,
  orphan: false,
  version: 0,
};

/** An archive of one partition of a topic; its rows stand at offset 70 of ods.action/4, in the second epoch. */
const archive = <Row extends object = Fact>(topic: string = TOPICS.fact) => {
  const operator = createArchive().create({ topic, partition: 0 }) as Operator<Row> & Emitting;
  // The task hands the same object to every call.
  const at = { source: { topic: 'ods.action', partition: 4 }, epoch: 2, offset: 70, ordinal: 0 };
  const put = (...rows: Row[]): void => {
    for (const row of rows) {
      at.ordinal++;
      operator.process(row, -Infinity, { emit: () => undefined }, at);
    }
  };
  return { operator, put };
};
const factArchive = (): { feed(...kinds: FactKind[]): void; operator: Operator<Fact> & Emitting } => {
  const { operator, put } = archive();
  return { operator, feed: (...kinds) => put(...kinds.map((kind): Fact => ({ ...CLICK, kind }))) };
};

const rowsOf = (emission: Emission | null, of?: string): Record<string, unknown>[] =>
  (emission?.blocks ?? [])
    .filter(({ table }) => of === undefined || table === of)
    .flatMap(({ columns, values, rows }) =>
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map(({ name }, column) => [name, cellOf(values[column] ?? [], row)])),
      ),
    );

test('every fact goes to the table of its kind, under the position of its writer', () => {
  const { feed, operator } = factArchive();
  feed('click', 'exposure', 'order', 'refund');
  const emission = operator.collect(4);
  const position = { epoch: 2, source_topic: 'ods.action', source_partition: 4, source_offset: 70 };
  expect(rowsOf(emission, 'dwd_click')).toMatchObject([
    { ...position, ordinal: 1, event_time: 1_000, campaign_id: '', ad_id: 'a', uv: 5 },
  ]);
  expect(rowsOf(emission, 'dwd_exposure')).toMatchObject([{ ...position, ordinal: 2 }]);
  expect(rowsOf(emission, 'dwd_conversion')).toMatchObject([
    { ...position, ordinal: 3, kind: 'order', conversion_id: 'e' },
    { ...position, ordinal: 4, kind: 'refund', order_time: null, orphan: 0 },
  ]);
  expect(emission?.serving).toEqual([]);
});

test('what is not acknowledged is written again, and what is, is not', () => {
  const { feed, operator } = factArchive();
  feed('click');
  const lost = operator.collect(1);
  feed('click', 'order');
  expect(operator.pending).toBe(3);
  const emission = operator.collect(3);
  expect(rowsOf(emission).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
  feed('click');
  if (emission !== null) operator.acknowledge(emission);
  expect(operator.pending).toBe(1);
  expect(rowsOf(operator.collect(4)).map(({ ordinal }) => ordinal)).toEqual([4]);
  expect(rowsOf(lost).map(({ ordinal }) => ordinal)).toEqual([1]);
});

test('nothing waits, nothing is written', () => {
  const { feed, operator } = factArchive();
  expect(operator.collect(0)).toBeNull();
  feed('click');
  const emission = operator.collect(1);
  if (emission !== null) operator.acknowledge(emission);
  expect(operator.collect(1)).toBeNull();
});

const POSITION = { epoch: 2, source_topic: 'ods.action', source_partition: 4, source_offset: 70 };

test('every event goes to the table of its type, with every field that its schema has', () => {
  const { operator, put } = archive<Record<string, unknown>>(TOPICS.action);
  for (const type of EVENT_TYPES) put({ type, event_id: `the ${type}`, user_id: 'u', event_time: 1_000, ingest_time: 2_000, extra: null });
  const emission = operator.collect(1);
  EVENT_TYPES.forEach((type, i) => {
    const [row, ...others] = rowsOf(emission, `ods_${type}`);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ ...POSITION, ordinal: i + 1, event_id: `the ${type}`, event_time: 1_000, ingest_time: 2_000, extra: '' });
    const fields = Object.keys(EVENT_SCHEMAS[type].properties).filter((name) => name !== 'type');
    expect(Object.keys(row ?? {})).toEqual(expect.arrayContaining(fields));
  });
});

test('what is absent is told from what is nothing: ids are never empty, numbers may be 0', () => {
  const { operator, put } = archive<Record<string, unknown>>(TOPICS.exposure);
  put({ type: 'exposure', item_id: null, cost_minor: null, sequence: null, city: null, extra: { a: [1], 'b"': 'ü' } });
  put({ type: 'exposure', item_id: 'i', cost_minor: 0, sequence: 0, city: 'Aachen', extra: {} });
  expect(rowsOf(operator.collect(1), 'ods_exposure')).toMatchObject([
    { item_id: '', cost_minor: null, sequence: null, city: '', extra: '{"a":[1],"b\\"":"ü"}' },
    { item_id: 'i', cost_minor: 0, sequence: 0, city: 'Aachen', extra: '{}' },
  ]);
});

test('a repair is kept as it was said, its number in the run apart from its place in the log', () => {
  const { operator, put } = archive<Repair>(TOPICS.action);
  const right = { attribution: 'direct', click_source: 's', click_id: 'c', click_time: 5, campaign_id: null, ad_id: null } as const;
  put({
    type: 'repair',
    run: 'night',
    ordinal: 12,
    reason: 'late',
    user_id: 'u',
    ingest_time: 2_000,
    kind: 'order',
    source: 's',
    event_id: 'e',
    merchant_id: 'm',
    event_time: 1_000,
    saw: null,
    right,
    before: [],
    after: [CLICK],
  });
  const [row] = rowsOf(operator.collect(1), 'ods_repair');
  expect(row).toMatchObject({ ...POSITION, ordinal: 1, run: 'night', run_ordinal: 12, saw: '', before: '[]' });
  expect([JSON.parse(row?.['right'] as string), JSON.parse(row?.['after'] as string)]).toEqual([right, [CLICK]]);
});

test('a rejected record keeps its own bytes, and the late lane is listed', () => {
  const bytes = Uint8Array.of(0, 255, 10);
  const rejected = archive<Record<string, unknown>>(TOPICS.rejected);
  const why = { reason: 'not_utf8', field: null, expected: 'UTF-8', source: 'web', ingest_time: 5 };
  rejected.put({ ...why, bytes, headers: { origin: 'x' } }, { ...why, bytes: null, headers: null });
  expect(rowsOf(rejected.operator.collect(1), 'ods_rejected')).toMatchObject([
    { ...POSITION, ...why, field: '', bytes, headers: '{"origin":"x"}' },
    { ...POSITION, bytes: null, headers: '' },
  ]);
  const late = archive<Record<string, unknown>>(TOPICS.late);
  late.put({ reason: 'late_click', user_id: 'u', merchant_id: null, day: 20_000, event_time: 1, ingest_time: 2, watermark: 3 });
  expect(rowsOf(late.operator.collect(1), 'dwd_late')).toMatchObject([{ ...POSITION, user_id: 'u', merchant_id: '', day: 20_000, watermark: 3 }]);
});

test('a row of a kind that this program does not know ends it: nothing is left out silently (D6)', () => {
  const { put } = archive<Record<string, unknown>>(TOPICS.action);
  expect(() => put({ type: 'hologram' })).toThrow(/ods.action\/4@70 has no table/);
  expect(() => createArchive({ topics: ['raw.http'] }).create({ topic: 'raw.http', partition: 0 })).toThrow(/raw.http/);
});
