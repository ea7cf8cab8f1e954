import { schemaProblems } from '@millrace/ads';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSourceDeclaration } from './parse';
import { SOURCE_SCHEMA } from './schema';

const folder = join(__dirname, '../../../../../deploy/sources');
const files = readdirSync(folder);
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

describe('the declarations that come with Millrace', () => {
  test.each(files)('%s is valid and named like its file', (file) => {
    expect(parseSourceDeclaration(read(file))).toEqual({ declaration: read(file), problems: [] });
    expect(read(file)).toHaveProperty('name', file.replace('.json', ''));
  });
});

describe('a faulty declaration', () => {
  const click = {
    event_id: 'id',
    source: { constant: 'x' },
    event_time: 'at',
    user_id: 'u',
    ad_id: 'a',
    campaign_id: 'c',
    merchant_id: 'm',
    cost_minor: 'p',
  };
  const json = (mapping: object, more: object = {}): unknown => ({
    name: 'shop',
    format: { type: 'json' },
    mappings: [{ type: 'click', fields: click, ...mapping }],
    ...more,
  });
  const withField = (name: string, field: unknown): unknown => json({ fields: { ...click, [name]: field } });

  test('the template is valid', () => {
    expect(parseSourceDeclaration(json({})).problems).toEqual([]);
  });

  test.each<[string, unknown, string[]]>([
    ['no object', [], ['document: expected object, not a list']],
    ['empty', {}, ['name: missing', 'format: missing', 'mappings: missing']],
    ['a bad name', json({}, { name: 'My Shop' }), ['name: expected text that matches ^[a-z0-9][a-z0-9._-]*$, not "My Shop"']],
    [
      'a misspelt key',
      json({}, { mapings: [] }),
      ['mapings: unknown; expected one of name, description, topics, format, default_source, placeholder_users, user_aliases, mappings'],
    ],
    [
      'an unknown format',
      json({}, { format: { type: 'xml' } }),
      ['format.type: expected one of "json", "csv", "tsv", not "xml"'],
    ],
    [
      'csv without columns',
      json({}, { format: { type: 'csv' } }),
      ['format.columns: missing; csv needs the names of its columns'],
    ],
    [
      'json with columns',
      json({}, { format: { type: 'json', columns: ['a'] } }),
      expect.arrayContaining(['format.columns: means nothing for json']) as string[],
    ],
    ['a column twice', json({}, { format: { type: 'csv', columns: ['a', 'a'] } }), ['format.columns: "a" is given twice']],
    [
      'an unknown type',
      json({ type: 'view' }),
      [
        'mappings[0].type: "view" is no event type; expected one of exposure, click, message, order, payment, refund, cancel, invalidate',
      ],
    ],
    [
      'no type',
      { name: 'shop', format: { type: 'json' }, default_source: 'x', mappings: [{ fields: {} }] },
      expect.arrayContaining(['mappings[0].type: missing']) as string[],
    ],
    [
      'a field that the event lacks',
      withField('quantity', 'q'),
      ['mappings[0].fields.quantity: no field of click; further things to keep belong in mappings[0].extra'],
    ],
    [
      'a field that the event lacks, whatever many values are of its type',
      json({ type: { from: 'kind', values: { a: 'click', b: 'click' } }, fields: { ...click, quantity: 'q' } }),
      ['mappings[0].fields.quantity: no field of click; further things to keep belong in mappings[0].extra'],
    ],
    [
      'a required field that is not mapped',
      json({ fields: { ...click, cost_minor: undefined } }),
      [
        'mappings[0].fields.cost_minor: expected a column or path, an object with `from`, or an object with `constant`, not undefined',
      ],
    ],
    [
      'no source',
      json({ fields: Object.fromEntries(Object.entries(click).filter(([name]) => name !== 'source')) }),
      ['mappings[0].fields.source: missing; click requires it (or a default_source)'],
    ],
    [
      'a field object that is none',
      withField('ad_id', { path: 'x' }),
      ['mappings[0].fields.ad_id: expected a column or path, an object with `from`, or an object with `constant`, not an object'],
    ],
    [
      'from and constant',
      withField('ad_id', { from: 'x', constant: 1 }),
      ['mappings[0].fields.ad_id.from: unknown; expected one of constant'],
    ],
    [
      'a local time without zone',
      withField('event_time', { from: 'at', time: 'yyyyMMdd' }),
      ['mappings[0].fields.event_time.zone: missing; yyyyMMdd is a local time'],
    ],
    [
      'an unknown zone',
      withField('event_time', { from: 'at', time: 'yyyyMMdd', zone: 'Asia/Nowhere' }),
      ['mappings[0].fields.event_time.zone: unknown time zone "Asia/Nowhere": expected an IANA name such as "Asia/Shanghai"'],
    ],
    [
      'a bad pattern',
      withField('event_time', { from: 'at', time: 'YYYY', zone: 'UTC' }),
      [
        'mappings[0].fields.event_time.time: expected ms, s, rfc3339 or a pattern of yyyy, MM, dd, HH, mm, ss, SSS with at least yyyy, MM and dd',
      ],
    ],
    [
      'a zone for milliseconds',
      withField('event_time', { from: 'at', time: 'ms', zone: 'UTC' }),
      ['mappings[0].fields.event_time.zone: ms has its zone in itself'],
    ],
    [
      'a time format for an id',
      withField('ad_id', { from: 'a', time: 'ms' }),
      ['mappings[0].fields.ad_id.time: only times have a time format'],
    ],
    [
      'decimals of an id',
      withField('ad_id', { from: 'a', decimals: 2 }),
      ['mappings[0].fields.ad_id.decimals: only amounts have decimals'],
    ],
    [
      'a constant of the wrong kind',
      withField('cost_minor', { constant: -1 }),
      ['mappings[0].fields.cost_minor.constant: expected a number from 0 to 1000000000000, not -1'],
    ],
    [
      'a value map to a wrong kind',
      withField('cost_minor', { from: 'p', values: { free: 'nothing' } }),
      ['mappings[0].fields.cost_minor.values.free: expected an integer number of minor units from 0 to 1000000000000, not "nothing"'],
    ],
    [
      'a bad condition',
      json({ when: { kind: 'click' } }),
      ['mappings[0].when.kind: expected a list of values, or {"present": true or false}, not "click"'],
    ],
    [
      'an extra that is a field',
      json({ extra: { city: 'c' } }),
      ['mappings[0].extra.city: is a field of the event, map it in fields'],
    ],
    [
      'several faults in several places',
      {
        name: 'x',
        format: { type: 'tsv', columns: ['a'] },
        mappings: [
          { identity: true, when: { b: ['1'] } },
          { type: 'cancel', fields: { event_id: 'c' }, extra: { d: 'd' } },
        ],
        default_source: 'x',
      },
      [
        'mappings[0].when: "b" is no column',
        'mappings[1].extra.d: "d" is no column',
        'mappings[1].fields.event_id: "c" is no column',
        ...['event_time', 'user_id', 'order_id', 'item_id', 'merchant_id'].map(
          (name) => `mappings[1].fields.${name}: missing; cancel requires it`,
        ),
      ],
    ],
  ])('%s', (_, declaration, problems) => {
    expect(parseSourceDeclaration(declaration)).toEqual({ declaration: null, problems });
  });
});

