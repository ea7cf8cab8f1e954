import type { StatePart } from '@millrace/stream';
import fc from 'fast-check';
import type { ClickStore, NewClick } from './click-store';
import { NO_CLICK } from './click-store';
import { SegmentedClicks } from './segmented-clicks';
import { NaiveClicks } from './testing/naive-clicks';

const DAY_MS = 86_400_000;
const START = 20_000 * DAY_MS;
const clickOf = (said: Partial<NewClick> = {}): NewClick => ({
  user_id: 'u1',
  source: 's1',
  event_id: 'e1',
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

const stores: [string, () => ClickStore][] = [
  ['SegmentedClicks', () => new SegmentedClicks(20 * DAY_MS)],
  ['NaiveClicks', () => new NaiveClicks()],
];

/** The contract of the port, over every implementation. */
describe.each(stores)('%s', (_name, create) => {
  const idsOf = (store: ClickStore, user_id = 'u1') => {
    const user = store.userOf(user_id);
    return Array.from({ length: store.count(user) }, (_, index) => store.read(store.at(user, index)).event_id);
  };

  it('holds nothing of whom it does not know', () => {
    const store = create();
    expect([store.userOf('u1'), store.merchantOf('m1'), store.itemOf('i1')]).toEqual([-1, -1, -1]);
    expect(store.count(-1)).toBe(0);
    expect(store.countUpTo(-1, START)).toBe(0);
    expect(store.find('u1', 's1', 'e1')).toBe(NO_CLICK);
  });

  it('gives back what was put, also what is long, large or absent', () => {
    const store = create();
    const clicks = [
      clickOf({ event_id: 'é'.repeat(512), user_id: '用'.repeat(300) }),
      clickOf({ event_id: '', cost_minor: Number.MAX_SAFE_INTEGER, event_version: 70_000, item_id: null, currency: 'USD' }),
      clickOf({ event_id: 'before 1970', event_time: -1, cost_minor: 0xffffffff, event_version: 0xffff }),
    ];
    for (const click of clicks) expect(store.read(store.add(click))).toEqual(click);
  });

  it('orders ties by the UTF-8 bytes of source and id, whatever came first', () => {
    const store = create();
    for (const event_id of ['\u{1f600}', 'b', '\uff5e', 'a', 'ab']) store.add(clickOf({ event_id }));
    store.add(clickOf({ event_id: 'z', source: 's0' }));
    store.add(clickOf({ event_id: 'later', event_time: START + 1 }));
    store.add(clickOf({ event_id: 'earlier', event_time: START - 1 }));
    expect(idsOf(store)).toEqual(['earlier', 'z', 'a', 'ab', 'b', '\uff5e', '\u{1f600}', 'later']);
  });

  it('finds an identity again after it was replaced, and not after it was removed', () => {
    const store = create();
    const first = store.add(clickOf());
    store.remove(store.userOf('u1'), first);
    expect(store.find('u1', 's1', 'e1')).toBe(NO_CLICK);
    const second = store.add(clickOf({ event_version: 2, event_time: START + 5 }));
    expect(store.find('u1', 's1', 'e1')).toBe(second);
    expect(store.entries).toBe(1);
  });

  it('counts a run of many clicks up to any time, in any order of arrival', () => {
    const store = create();
    const count = 3_000;
    for (let n = 0; n < count; n++) store.add(clickOf({ event_id: `e${n}`, event_time: START + ((n * 1_009) % count) }));
    const user = store.userOf('u1');
    expect(store.count(user)).toBe(count);
    for (const time of [-1, 0, 1, 1_499, count - 1, count])
      expect(store.countUpTo(user, START + time)).toBe(Math.min(count, time + 1));
  });

  it('forgets whole days, and gives the names and numbers that fell free to others', () => {
    const store = create();
    store.add(clickOf({ user_id: 'gone' }));
    store.add(clickOf({ user_id: 'stays', event_id: 'old' }));
    store.add(clickOf({ user_id: 'stays', event_time: START + 2 * DAY_MS }));
    store.forget(START + DAY_MS);
    expect(store.entries).toBe(1);
    expect(store.userOf('gone')).toBe(-1);
    expect(store.find('stays', 's1', 'old')).toBe(NO_CLICK);
    const ref = store.add(clickOf({ user_id: 'new', event_time: START + 2 * DAY_MS }));
    expect(store.find('new', 's1', 'e1')).toBe(ref);
    expect(idsOf(store, 'new')).toEqual(['e1']);
    expect(idsOf(store, 'stays')).toEqual(['e1']);
  });
});

/** Everything that can be asked of a store about a small world. */
const viewOf = (store: ClickStore) =>
  USERS.map((user_id) => {
    const user = store.userOf(user_id);
    const refs = Array.from({ length: store.count(user) }, (_, index) => store.at(user, index));
    return {
      clicks: refs.map((ref, index) => ({
        ...store.read(ref),
        time_again: store.timeOf(ref),
        version_again: store.versionOf(ref),
        index: store.indexOf(user, ref),
        invalid: store.isInvalid(ref),
        repeated: store.isRepeated(ref),
        merchant: store.merchantAt(user, index) === store.merchantOf(store.read(ref).merchant_id),
        item: store.itemNumberOf(ref) === store.itemOf(store.read(ref).item_id ?? 'none'),
        sameAds: refs.map((_, other) => store.adAt(user, index) === store.adAt(user, other)),
        counted: store.isCounted(ref),
        placement: store.placementOf(ref),
        item_text: store.itemTextOf(ref),
        before: TIMES.map((time) => store.isBefore(user, index, time)),
      })),
      lastOf: refs.flatMap((_, from) => ['m1', 'm2'].map((merchant) => store.lastOfMerchant(user, from, store.merchantOf(merchant)))),
      upTo: TIMES.map((time) => store.countUpTo(user, time)),
      found: IDS.map((id) => refs.indexOf(store.find(user_id, 's1', id))),
    };
  });

const USERS = ['u1', 'u2', 'u3'];
const IDS = ['a', 'b', '\uff5e', '\u{1f600}', 'x'.repeat(1_024)];
const TIMES = [0, 1, DAY_MS - 1, DAY_MS, 3 * DAY_MS, 5 * DAY_MS + 1].map((time) => START + time);

test('SegmentedClicks answers as NaiveClicks does, after any history', () => {
  const click = fc.record({
    user_id: fc.constantFrom(...USERS),
    source: fc.constantFrom('s0', 's1'),
    event_id: fc.constantFrom(...IDS),
    event_time: fc.constantFrom(...TIMES),
    ad_id: fc.constantFrom('a1', 'a2'),
    merchant_id: fc.constantFrom('m1', 'm2'),
    item_id: fc.constantFrom('i1', null),
    event_version: fc.nat({ max: 3 }),
  });
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ put: click }) },
    { weight: 2, arbitrary: fc.record({ nth: fc.nat(), flag: fc.constantFrom('invalid', 'repeated', 'counted', 'removed') }) },
    { weight: 1, arbitrary: fc.record({ forget: fc.constantFrom(...TIMES) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [segmented, naive] = [new SegmentedClicks(20 * DAY_MS), new NaiveClicks()];
      for (const step of steps) {
        for (const store of [segmented, naive]) take(store, step);
        expect(viewOf(segmented)).toEqual(viewOf(naive));
        expect(segmented.entries).toBe(naive.entries);
      }
    }),
  );
});

