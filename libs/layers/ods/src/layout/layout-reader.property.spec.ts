import { DEFAULT_RULES, type Rules } from '@millrace/ads';
import fc from 'fast-check';
import type { SourceDeclaration } from '../declaration/declaration';
import { parseSourceDeclaration } from '../declaration/parse';
import { EventList } from '../event-list';
import { compileGeneral, compileSource, eventRulesOf } from '../source';
import { LayoutReader } from './layout-reader';

/** The general path judges: what the layouts read must be what it would have read, and what it would reject is left to it. */

const NOW = Date.UTC(2024, 4, 1, 12);
const RULES: Rules = {
  ...DEFAULT_RULES,
  rates: [{ id: 'usd-1', currency: 'USD', from_ms: 0, base_micro: 7_100_000 }],
};
const { MILLRACE_RUNS, MILLRACE_SEED } = process.env;
const parameters = { numRuns: Math.ceil(60 * Number(MILLRACE_RUNS ?? 1)), seed: Number(MILLRACE_SEED ?? 20250220) };

const declared = (json: unknown): SourceDeclaration => {
  const { declaration, problems } = parseSourceDeclaration(json);
  if (declaration === null) throw new Error(problems.join('\n'));
  return declaration;
};

const json = { type: 'json' };
const ORDER = {
  event_id: 'id',
  order_id: 'order.no',
  source: 'src',
  user_id: 'order.user.id',
  merchant_id: 'm',
  item_id: 'item',
  currency: 'cur',
};
const SOURCES = [
  { name: 'identity', format: json, mappings: [{ identity: true }] },
  {
    name: 'defaults',
    format: json,
    default_source: 'web',
    placeholder_users: ['u0', 'null', '7'],
    user_aliases: { u1: 'u2', '12': 'u3' },
    mappings: [{ identity: true, when: { city: { present: true }, sequence: ['1', 2, 'a', null, ''] } }],
  },
  {
    name: 'override',
    format: json,
    mappings: [
      {
        type: 'click',
        identity: true,
        when: { bid: { present: false } },
        fields: { cost_minor: { from: 'price', decimals: 2 }, slot: 'platform' },
        extra: { nested: 'order.no', flag: 'flag', bidder: 'bid' },
      },
      { type: { from: 'bid', values: { a: 'exposure', '1': 'message' } }, identity: true },
    ],
  },
  {
    name: 'orders',
    format: json,
    mappings: [
      {
        type: 'order',
        when: { type: ['order', 'both', 3] },
        fields: {
          ...ORDER,
          event_time: { from: 'at', time: 'ms' },
          amount_minor: 'price',
          quantity: { from: 'order.n' },
          city: { from: 'city', values: { '1': 'one', a: 2, b: null } },
        },
        extra: { flag: 'flag' },
      },
      {
        type: 'payment',
        when: { type: ['both'] },
        fields: {
          ...ORDER,
          event_id: 'paid_id',
          event_time: { from: 'at', time: 's' },
          amount_minor: { from: 'price', decimals: 2 },
          platform: { constant: 'till' },
        },
      },
    ],
  },
].map(declared);

const IDS = ['"e1"', '"u1"', '12', '"a b"'];
const ODD = [
  ...[
    'null',
    '""',
    'true',
    '-0',
    '-5',
    '1.50',
    '0.5',
    '1e3',
    '01',
    '1.',
    '123456789012345',
    '1234567890123456',
    '9007199254740993',
  ],
  ...[
    '"\\u0041"',
    '"é"',
    '"\\""',
    '"\u007f"',
    '"\t"',
    '"用户"',
    '[1]',
    '{}',
    '{"id":"x"}',
    '"x',
    '"1.25"',
    '"12"',
    '{"a":{"b":1}}',
  ],
  ...[
    `${NOW + 400_000}`,
    '253402300799999',
    '253402300800000',
    '"2024-05-01T10:00:00Z"',
    '1714564800',
    '1000000000001',
    '0',
    '7',
    '"u0"',
  ],
  ...['"invalidate"', '"view"', '"EUR"', '"cny"', '"CNYX"', '"other"', '"z"'],
  `"${'x'.repeat(257)}"`,
  `"${'x'.repeat(256)}"`,
];
const VALUES = new Map<string, readonly string[]>([
  ['event_time', [`${NOW - 1000}`, `${NOW}`, '"2024-05-01T10:00:00Z"']],
  ['at', [`${NOW - 1000}`, '1700000000', '"1700000000"']],
  ['type', ['"click"', '"exposure"', '"order"', '"both"']],
  ['cost_minor', ['5', '0', '1000000000000']],
  ['amount_minor', ['5', '100']],
  ['price', ['5', '12', '"12"']],
  ['currency', ['"CNY"', '"USD"', 'null']],
  ['cur', ['"CNY"', '"USD"']],
  ['channel', ['"public"', '"private"']],
  ['order.n', ['1', '2', 'null']],
  ['sequence', ['1', '2']],
  ['event_version', ['1', '2']],
  ['bid', ['"a"', '1']],
  ['city', ['"1"', '"a"', '1']],
  ['flag', ['true', '1.5', '"x"', 'null', '""']],
]);
const PATHS = [
  ...['event_id', 'source', 'type', 'event_time', 'user_id', 'ad_id', 'campaign_id', 'merchant_id', 'item_id', 'cost_minor'],
  ...['currency', 'event_version', 'city', 'platform', 'sequence', 'amount_minor', 'order_id', 'channel', 'bid', 'price', 'flag'],
  ...['id', 'paid_id', 'src', 'm', 'item', 'cur', 'at', 'order.no', 'order.user.id', 'order.n', 'order', '__proto__', 'a.b', 'é'],
];
const COMMON: Record<string, string[]> = {
  identity: PATHS.slice(0, 17),
  defaults: PATHS.slice(0, 17),
  override: [...PATHS.slice(0, 15), 'bid', 'price', 'flag'],
  orders: [
    'type',
    'id',
    'paid_id',
    'src',
    'm',
    'item',
    'cur',
    'at',
    'price',
    'order.no',
    'order.user.id',
    'order.n',
    'city',
    'flag',
  ],
};