describe('whatever the JSON', () => {
  const pieces = files.map(read);
  const mutated = fc
    .tuple(fc.constantFrom(...pieces), fc.nat({ max: 400 }), fc.jsonValue())
    .map(([piece, nth, value]) => replaceNth(piece, nth, value));
  const anyJson = fc.oneof(fc.jsonValue(), mutated);

  test('parsing answers', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const { declaration, problems } = parseSourceDeclaration(value);
        expect((declaration === null) === problems.length > 0).toBe(true);
        for (const problem of problems) expect(problem).toMatch(/^.+: ./s);
      }),
      { numRuns: 2000 },
    );
  });

  test('the published schema says the same as the messages: Ajv agrees', () => {
    const judge = new Ajv2020({ strict: false }).compile(SOURCE_SCHEMA);
    let [yes, no] = [0, 0];
    fc.assert(
      fc.property(anyJson, (value) => {
        const fits = schemaProblems(value, SOURCE_SCHEMA, '').length === 0;
        expect([value, fits]).toEqual([value, judge(value)]);
        if (fits) yes++;
        else no++;
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(yes, no)).toBeGreaterThan(20);
  });
});

/** A copy in which the nth value met on the way down is another. */
function replaceNth(root: unknown, nth: number, by: unknown): unknown {
  let left = nth;
  const copy = (value: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner)]));
  };
  return copy(root);
}