type Step = { readonly put: Partial<NewClick> } | { readonly nth: number; readonly flag: string } | { readonly forget: number };

function take(store: ClickStore, step: Step): void {
  if ('put' in step) {
    const click = clickOf(step.put);
    const held = store.find(click.user_id, click.source, click.event_id);
    if (held !== NO_CLICK) store.remove(store.userOf(click.user_id), held);
    store.add(click);
  } else if ('forget' in step) {
    store.forget(step.forget);
  } else {
    const all = USERS.flatMap((user_id) => {
      const user = store.userOf(user_id);
      return Array.from({ length: store.count(user) }, (_, index) => ({ user, ref: store.at(user, index) }));
    });
    const chosen = all[step.nth % Math.max(1, all.length)];
    if (chosen === undefined) return;
    if (step.flag === 'removed') store.remove(chosen.user, chosen.ref);
    else if (step.flag === 'invalid') store.setInvalid(chosen.ref, !store.isInvalid(chosen.ref));
    else if (step.flag === 'counted') store.setCounted(chosen.ref, !store.isCounted(chosen.ref));
    else store.setRepeated(chosen.ref, !store.isRepeated(chosen.ref));
  }
}

test('what a snapshot may write later says then what it said at once', () => {
  const id = fc.oneof(fc.constantFrom(...IDS), fc.string({ unit: fc.constantFrom('a', '0', '7'), minLength: 1, maxLength: 6 }));
  const clicks = fc.array(fc.record({ event_id: id, cost_minor: fc.constantFrom(1, 300, 70_000, 2 ** 40), user_id: fc.constantFrom(...USERS) }), { maxLength: 90 });
  const add = (store: SegmentedClicks, all: readonly Partial<NewClick>[], first: number): void =>
    all.forEach((click, n) => store.add(clickOf({ ...click, source: `s${(first + n) % 80}`, event_time: START + first + n })));
  const heldOf = (store: SegmentedClicks) => store.parts('clicks').flatMap(({ hold }) => hold?.() ?? []);
  const bytesOf = (content: ReturnType<NonNullable<StatePart['hold']>>): string => Buffer.concat(content()).toString('hex');
  fc.assert(
    fc.property(clicks, clicks, fc.boolean(), (before, after, forgets) => {
      const store = new SegmentedClicks(20 * DAY_MS);
      add(store, before, 0);
      const parts = heldOf(store);
      expect(parts.length > 0).toBe(before.length > 0);
      const atOnce = parts.map(bytesOf);
      add(store, after, before.length);
      if (before.length > 0) store.setInvalid(store.at(store.userOf(before[0]?.user_id ?? ''), 0), true);
      store.add(clickOf({ event_time: START + 5 * DAY_MS }));
      if (forgets) store.forget(START + 3 * DAY_MS);
      expect(parts.map(bytesOf)).toEqual(atOnce);
    }),
  );
});