/** A record's text; `order.*` stand in an object of their own, where the first of them is. */
function textOf(members: readonly (readonly [string, string])[], space: string): string {
  const inner = (prefix: string): string => {
    const done = new Set<string>();
    const parts: string[] = [];
    for (const [path, value] of members) {
      if (!path.startsWith(prefix) || path === prefix) continue;
      const [name = '', ...rest] = path.slice(prefix.length).split('.');
      if (rest.length === 0 || path === 'a.b') parts.push(`"${path === 'a.b' ? path : name}":${space}${value}`);
      else if (!done.has(name)) {
        done.add(name);
        parts.push(`"${name}":${inner(`${prefix}${name}.`)}`);
      }
    }
    return `{${parts.join(`,${space}`)}}`;
  };
  return inner('');
}

/** Records that mostly keep the names of one another, now and then with an odd value, name or space. */
const records = ({ name }: SourceDeclaration): fc.Arbitrary<string[]> => {
  const common = COMMON[name] ?? [];
  const names = fc
    .tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(common) },
        { weight: 2, arbitrary: fc.shuffledSubarray(common, { minLength: 8 }) },
      ),
      fc.oneof(
        { weight: 6, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(fc.constantFrom(...PATHS), { maxLength: 3 }) },
      ),
    )
    .map(([some, more]) => [...some, ...more]);
  const template = names.chain((paths) => fc.tuple(...paths.map((path) => fc.tuple(fc.constant(path), valuesOf(path)))));
  return fc.array(template, { minLength: 1, maxLength: 3 }).chain((templates) => {
    const record = fc
      .tuple(fc.constantFrom(...templates), fc.constantFrom('', '', '', '', '', ' '), fc.constantFrom(usual, usual, oddOr))
      .chain(([members, space, valueIn]) =>
        fc.tuple(...members.map(([, values]) => valueIn(values))).map((values) =>
          textOf(
            members.map(([path], i) => [path, values[i] ?? '']),
            space,
          ),
        ),
      );
    return fc.array(record, { minLength: 12, maxLength: 40 });
  });
};

/** A producer writes a field in one way: as text or as a number. */
function valuesOf(path: string): fc.Arbitrary<readonly string[]> {
  const all = VALUES.get(path) ?? IDS;
  const kinds = [true, false].map((isText) => all.filter((value) => value.startsWith('"') === isText));
  return fc.constantFrom(...kinds.filter(({ length }) => length > 0));
}
const usual = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const oddOr = (values: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 6, arbitrary: usual(values) }, { weight: 1, arbitrary: fc.constantFrom(...ODD) });

const encoder = new TextEncoder();
const eventsIn = (list: EventList) => Array.from({ length: list.length }, (_, i) => list.at(i));

describe.each(SOURCES.map((source) => [source.name, source] as const))('%s', (_name, source) => {
  test('layouts and the general path say the same of any records, one after the other', () => {
    fc.assert(
      fc.property(records(source), (texts) => {
        const both = compileSource(source, RULES);
        const general = compileGeneral(source, eventRulesOf(source, RULES));
        for (const text of texts) {
          const bytes = encoder.encode(text);
          const [read, judged] = [new EventList(), new EventList()];
          expect(both(bytes, NOW, read)).toEqual(general(bytes, NOW, judged));
          expect(eventsIn(read)).toStrictEqual(eventsIn(judged));
        }
      }),
      parameters,
    );
  });

  test('layouts alone read a good part of what is accepted', () => {
    const rules = eventRulesOf(source, RULES);
    const general = compileGeneral(source, rules);
    let accepted = 0;
    let quick = 0;
    for (const texts of fc.sample(records(source), { numRuns: 60, seed: 1 })) {
      const reader = new LayoutReader(source, rules);
      for (const bytes of texts.map((text) => encoder.encode(text))) {
        if (general(bytes, NOW, new EventList()) !== null) continue;
        accepted++;
        if (reader.read(bytes, NOW, new EventList())) quick++;
        else reader.learn(bytes);
      }
    }
    expect(quick / accepted).toBeGreaterThan(0.2);
  });
});
