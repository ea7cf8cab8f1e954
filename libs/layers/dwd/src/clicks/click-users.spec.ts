import { GRAINS, zoneOf } from '@millrace/ads';
import fc from 'fast-check';
import { DistinctUsers } from '../distinct/distinct-users';
import { LocalDays } from '../local-days';
import { NO_CLICK, type NewClick } from './click-store';
import { ClickUsers } from './click-users';
import { SegmentedClicks } from './segmented-clicks';

const DAY_MS = 86_400_000;
const zone = zoneOf('America/New_York');
/** Around the end of the day of 25 h. */
const START = zone.dayStart(zone.dayOf(Date.UTC(2025, 10, 2, 12)));

/** Clicks that begin and stop to count in any order, as the flow says, beside counts that are kept per key and day. */
class Both {
  readonly store = new SegmentedClicks(20 * DAY_MS);
  readonly worked = new ClickUsers(this.store, new LocalDays(zone));
  readonly counted = new DistinctUsers();
  ids = 0;

  put(click: NewClick): void {
    const ref = this.store.add(click);
    const user = this.store.userOf(click.user_id);
    const mask = this.worked.put(user, ref, this.store.indexOf(user, ref), click);
    expect(mask).toBe(this.counted.put(zone.dayOf(click.event_time), click));
  }

  /** Takes back, or puts again, the nth click of a user; or takes it out of the store. */
  change(user_id: string, nth: number, remove: boolean): void {
    const { store, worked, counted } = this;
    const user = store.userOf(user_id);
    const count = store.count(user);
    if (count === 0) return;
    const index = nth % count;
    const ref = store.at(user, index);
    const click = store.read(ref);
    const day = zone.dayOf(click.event_time);
    if (store.isCounted(ref)) expect(worked.take(user, ref, index, click)).toBe(counted.take(day, click));
    else if (!remove) expect(worked.put(user, ref, index, click)).toBe(counted.put(day, click));
    if (remove) store.remove(user, ref);
  }
}

const clickOf = (both: Both, said: Partial<NewClick>): NewClick => ({
  user_id: 'u1',
  source: 's',
  event_id: `${both.ids++}`,
  event_time: START,
  event_version: 1,
  merchant_id: 'm1',
  campaign_id: 'c1',
  ad_id: 'a1',
  item_id: 'i1',
  cost_minor: 5,
  currency: 'CNY',
  ...said,
});

const said = fc.record({
  user_id: fc.constantFrom('u1', 'u2'),
  event_time: fc.oneof(fc.integer({ min: START - DAY_MS, max: START + 2 * DAY_MS }), fc.constantFrom(START - 1, START, START + 25 * 3_600_000 - 1, START + 25 * 3_600_000)),
  merchant_id: fc.constantFrom('m1', 'm2'),
  campaign_id: fc.constantFrom('c1', 'c2'),
  ad_id: fc.constantFrom('a1', 'a2', 'a3'),
  item_id: fc.constantFrom('i1', 'i2', null),
});
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: said }) },
  { weight: 3, arbitrary: fc.record({ user: fc.constantFrom('u1', 'u2'), nth: fc.nat(), remove: fc.boolean() }) },
);

test('users are as new as counts per key say, after any history', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
      const both = new Both();
      for (const step of steps) {
        if ('put' in step) both.put(clickOf(both, step.put));
        else both.change(step.user, step.nth, step.remove);
      }
    }),
    { numRuns: 60 },
  );
});

test('so they are of a user with thousands of clicks a day, in order or not, some of them taken back, and after the day is forgotten', () => {
  const both = new Both();
  let seed = 7;
  const below = (limit: number): number => ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8) % limit;
  for (let n = 0; n < 3_000; n++) {
    const late = below(4) === 0 ? below(3_600_000) : 0;
    const names = { merchant_id: `m${below(20)}`, campaign_id: `c${below(3)}`, ad_id: `a${below(5)}`, item_id: below(9) === 0 ? null : `i${below(30)}` };
    both.put(clickOf(both, { event_time: START + n * 50_000 - late, ...names }));
    if (below(5) === 0) both.change('u1', below(4_000), below(3) === 0);
    if (n === 2_000) both.worked.forget(zone.dayOf(START));
  }
});

test('a click counts once, and is taken back once', () => {
  const both = new Both();
  const click = clickOf(both, {});
  const ref = both.store.add(click);
  expect(() => both.worked.take(0, ref, 0, click)).toThrow('does not count');
  both.worked.put(0, ref, 0, click);
  expect(() => both.worked.put(0, ref, 0, click)).toThrow('counts already');
});

test('every grain is known', () => {
  const both = new Both();
  const click = clickOf(both, {});
  const ref = both.store.add(click);
  expect(ref).not.toBe(NO_CLICK);
  expect(both.worked.put(0, ref, 0, click)).toBe(GRAINS.reduce((mask, { uv_bit }) => mask | uv_bit, 0));
});
