import { type CreditSeen, DEFAULT_RULES, type Fact, type Late, type Repair, TOPICS } from '@millrace/ads';
import { invalidationOf, LayerDriver, made, odsRow, type OracleEvent, standing } from '@millrace/testkit';
import { createDwd } from './dwd';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2025, 2, 3, 4);
const LATER = NOON + 10 * DAY;

const ORGANIC: CreditSeen = {
  attribution: 'organic',
  click_source: null,
  click_id: null,
  click_time: null,
  campaign_id: null,
  ad_id: null,
};
/** A click that the stream does not know: it came when its day was gone. */
const LOST: CreditSeen = {
  attribution: 'indirect',
  click_source: 'app',
  click_id: 'lost',
  click_time: NOON - DAY,
  campaign_id: 'c9',
  ad_id: 'a9',
};

const repairOf = (event: OracleEvent, saw: CreditSeen | null, right: CreditSeen | null, said: Partial<Repair> = {}): Repair => ({
  type: 'repair',
  run: 'run 1',
  ordinal: 0,
  reason: 'late',
  user_id: event.user_id,
  ingest_time: LATER,
  kind: event.type as Repair['kind'],
  source: event.source,
  event_id: event.event_id,
  merchant_id: event.merchant_id ?? '',
  event_time: event.event_time,
  saw,
  right,
  before: [],
  after: [],
  ...said,
});

const setUp = () => {
  const dwd = createDwd({ rules: DEFAULT_RULES });
  const driver = new LayerDriver<object>(dwd);
  const feed = (...rows: (OracleEvent | Repair)[]): void => {
    driver.feed(
      TOPICS.action,
      rows.map((row) => (row.type === 'repair' ? row : odsRow({ event: row, deliver_ms: row.event_time }).row)),
    );
  };
  return {
    driver,
    feed,
    /** What was emitted since the last look, as `sign kind ad/attribution amount`. */
    emitted: () =>
      driver
        .taken<Fact>('fact')
        .map(
          ({ sign, kind, ad_id, attribution, amount_minor }) =>
            `${sign > 0 ? '+' : '-'}${kind} ${ad_id ?? ''}/${attribution ?? ''} ${amount_minor}`,
        ),
    /** `ad/attribution` of each event as it stands. */
    stands: () =>
      Object.fromEntries(
        standing(driver.all<Fact>('fact')).map(({ event_id, ad_id, attribution }) => [
          event_id,
          `${ad_id ?? ''}/${attribution ?? ''}`,
        ]),
      ),
    late: () => driver.taken<Late>('late'),
    counters: () => dwd.operators.map(({ counters }) => counters)[0],
  };
};

const order = made('order', NOON);
const payment = made('payment', NOON + HOUR);
const refund = made('refund', NOON + 2 * HOUR, { amount_minor: 400 });

