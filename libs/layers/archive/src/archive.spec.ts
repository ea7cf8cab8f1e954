import { LAST_TOUCH, WHOLE_CREDIT, type Fact, type FactKind } from '@millrace/ads';
import type { Emission } from '@millrace/stream';
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

const archive = (): { feed(...kinds: FactKind[]): void; operator: ReturnType<ReturnType<typeof createArchive>['create']> } => {
  const operator = createArchive({ epoch: 2 }).create({ topic: 'dwd.fact', partition: 0 });
  // The task hands the same object to every call.
  const at = { source: { topic: 'ods.action', partition: 4 }, offset: 70, ordinal: 0 };
  const feed = (...kinds: FactKind[]): void => {
    for (const kind of kinds) {
      at.ordinal++;
      operator.process({ ...CLICK, kind }, -Infinity, { emit: () => undefined }, at);
    }
  };
  return { feed, operator };
};

const rowsOf = (emission: Emission | null, of?: string): Record<string, unknown>[] =>
  (emission?.blocks ?? [])
    .filter(({ table }) => of === undefined || table === of)
    .flatMap(({ columns, values, rows }) =>
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map(({ name }, column) => [name, values[column]?.[row]])),
      ),
    );

test('every fact goes to the table of its kind, under the position of its writer', () => {
  const { feed, operator } = archive();
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
  const { feed, operator } = archive();
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
  const { feed, operator } = archive();
  expect(operator.collect(0)).toBeNull();
  feed('click');
  const emission = operator.collect(1);
  if (emission !== null) operator.acknowledge(emission);
  expect(operator.collect(1)).toBeNull();
});
