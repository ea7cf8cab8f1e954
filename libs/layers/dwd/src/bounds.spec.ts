import { type AdEvent, DEFAULT_RULES, type Fact, SHARED_MODELS } from '@millrace/ads';
import type { Output } from '@millrace/stream';
import { made, odsRow } from '@millrace/testkit';
import { type Action, Actions } from './actions';
import { SegmentedClicks } from './clicks/segmented-clicks';
import { countedCalls } from './clicks/testing/counted-calls';
import { Policy } from './policy';

/**
 * Time and memory stay bounded whatever one user does. Wall time has no place in a test: what is counted is how often the
 * click store is asked, how much state is held and how many rows come out. `tools/bench/dwd-history.bench.mjs` has the clock.
 */

const { lateness_ms: B, window_ms, invalidation_ms } = DEFAULT_RULES;
const DAY = 86_400_000;
const START = Date.UTC(2025, 2, 3, 4);
const MANY = 100_000;

function driven(rules = DEFAULT_RULES) {
  const { store, calls } = countedCalls(new SegmentedClicks(window_ms + invalidation_ms + B));
  const actions = new Actions(new Policy(rules), store);
  let rows = 0;
  let credits = 0;
  const out: Output = {
    emit(output, _key, row) {
      rows++;
      if (output === 'fact') credits += (row as Fact).kind === 'click' ? 0 : (row as Fact).sign;
    },
  };
  let watermark_ms = -Infinity;
  const take = (...events: Parameters<typeof odsRow>[0]['event'][]): void => {
    for (const event of events) {
      const row: AdEvent = odsRow({ event, deliver_ms: event.event_time }).row;
      if (event.event_time - B > watermark_ms) actions.advance((watermark_ms = event.event_time - B), out);
      actions.process(row as Action, watermark_ms, out);
    }
  };
  return { actions, take, settle: () => actions.settle(out), calls, rows: () => rows, credits: () => credits };
}

const clickAt = (n: number, step_ms = 100) => made('click', START + n * step_ms, { event_id: `click ${n}`, ad_id: `a${n % 50}` });
const inOrder = Array.from({ length: MANY }, (_, n) => n);
/** All of them, in steps that share no factor with their number. */
const shuffled = inOrder.map((n) => (n * 61_803) % MANY);

describe('vector 24: one user with 100 000 clicks', () => {
  it.each([
    ['in order', inOrder, 100, 100],
    ['backwards', inOrder.toReversed(), 100, 100],
    ['shuffled', shuffled, 100, 100],
    // Repeated clicks are looked for among those near in time until one is on the same ad: here about 50 each way.
    ['shuffled, a fifth of them, all in one millisecond', shuffled.slice(0, MANY / 5), 0, 600],
  ])('%s', (_name, order, step_ms, bound) => {
    const { actions, take, calls, rows } = driven();
    for (const n of order) take(clickAt(n, step_ms));
    expect(actions.state.entries).toBeLessThan(MANY + 1_000);
    expect(actions.state.bytes).toBeLessThan(MANY * 200);
    expect(calls() / order.length).toBeLessThan(bound);
    expect(rows()).toBeLessThanOrEqual(3 * order.length);
  });

  it('finds the winner of a conversion without looking through them, and forgets them in time', () => {
    const { actions, take, calls } = driven();
    for (const n of inOrder) take(clickAt(n));
    const before = calls();
    for (let n = 0; n < 100; n++) take(made('order', START + MANY * 100 + n, { event_id: `order ${n}`, order_id: `o${n}` }));
    expect((calls() - before) / 100).toBeLessThan(100);
    take(made('click', START + window_ms + invalidation_ms + 10 * DAY, { event_id: 'last' }));
    expect(actions.state.entries).toBeLessThan(20);
  });

  it('shares a credit among the newest 50 only', () => {
    const { take, calls } = driven({ ...DEFAULT_RULES, models: SHARED_MODELS.map(({ name }) => name) });
    for (const n of inOrder.slice(0, 5_000)) take(clickAt(n, 2_001));
    const before = calls();
    for (let n = 0; n < 100; n++) take(made('order', START + 5_000 * 2_001 + n, { event_id: `order ${n}`, order_id: `o${n}` }));
    expect((calls() - before) / 100).toBeLessThan(1_000);
  });
});

describe('a user with 10 000 open conversions', () => {
  const OPEN = 10_000;
  const orders = Array.from({ length: OPEN }, (_, n) => made('order', START + n, { event_id: `order ${n}`, order_id: `o${n}` }));

  it('costs each further conversion what the first did', () => {
    const { take, calls } = driven();
    take(clickAt(0));
    take(...orders.slice(0, 100));
    const first = calls();
    take(...orders.slice(100));
    expect(calls() - first).toBeLessThanOrEqual((first * OPEN) / 100);
  });

  it('late clicks in ascending order, each winning them all: what one record brings is published once', () => {
    const { take, settle, rows, credits } = driven();
    take(...orders);
    for (let n = 0; n < 50; n++) take(made('click', START - 10_000 + n, { event_id: `click ${n}`, ad_id: `a${n}` }));
    settle();
    expect(credits()).toBe(OPEN);
    expect(rows()).toBe(OPEN + 50 + 2 * OPEN);
  });

  it('are forgotten when the time has come', () => {
    const { actions, take } = driven();
    take(...orders, made('click', START + 40 * DAY, { event_id: 'last', user_id: 'u2' }));
    const { conversions } = actions as unknown as { conversions: { ends: { size: number } } };
    expect(conversions.ends.size).toBe(0);
  });
});