describe('a conversion that is held', () => {
  test('is repaired, and its payment and refund follow: the old facts with sign -1, the right ones with +1', () => {
    const { feed, driver, emitted, stands, late, counters } = setUp();
    feed(order, payment, refund);
    driver.advance(LATER);
    emitted();
    feed(repairOf(order, ORGANIC, LOST));
    expect(emitted()).toEqual([
      '-order /organic 1000',
      '+order a9/indirect 1000',
      '-payment /organic 1000',
      '+payment a9/indirect 1000',
      '-refund /organic 400',
      '+refund a9/indirect 400',
    ]);
    expect(stands()).toEqual({ order: 'a9/indirect', payment: 'a9/indirect', refund: 'a9/indirect' });
    expect(driver.all<Fact>('fact').at(-1)).toMatchObject({
      click_id: 'lost',
      click_time: NOON - DAY,
      campaign_id: 'c9',
      version: 1,
      ingest_time: LATER,
    });
    expect(late()).toEqual([]);
    expect(counters()).toMatchObject({ repairs: 1, repairs_dropped: 0 });
  });

  test('stays repaired when its unit is worked out again', () => {
    const { feed, driver, stands } = setUp();
    feed(order, payment);
    driver.advance(LATER);
    feed(repairOf(order, ORGANIC, LOST));
    feed(
      made('payment', LATER, { event_id: 'second payment' }),
      refund,
      made('refund', LATER, { event_id: 'second refund', amount_minor: 700 }),
    );
    expect(new Set(Object.values(stands()))).toEqual(new Set(['a9/indirect']));
    expect(Object.keys(stands())).toHaveLength(5);
  });

  test('stays repaired when another click comes, or another is found invalid', () => {
    const { feed, driver, stands } = setUp();
    const click = made('click', NOON - 3 * DAY);
    const other = made('click', NOON - 4 * DAY, { event_id: 'other', ad_id: 'a2' });
    feed(click, other, order);
    driver.advance(NOON + HOUR);
    feed(
      repairOf(
        order,
        { ...LOST, attribution: 'indirect', click_id: 'click', click_time: NOON - 3 * DAY, campaign_id: 'c1', ad_id: 'a1' },
        LOST,
      ),
    );
    feed(invalidationOf(other, NOON - 2 * DAY), made('click', NOON - 1, { event_id: 'late', ad_id: 'a3', item_id: 'i1' }));
    expect(stands()['order']).toBe('a9/indirect');
  });

  test('that a repair withdraws stays withdrawn, whatever comes to its line', () => {
    const { feed, driver, emitted, stands } = setUp();
    feed(order, payment);
    driver.advance(LATER);
    emitted();
    feed(repairOf(order, ORGANIC, null, { reason: 'duplicate' }));
    expect(emitted()).toEqual(['-order /organic 1000']);
    feed(made('payment', LATER, { event_id: 'second payment' }), refund, made('cancel', LATER));
    expect(stands()).toEqual({ payment: '/organic', 'second payment': '/organic', refund: '/organic' });
  });

  test('when it is a payment that is withdrawn, covers no refund any more', () => {
    const { feed, driver, stands } = setUp();
    feed(payment, refund);
    driver.advance(NOON + 3 * HOUR);
    expect(stands()).toEqual({ payment: '/organic', refund: '/organic' });
    feed(repairOf(payment, ORGANIC, null, { reason: 'duplicate' }));
    expect(stands()).toEqual({});
  });

  test('that was withdrawn is put back by a repair that knows', () => {
    const { feed, driver, stands, counters } = setUp();
    feed(order, payment);
    driver.advance(LATER);
    feed(repairOf(order, ORGANIC, null), repairOf(order, null, LOST, { run: 'run 2' }));
    expect(stands()).toEqual({ order: 'a9/indirect', payment: 'a9/indirect' });
    expect(counters()).toMatchObject({ repairs: 2, repairs_dropped: 0 });
  });

  test.each<[string, OracleEvent, OracleEvent[]]>([
    ['a message', made('message', NOON), []],
    ['a payment without an order', payment, [refund]],
  ])('may be %s', (_, event, others) => {
    const { feed, driver, stands } = setUp();
    feed(event, ...others);
    driver.advance(NOON + DAY);
    feed(repairOf(event, ORGANIC, LOST));
    expect(stands()).toEqual({
      [event.event_id]: 'a9/indirect',
      ...Object.fromEntries(others.map(({ event_id }) => [event_id, '/organic'])),
    });
  });

  test('and had no order when it was repaired, is relinked when that comes', () => {
    const { feed, stands } = setUp();
    feed(payment, repairOf(payment, ORGANIC, LOST), order);
    expect(stands()).toEqual({ order: '/organic', payment: '/organic' });
  });
});

