import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { schemaProblems } from '../json/schema-problems';
import { zoneOf } from '../time/zone';
import { parseRules } from './parse-rules';
import { RuleBook } from './rule-book';
import { DEFAULT_RULES, type Rules } from './rules';
import { RULES_SCHEMA } from './rules-schema';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const usd = { id: 'usd-1', currency: 'USD', from: '2025-01-01T00:00:00+08:00', base_micro: 7_100_000 };

const WHOLE = {
  zone: 'Europe/Berlin',
  base_currency: 'EUR',
  rates: [usd, { ...usd, id: 'usd-2', from: 1_740_000_000_000 }],
  lateness: '90m',
  window: '7d',
  window_mode: 'calendar',
  invalidation: '2d12h',
  line_life: 2_592_000_000,
  repeat_within: 0,
  models: ['linear', 'first'],
  changes: [
    { from_day: '2025-03-01', window: '30d' },
    { from_day: '2025-04-01', window_mode: 'rolling', invalidation: '1d', repeat_within: '5s', models: [] },
  ],
};

test('a file becomes rules: durations and instants in milliseconds', () => {
  expect(parseRules(WHOLE)).toEqual({
    rules: {
      zone: 'Europe/Berlin',
      base_currency: 'EUR',
      rates: [
        { id: 'usd-1', currency: 'USD', from_ms: Date.UTC(2024, 11, 31, 16), base_micro: 7_100_000 },
        { id: 'usd-2', currency: 'USD', from_ms: 1_740_000_000_000, base_micro: 7_100_000 },
      ],
      lateness_ms: 1.5 * HOUR,
      window_ms: 7 * DAY,
      window_mode: 'calendar',
      invalidation_ms: 2.5 * DAY,
      line_life_ms: 30 * DAY,
      repeat_within_ms: 0,
      models: ['linear', 'first'],
      changes: [
        { from_day: '2025-03-01', window_ms: 30 * DAY },
        { from_day: '2025-04-01', window_mode: 'rolling', invalidation_ms: DAY, repeat_within_ms: 5_000, models: [] },
      ],
    },
    problems: [],
  });
});

test('what is left out is left out, so that it overrides nothing', () => {
  expect(Object.keys(parseRules({ window: '7d' }).rules ?? {})).toEqual(['window_ms']);
  expect(parseRules({})).toEqual({ rules: {}, problems: [] });
});

