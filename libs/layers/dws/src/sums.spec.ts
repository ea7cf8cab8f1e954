import { columnsOf, DEFAULT_RULES, GRAINS, METRICS, zoneOf, type Fact } from '@millrace/ads';
import type { Emission, Output, RowPosition } from '@millrace/stream';
import fc from 'fast-check';
import { createDws } from '.';
import { fact } from './testing/fact';
import { MetricStore } from './testing/metric-store';
import { naiveSums } from './testing/naive-sums';

const rules = { ...DEFAULT_RULES, zone: 'Europe/Berlin' };
const zone = zoneOf(rules.zone);
const columns = columnsOf(METRICS).map(({ name }) => name);
const MIDNIGHT = Date.UTC(2026, 2, 28, 23);
const silent: Output = { emit: () => undefined };
const at: RowPosition = { source: { topic: 'ods.action', partition: 0 }, epoch: 1, offset: 0, ordinal: 0 };

// Around two midnights, one of them of the day that is 23 hours long; few keys, so that they meet.
const time = fc.integer({ min: -30 * 60, max: 30 * 60 }).map((minutes) => MIDNIGHT + minutes * 60_000 + 123);
const id = fc.constantFrom('1', '2');
const idOrNull = fc.option(id, { freq: 3 });
const sign = fc.constantFrom<1 | -1>(1, 1, -1);
const amount_minor = fc.integer({ min: 0, max: 500 });
const ingest_time = fc.integer({ min: 0, max: 50 }).map((hours) => MIDNIGHT + hours * 3_600_000);

const traffic = fc
  .record({
    kind: fc.constantFrom<Fact['kind']>('exposure', 'click'),
    event_time: time,
    ingest_time,
    sign,
    merchant_id: id,
    campaign_id: id,
    ad_id: id,
    item_id: idOrNull,
    amount_minor,
    uv: fc.integer({ min: 0, max: 31 }),
  })
  .map(fact);
const effect = fc
  .record({
    kind: fc.constantFrom<Fact['kind']>('message', 'order', 'cancel', 'payment', 'refund'),
    event_time: time,
    ingest_time,
    sign,
    merchant_id: id,
    item_id: idOrNull,
    amount_minor,
    order_time: fc.option(time),
    channel: fc.constantFrom('public', 'private', null),
    click: fc.option(
      fc.record({ campaign_id: id, ad_id: id, click_time: time, attribution: fc.constantFrom('direct', 'indirect') }),
    ),
    share: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { freq: 2 }),
  })
  .map(({ click, share, ...said }) =>
    fact({
      ...said,
      attribution: 'organic',
      ...click,
      ...(share === null ? {} : { model: 'linear', credit_micro: share }),
    } as Fact),
  );
const facts = fc.array(fc.oneof(traffic, effect), { maxLength: 120 });
/** After each fact: nothing; an emission that is stored, now or while facts go on; one whose insert fails, or whose answer is lost. */
const fates = fc.array(fc.constantFrom('none', 'none', 'none', 'stored', 'stored later', 'lost', 'unanswered'), {
  minLength: 120,
  maxLength: 120,
});

const run = (input: readonly Fact[], fate: (index: number) => string): MetricStore => {
  const dws = createDws({ rules, max_segment_rows: 40 }).create({ topic: 'dwd.fact', partition: 3 });
  const store = new MetricStore();
  let later: Emission | null = null;
  input.forEach((one, index) => {
    dws.process(one, -Infinity, silent, at);
    if (later !== null) dws.acknowledge(later);
    later = null;
    if (fate(index) === 'none') return;
    const emission = dws.collect(index + 1);
    if (fate(index) !== 'lost') store.put(emission);
    if (fate(index) === 'stored later') later = emission;
    if (fate(index) === 'stored' && emission !== null) dws.acknowledge(emission);
  });
  store.put(dws.collect(input.length + 1));
  return store;
};

test('whatever the batches and emissions, the newest rows add up to what the facts say', () => {
  fc.assert(
    fc.property(facts, fates, (input, fate) => {
      const store = run(input, (index) => fate[index] ?? 'none');
      expect(store.sums(columns)).toEqual(naiveSums(input, METRICS, GRAINS, zone));
    }),
    { numRuns: 200 },
  );
});

test('the rows are a pure function of the log: emissions change when they are written, not what they are', () => {
  fc.assert(
    fc.property(facts, fates, (input, fate) => {
      const often = run(input, (index) => fate[index] ?? 'none');
      const once = run(input, () => 'none');
      expect(often.contents()).toEqual(once.contents());
    }),
    { numRuns: 100 },
  );
});