describe('a conversion that is not held', () => {
  test('any more: the pair is emitted as the repair states it', () => {
    const { feed, driver, emitted, stands, counters } = setUp();
    feed(order, payment);
    const before = standing(driver.all<Fact>('fact'));
    driver.advance(NOON + 16 * DAY);
    emitted();
    const after = before.map((fact): Fact => ({ ...fact, ...LOST, version: 1 }));
    feed(repairOf(order, ORGANIC, LOST, { before, after }));
    expect(emitted()).toEqual([
      '-order /organic 1000',
      '-payment /organic 1000',
      '+order a9/indirect 1000',
      '+payment a9/indirect 1000',
    ]);
    expect(stands()).toEqual({ order: 'a9/indirect', payment: 'a9/indirect' });
    expect(driver.all<Fact>('fact').at(-1)).toMatchObject({ ingest_time: LATER });
    expect(counters()).toMatchObject({ repairs: 1 });
  });

  test('and never was counted, is put', () => {
    const { feed, driver, emitted, late } = setUp();
    driver.advance(NOON + 16 * DAY);
    feed(order);
    expect(late()).toMatchObject([{ reason: 'state_gone' }]);
    expect(emitted()).toEqual([]);
    const [fact] = standing(setUpFacts(order));
    feed(repairOf(order, null, ORGANIC, { after: fact === undefined ? [] : [fact] }));
    expect(emitted()).toEqual(['+order /organic 1000']);
  });
});

describe('a repair that was made for another credit than the one that stands', () => {
  test.each<[string, OracleEvent[], OracleEvent, CreditSeen | null]>([
    ['because the credit has changed', [made('click', NOON - 1), order], order, ORGANIC],
    ['because it counts after all', [order], order, null],
    ['because it has no credit of its own', [order, payment], payment, ORGANIC],
    ['because another order stands', [made('order', NOON - 1, { event_id: 'first' }), order], order, null],
  ])('%s, is dropped, listed and counted', (_, events, event, saw) => {
    const { feed, emitted, late, counters } = setUp();
    feed(...events);
    emitted();
    feed(repairOf(event, saw, LOST));
    expect(emitted()).toEqual([]);
    expect(late()).toMatchObject([
      { reason: 'stale_repair', type: event.type, event_id: event.event_id, user_id: 'u1', event_time: event.event_time },
    ]);
    expect(counters()).toMatchObject({ repairs: 0, repairs_dropped: 1, listed: { stale_repair: 1 } });
  });

  test('also when that credit changes in the very record that brings the repair', () => {
    const { feed, stands, late } = setUp();
    const click = made('click', NOON - 1);
    feed(click, order);
    const saw: CreditSeen = {
      attribution: 'direct',
      click_source: 'app',
      click_id: 'click',
      click_time: NOON - 1,
      campaign_id: 'c1',
      ad_id: 'a1',
    };
    feed(invalidationOf(click, NOON + 1), repairOf(order, saw, LOST));
    expect(stands()).toEqual({ order: '/organic' });
    expect(late()).toMatchObject([{ reason: 'stale_repair' }]);
  });
});

test('a repair that is delivered twice is taken once (D2), and its writer holds back no watermark', () => {
  const { feed, driver, emitted, counters } = setUp();
  feed(order);
  driver.advance(NOON + 16 * DAY);
  const before = standing(driver.all<Fact>('fact'));
  emitted();
  const frame = {
    source: { topic: 'batch', partition: 0 },
    rows: [repairOf(order, ORGANIC, null, { before })],
    offsets: [7],
    ordinals: [0],
    clocks: [Infinity],
  };
  for (let delivery = 0; delivery < 2; delivery++) driver.chain.appendFrame({ topic: TOPICS.action, partition: 0 }, frame);
  driver.chain.pump();
  expect(emitted()).toEqual(['-order /organic 1000']);
  expect(counters()).toMatchObject({ repairs: 1 });
  driver.advance(NOON + 17 * DAY);
  expect(driver.tasks.map(({ clock_ms }) => clock_ms)).toEqual([NOON + 17 * DAY, NOON + 17 * DAY]);
});

/** What a DWD that was not too late would have made of it. */
function setUpFacts(event: OracleEvent): Fact[] {
  const { feed, driver } = setUp();
  feed(event);
  return driver.all<Fact>('fact');
}