describe('SegmentedClicks over time', () => {
  it('holds a run longer than a page', () => {
    const store = new SegmentedClicks(20 * DAY_MS);
    const count = 140_000;
    for (let n = 0; n < count; n++) store.add(clickOf({ event_id: `e${n}`, event_time: START + n }));
    const user = store.userOf('u1');
    expect(store.count(user)).toBe(count);
    expect(store.countUpTo(user, START + 70_000)).toBe(70_001);
    expect(store.read(store.at(user, 139_999)).event_id).toBe('e139999');
    expect(store.indexOf(user, store.at(user, 123_456))).toBe(123_456);
  });

  it('does not grow when time moves on: a hundred lives of 20 days, always other users, ads and items', () => {
    const store = new SegmentedClicks(20 * DAY_MS);
    const sizes: { entries: number; bytes: number }[] = [];
    for (let day = 0; day < 100 * 20; day++) {
      for (let n = 0; n < 20; n++) {
        const id = `${day} ${n}`;
        store.add(
          clickOf({
            event_time: START + day * DAY_MS + n,
            user_id: `u${id}`,
            event_id: id,
            ad_id: `a${id}`,
            item_id: `i${id}`,
            merchant_id: `m${id}`,
          }),
        );
      }
      store.forget(START + (day - 20) * DAY_MS);
      if (day % 200 === 199) sizes.push({ entries: store.entries, bytes: store.bytes });
    }
    expect(sizes.map(({ entries }) => entries)).toEqual(sizes.map(() => 21 * 20));
    expect(Math.max(...sizes.map(({ bytes }) => bytes))).toBeLessThanOrEqual(sizes[0]!.bytes * 1.1);
  });
});
