import { DEFAULT_RULES, type Fact, type Late, TOPICS } from '@millrace/ads';
import { createDwd, sumCounters } from '@millrace/layer-dwd';
import { createOds, type OdsLayer, sumCounts } from '@millrace/layer-ods';
import fc from 'fast-check';
import { ChainDriver } from '../driver/chain-driver';
import type { OracleEvent } from '../oracle';
import { made } from '../scenario';

const { lateness_ms: B } = DEFAULT_RULES;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2025, 2, 3, 4);
/** When the raw log got everything: no event below is in the future. */
const RECEIVED = NOON + 60 * DAY;
const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] } as const;

/** ODS over several raw partitions, and DWD behind it. */
const setUp = (raw: number, inside = 1) => {
  const ods = createOds({ sources: [EVENTS], rules: DEFAULT_RULES });
  const counts: ReturnType<OdsLayer['create']>['counters'][] = [];
  const counted: OdsLayer = {
    ...ods,
    create(input) {
      const operator = ods.create(input);
      counts.push(operator.counters);
      return operator;
    },
  };
  const dwd = createDwd({ rules: DEFAULT_RULES });
  const chain = new ChainDriver({
    raw: [counted],
    layers: [dwd],
    partitions: (topic) => (topic === 'raw.events' ? raw : inside),
  });
  return {
    chain,
    append: (partition: number, events: readonly OracleEvent[], timestamp_ms = RECEIVED) =>
      chain.append(
        { topic: 'raw.events', partition },
        events.map((event) => ({ value: JSON.stringify(event), timestamp_ms })),
      ),
    watermarks: () => new Set(chain.tasks('dwd').map(({ clock_ms }) => clock_ms)),
    late: () => ({
      counted: sumCounters(dwd.operators.map(({ counters }) => counters)).late,
      listed: chain.rows<Late>(TOPICS.late).map(({ reason, event_id }) => `${reason} ${event_id}`),
    }),
    facts: () => chain.rows<Fact>(TOPICS.fact),
    ods: () => sumCounts(counts),
  };
};

/** One partition's log: wherever its time begins and however it moves, no event is more than B behind those before it. */
const partitionLog = fc
  .record({
    begins: fc.oneof(fc.constantFrom(0, B, DAY), fc.nat({ max: 40 * DAY })),
    steps: fc.array(
      fc.record({
        type: fc.constantFrom('click' as const, 'exposure' as const, 'message' as const),
        user: fc.nat({ max: 5 }),
        onwards: fc.oneof(fc.constantFrom(0, 1, B, B + 1), fc.nat({ max: DAY })),
        behind: fc.oneof(fc.constantFrom(0, B), fc.nat({ max: B })),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  })
  .map(({ begins, steps }) => {
    let latest = NOON + begins;
    return steps.map(({ type, user, onwards, behind }, i) => {
      // The first one is its partition's time; what is behind it is so by at most B.
      latest += i === 0 ? 0 : onwards;
      return { type, user: `u${user}`, time: i === 0 ? latest : latest - behind };
    });
  });

const latestOf = (log: readonly { readonly time: number }[]): number => Math.max(...log.map(({ time }) => time));

describe('many raw partitions, read at very different speeds', () => {
  const raw = fc.array(partitionLog, { minLength: 1, maxLength: 5 });
  /** Which task reads how many records, before all read to the end. */
  const turns = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.constantFrom(1, 2, 5, Infinity)), { maxLength: 60 });

  it('make nobody late, as long as each is within B of itself', () => {
    fc.assert(
      fc.property(raw, fc.constantFrom(1, 3), turns, (logs, inside, order) => {
        const { chain, append, watermarks, late, facts } = setUp(logs.length, inside);
        logs.forEach((log, partition) =>
          append(
            partition,
            log.map(({ type, user, time }, i) =>
              // Each click on an ad of its own, so that none is repeated.
              made(type, time, {
                event_id: `${partition}.${i}`,
                user_id: user,
                ...(type === 'message' ? {} : { ad_id: `${partition}.${i}` }),
              }),
            ),
          ),
        );
        for (const [which, records] of order) chain.turn(which, records);
        chain.pump();
        expect(late()).toEqual({ counted: 0, listed: [] });
        expect(new Set(facts().map(({ event_id }) => event_id)).size).toBe(logs.flat().length);
        // And time has not just stood still.
        expect(watermarks()).toEqual(new Set([Math.min(...logs.map(latestOf)) - B]));
      }),
      { numRuns: 300 },
    );
  });

  it('an event more than B behind its own partition is late: the property can fail', () => {
    const { chain, append, late } = setUp(1);
    append(0, [made('click', NOON), made('click', NOON - B - 1, { event_id: 'late', ad_id: 'a2' })]);
    chain.pump();
    expect(late().counted).toBe(1);
  });
});

describe('vector 19: an idle source', () => {
  it('holds the watermark until it says that it has been read to its end, and then no longer', () => {
    const { chain, append, watermarks, late } = setUp(2);
    append(0, [made('click', NOON)]);
    chain.pump();
    expect(watermarks()).toEqual(new Set([-Infinity]));
    chain.idle(NOON + HOUR);
    expect(watermarks()).toEqual(new Set([NOON + HOUR - B]));

    // The other goes on; the idle one is believed only as far as it was looked at.
    append(0, [made('click', NOON + DAY, { event_id: 'next' })]);
    chain.pump();
    expect(watermarks()).toEqual(new Set([NOON + HOUR - B]));
    append(1, [made('click', NOON + HOUR - B, { event_id: 'other', ad_id: 'a2' })]);
    chain.pump();
    expect(late().counted).toBe(0);
    chain.idle(NOON + DAY);
    expect(watermarks()).toEqual(new Set([NOON + DAY - B]));
  });

  it('that nobody reads holds it for ever: what it has is not known', () => {
    const { chain, append, watermarks } = setUp(2);
    append(0, [made('click', NOON), made('click', NOON + 30 * DAY, { event_id: 'later' })]);
    // The tasks are: ODS of partition 0, of partition 1, DWD of actions, of exposures.
    for (const task of [0, 2, 3]) chain.turn(task, Infinity);
    expect(watermarks()).toEqual(new Set([-Infinity]));
  });
});

it('vector 18: one event dated 30 d ahead is rejected, moves no watermark and makes nobody late', () => {
  const { chain, append, watermarks, late, ods, facts } = setUp(1);
  const early = made('order', NOON);
  append(0, [early], NOON);
  append(0, [made('click', NOON + 30 * DAY)], NOON + 1);
  append(0, [made('payment', NOON - B + 1), made('click', NOON - B, { event_id: 'held up', ad_id: 'a2' })], NOON + 2);
  chain.pump();
  expect(ods().rejected.future_time).toBe(1);
  expect(watermarks()).toEqual(new Set([NOON - B]));
  expect(late()).toEqual({ counted: 0, listed: [] });
  expect(facts().some(({ event_id }) => event_id === 'click')).toBe(false);
});
