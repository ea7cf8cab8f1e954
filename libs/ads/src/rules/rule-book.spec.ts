import fc from 'fast-check';
import { dayName } from '../time/civil';
import { RuleBook } from './rule-book';
import { DEFAULT_RULES, type RuleChange } from './rules';

const DAY = 86_400_000;
/** 2025-03-01 and 2025-04-01. */
const [MARCH, APRIL] = [20_148, 20_179];
const book = (...changes: RuleChange[]): RuleBook => new RuleBook({ ...DEFAULT_RULES, changes });

test('a change holds from the beginning of its day on; what it does not name stays as it was', () => {
  const rules = book({ from_day: '2025-03-01', window_ms: 7 * DAY }, { from_day: '2025-04-01', models: ['linear'] });
  const said = (day: number) => {
    const { window_ms, models } = rules.at(day);
    return [window_ms / DAY, models];
  };
  expect([MARCH - 1, MARCH, APRIL - 1, APRIL, APRIL + 1].map(said)).toEqual([
    [14, []],
    [7, []],
    [7, []],
    [7, ['linear']],
    [7, ['linear']],
  ]);
});

test('any day has the rules of the last change that is not after it', () => {
  const days = fc.uniqueArray(fc.integer({ min: MARCH, max: APRIL }), { maxLength: 6 }).map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(days, fc.integer({ min: MARCH - 2, max: APRIL + 2 }), (from, day) => {
      // Each change says which one it is by its window.
      const changes = from.map((first, i) => ({ from_day: dayName(first), window_ms: i + 1 }));
      const expected = from.findLastIndex((first) => first <= day) + 1;
      expect(book(...changes).at(day).window_ms).toBe(expected === 0 ? DEFAULT_RULES.window_ms : expected);
    }),
  );
});

test('state is kept for the longest rule of all days', () => {
  expect(book().longest).toEqual({ window_ms: 14 * DAY, invalidation_ms: 3 * DAY, repeat_within_ms: 2_000 });
  expect(
    book(
      { from_day: '2025-03-01', window_ms: 30 * DAY, repeat_within_ms: 0 },
      { from_day: '2025-04-01', window_ms: DAY, invalidation_ms: 5 * DAY },
    ).longest,
  ).toEqual({ window_ms: 30 * DAY, invalidation_ms: 5 * DAY, repeat_within_ms: 2_000 });
});

test('knows every model that some day keeps', () => {
  expect(
    book({ from_day: '2025-03-01', models: ['linear', 'first'] }, { from_day: '2025-04-01', models: ['first', 'time_decay'] })
      .models,
  ).toEqual(['linear', 'first', 'time_decay']);
});

test.each([
  ['no day', [{ from_day: 'March' }], 'changes: "March" is no day of the form YYYY-MM-DD'],
  [
    'the same day twice',
    [{ from_day: '2025-03-01' }, { from_day: '2025-03-01' }],
    'changes: 2025-03-01 does not follow the change before it',
  ],
  [
    'an earlier day',
    [{ from_day: '2025-03-01' }, { from_day: '2025-02-28' }],
    'changes: 2025-02-28 does not follow the change before it',
  ],
])('refuses %s', (_, changes, message) => {
  expect(() => book(...changes)).toThrow(new RangeError(message));
});