describe('problems', () => {
  test.each<[string, unknown, string[]]>([
    ['no object', 'rules', ['document: expected object, not "rules"']],
    ['an unknown name', { widow: '7d' }, [expect.stringMatching(/^widow: unknown; expected one of zone, .*window/) as string]],
    ['a null', { zone: null }, ['zone: expected string, not null']],
    [
      'an unknown zone',
      { zone: 'Asia/Nowhere' },
      ['zone: unknown time zone "Asia/Nowhere": expected an IANA name such as "Asia/Shanghai"'],
    ],
    ['no currency', { base_currency: 'yuan' }, ['base_currency: expected text that matches ^[A-Z]{3}$, not "yuan"']],
    [
      'no duration',
      { window: '14 days' },
      ['window: expected a duration longer than nothing, such as 3h or 14d, or whole milliseconds, not "14 days"'],
    ],
    [
      'a negative duration',
      { repeat_within: -1 },
      ['repeat_within: expected a duration such as 2s, 3h or 14d, or whole milliseconds, not -1'],
    ],
    [
      'no time at all',
      { lateness: '0h', window: 0, repeat_within: '0s' },
      ['window: expected a duration longer than nothing, such as 3h or 14d, or whole milliseconds, not 0'],
    ],
    ['no time at all, as text', { lateness: '0h', repeat_within: '0s' }, ['lateness: expected a duration longer than nothing']],
    [
      'centuries',
      { line_life: '40000d', changes: [{ from_day: '2025-01-01', window: '999999999999w999999999999w' }] },
      ['line_life: 40000d is longer than ten years', 'changes[0].window: 999999999999w999999999999w is longer than ten years'],
    ],
    [
      'an unknown model',
      { models: ['linear', 'last'] },
      ['models[1]: expected one of "first", "linear", "time_decay", "position_based", not "last"'],
    ],
    ['a model twice', { models: ['linear', 'linear'] }, ['models: "linear" is given twice']],
    ['half a rate', { rates: [{ id: 'x', currency: 'USD' }] }, ['rates[0].from: missing', 'rates[0].base_micro: missing']],
    [
      'a rate of nothing',
      { rates: [{ ...usd, base_micro: 0 }] },
      [`rates[0].base_micro: expected a number from 1 to ${Number.MAX_SAFE_INTEGER}, not 0`],
    ],
    ['a rate with a fraction', { rates: [{ ...usd, base_micro: 7.1 }] }, ['rates[0].base_micro: expected integer, not 7.1']],
    [
      'a local time',
      { rates: [{ ...usd, from: '2025-01-01' }] },
      ['rates[0].from: "2025-01-01" is no RFC 3339 date-time since 1970'],
    ],
    [
      'a rate for the base currency',
      { rates: [{ ...usd, currency: 'CNY' }] },
      ['rates[0].currency: CNY is the base currency, which needs no rate'],
    ],
    [
      'the same rate twice',
      { rates: [usd, usd] },
      ['rates[1].id: "usd-1" is given twice', 'rates[1].from: another rate of USD begins then'],
    ],
    ['no day', { changes: [{ from_day: '2025-02-29' }] }, ['changes[0].from_day: "2025-02-29" is no day of the form YYYY-MM-DD']],
    [
      'days out of order',
      { changes: [{ from_day: '2025-02-01' }, { from_day: '2025-02-01' }] },
      ['changes[1].from_day: 2025-02-01 does not follow the change before it'],
    ],
    [
      'what cannot change with a day',
      { changes: [{ from_day: '2025-02-01', zone: 'UTC' }] },
      [expect.stringMatching(/^changes\[0\]\.zone: unknown/) as string],
    ],
    ['half a calendar day', { window: '36h', window_mode: 'calendar' }, ['window: a calendar window is counted in whole days']],
    [
      'half a calendar day by two changes together',
      {
        changes: [
          { from_day: '2025-02-01', window: '36h' },
          { from_day: '2025-02-02', window_mode: 'calendar' },
          { from_day: '2025-02-03', models: [] },
        ],
      },
      ['changes[1].window: a calendar window is counted in whole days'],
    ],
    [
      'several at once',
      {
        zone: 'Nowhere',
        rates: [{ ...usd, from: 'today' }],
        window: '36h',
        window_mode: 'calendar',
        changes: [{ from_day: 'soon' }],
      },
      [
        expect.stringMatching(/^zone: /) as string,
        expect.stringMatching(/^rates\[0\]\.from: /) as string,
        expect.stringMatching(/^changes\[0\]\.from_day: /) as string,
        expect.stringMatching(/^window: /) as string,
      ],
    ],
  ])('%s', (_, json, problems) => {
    expect(parseRules(json)).toEqual({ rules: null, problems });
  });
});

describe('whatever the JSON', () => {
  const anyJson = fc.oneof(
    fc.jsonValue(),
    fc.tuple(fc.constantFrom(...Object.keys(WHOLE)), fc.jsonValue()).map(([name, value]) => ({ ...WHOLE, [name]: value })),
    fc
      .tuple(fc.constantFrom(...Object.keys(usd)), fc.jsonValue())
      .map(([name, value]) => ({ rates: [{ ...usd, [name]: value }] })),
    fc
      .array(fc.tuple(fc.constantFrom('2025-03-01', '2025-03-02'), fc.constantFrom('1d', '36h', 'x')))
      .map((changes) => ({ window_mode: 'calendar', changes: changes.map(([from_day, window]) => ({ from_day, window })) })),
  );

  test('it is refused with paths, or makes rules that every layer can be built of', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyJson, (json) => {
        const { rules, problems } = parseRules(json);
        expect(rules === null).toBe(problems.length > 0);
        for (const problem of problems) expect(problem).toMatch(/^\S.*: ./s);
        if (rules === null) return;
        const whole: Rules = { ...DEFAULT_RULES, ...rules };
        accepted++;
        expect(() => [new RuleBook(whole), zoneOf(whole.zone)]).not.toThrow();
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test('the published schema says the same as the messages: Ajv agrees', () => {
    const judge = new Ajv2020({ strict: false }).compile(RULES_SCHEMA);
    fc.assert(
      fc.property(anyJson, (json) => {
        expect([json, schemaProblems(json, RULES_SCHEMA, '').length === 0]).toEqual([json, judge(json)]);
      }),
      { numRuns: 1000 },
    );
  });
});
