import { DAY_MS, parseDay, zoneOf } from '..';
import { DEFAULT_RULES, type RuleChange, type Rules } from './rules';
import { refusalOfRules } from './succession';

const ZONE = zoneOf(DEFAULT_RULES.zone);
const noonOf = (day: string): number => ZONE.dayStart(parseDay(day) ?? NaN) + DAY_MS / 2;
const rules = (changes: readonly RuleChange[], rest: Partial<Rules> = {}): Rules => ({ ...DEFAULT_RULES, ...rest, changes });
const NOW = noonOf('2014-11-11');

test.each([
  ['the same', rules([]), rules([])],
  [
    'a change tomorrow',
    rules([]),
    rules([{ from_day: '2014-11-12', window_mode: 'calendar' }], { window_ms: DEFAULT_RULES.window_ms }),
    2,
  ],
  ['a shorter window tomorrow', rules([]), rules([{ from_day: '2014-11-12', window_ms: DAY_MS }])],
  [
    'the same change said as another',
    rules([], { window_ms: 1 }),
    rules([{ from_day: '2000-01-01', window_ms: 1 }], { window_ms: 1 }),
  ],
  ['models in another order', rules([], { models: ['first', 'linear'] }), rules([], { models: ['linear', 'first'] })],
  ['a planned change that was given up', rules([{ from_day: '2014-11-12', window_ms: DAY_MS }]), rules([])],
  [
    'a rate from tomorrow on',
    rules([]),
    rules([], { rates: [{ id: 'r', currency: 'USD', from_ms: NOW + DAY_MS, base_micro: 7_000_000 }] }),
  ],
])('%s is accepted', (_, before, after, days = 0) => {
  expect(refusalOfRules(before, after, NOW - days * DAY_MS)).toBeNull();
});

test('a change of today or earlier is refused, with the earliest possible day', () => {
  for (const from_day of ['2014-11-11', '2014-10-01'])
    expect(refusalOfRules(rules([]), rules([{ from_day, window_ms: DAY_MS }]), NOW)).toMatch(
      new RegExp(`^they differ from ${from_day} on, .* The earliest day from which they may differ is 2014-11-12$`),
    );
  expect(refusalOfRules(rules([]), rules([], { repeat_within_ms: 0 }), NOW)).toMatch(/differ for all days, .* 2014-11-12$/);
  expect(
    refusalOfRules(rules([]), rules([], { rates: [{ id: 'r', currency: 'USD', from_ms: NOW, base_micro: 1 }] }), NOW),
  ).toMatch(/2014-11-12$/);
});

test('a longer period must lie ahead by its growth: what it needs was forgotten', () => {
  const longer = (from_day: string): Rules => rules([{ from_day, window_ms: DEFAULT_RULES.window_ms + 7 * DAY_MS }]);
  expect(refusalOfRules(rules([]), longer('2014-11-18'), NOW)).toMatch(/1w by which periods grow .* 2014-11-19$/);
  expect(refusalOfRules(rules([]), longer('2014-11-19'), NOW)).toBeNull();
  // That another day was to have it says nothing of how long clicks were kept until now.
  expect(refusalOfRules(longer('2014-11-19'), longer('2014-11-18'), NOW)).toMatch(/2014-11-19$/);
  // What is planned already, and stays as it is, hinders no other change.
  const planned = longer('2014-11-19').changes;
  expect(refusalOfRules(rules(planned), rules([{ from_day: '2014-11-12', models: ['linear'] }, ...planned]), NOW)).toBeNull();
});

test('the earliest day that a refusal names is accepted, and the day before it is not', () => {
  for (const watermark_ms of [
    NOW,
    ZONE.dayStart(parseDay('2014-11-11') ?? NaN),
    ZONE.dayStart(parseDay('2014-11-12') ?? NaN) - 1,
  ]) {
    const change = (from_day: string): string | null =>
      refusalOfRules(rules([]), rules([{ from_day, invalidation_ms: DEFAULT_RULES.invalidation_ms + DAY_MS }]), watermark_ms);
    const earliest = /\d{4}-\d\d-\d\d$/.exec(change('2014-01-01') ?? '')?.[0] ?? '';
    expect(change(earliest)).toBeNull();
    expect(change(ZONE.dayName((parseDay(earliest) ?? NaN) - 1))).not.toBeNull();
  }
});

test('what holds for all days cannot change under state, whatever the time', () => {
  expect(refusalOfRules(rules([]), rules([], { line_life_ms: 16 * DAY_MS, zone: 'Europe/Berlin' }), -Infinity)).toMatch(
    /^zone was Asia\/Shanghai and is Europe\/Berlin, line_life was 15d and is 16d: that holds for all days/,
  );
});

test('nothing was decided yet: anything dated may change', () => {
  expect(refusalOfRules(rules([]), rules([], { repeat_within_ms: 0 }), -Infinity)).toBeNull();
});
