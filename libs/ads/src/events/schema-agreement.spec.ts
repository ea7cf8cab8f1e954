import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { isRejection } from './rejection';
import { EVENT_SCHEMAS, EVENT_TYPES, type EventSchema } from './schemas';
import { compileValidator } from './validator';

/** Ajv, over the exported schemas, judges the compiled validator: both accept, or both reject. */
const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
const NOW = Date.UTC(2024, 4, 1, 12);

describe.each(EVENT_TYPES)('%s', (type) => {
  const schema = EVENT_SCHEMAS[type];
  const judge = ajv.compile(schema);
  // Rules that a JSON Schema cannot express are switched off or, in `beyondSchema`, spelt out.
  const validate = compileValidator({ base_currency: 'CNY', covers: () => true, placeholder_users: [] });

  test('near-valid events: the validator and Ajv agree', () => {
    let [yes, no] = [0, 0];
    fc.assert(
      fc.property(nearlyValid(schema), (input) => {
        const accepted = !isRejection(validate(input, Infinity));
        expect([input, accepted]).toEqual([input, judge(input) && !beyondSchema(input)]);
        if (accepted) yes++;
        else no++;
      }),
      { numRuns: 2000 },
    );
    // The judge is of no use if the events are all bad or all good.
    expect(yes).toBeGreaterThan(200);
    expect(no).toBeGreaterThan(200);
  });

  test('a normalised event is a valid event, with the same meaning', () => {
    fc.assert(
      fc.property(nearlyValid(schema), (input) => {
        const event = validate(input, NOW);
        if (isRejection(event)) return;
        const { ingest_time: _, extra, ...fields } = event;
        expect([judge(fields), judge.errors]).toEqual([true, null]);
        expect(validate({ ...fields, ...extra }, NOW)).toEqual(event);
      }),
    );
  });
});

/** What holds beyond the schema: bytes of an id, instants before 1970 (1970-01-01 east of Greenwich), leap seconds' place. */
function beyondSchema(input: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(input).some(([name, value]) => {
    if (typeof value !== 'string') return false;
    return isTimeField(name)
      ? value !== '' && !(Date.parse(value) >= 0)
      : isIdField(name) && new TextEncoder().encode(value).length > 256;
  });
}
const isTimeField = (name: string): boolean => name.endsWith('_time');
const isIdField = (name: string): boolean =>
  Object.values(EVENT_SCHEMAS).some((schema) => schema.properties[name]?.['x-value'] === 'id');

/** Events whose fields are mostly right, each sometimes absent or replaced by something close to right. */
function nearlyValid(schema: EventSchema): fc.Arbitrary<Record<string, unknown>> {
  const model = Object.entries(schema.properties).map(([name, field]): [string, fc.Arbitrary<unknown>] => {
    const good = goodValue(field);
    const wrong = name === 'type' ? good : odd;
    return [name, fc.oneof({ weight: 60, arbitrary: good }, { weight: 1, arbitrary: wrong })];
  });
  const optional = Object.fromEntries(model);
  const requiredKeys = schema.required.filter((name) => name !== 'reason');
  return fc.oneof(
    { weight: 5, arbitrary: fc.record(optional, { requiredKeys: [...schema.required] }) },
    { weight: 1, arbitrary: fc.record(optional, { requiredKeys: requiredKeys.slice(0, -1) }) },
  );
}

function goodValue(field: EventSchema['properties'][string]): fc.Arbitrary<unknown> {
  if (field.const !== undefined) return fc.constant(field.const);
  if (field.enum !== undefined) return fc.constantFrom(...field.enum);
  switch (field['x-value']) {
    case 'time':
      return fc.oneof(fc.integer({ min: 0, max: NOW }), dateTime);
    case 'money':
    case 'integer':
      return fc.oneof(
        fc.integer({ min: field.minimum ?? 0 }),
        fc.maxSafeNat().map((n) => Math.max(n, 1)),
      );
    case 'currency':
      return fc.constantFrom('CNY', 'USD');
    default:
      return fc.oneof(
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
        fc.integer(),
        fc.double({ min: -(2 ** 53), max: 2 ** 53, noNaN: true }),
      );
  }
}

const dateTime = fc
  .tuple(
    fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true }),
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom('Z', 'z', '+08:00', '-11:30') }, fc.constantFrom('+24:00', '+0800', '')),
    fc.constantFrom('T', 't', ' '),
  )
  .map(([date, offset, separator]) => date.toISOString().replace('Z', offset).replace('T', separator));

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    null,
    0,
    -1,
    1.5,
    2 ** 53,
    -(2 ** 53),
    1e300,
    'x'.repeat(257),
    '订'.repeat(100),
    'a\u0000',
    'a\u007f',
    '\ud800',
  ),
  fc.constantFrom(
    '2023-02-29T00:00:00Z',
    '1970-01-01T00:00:00+08:00',
    '1969-12-31T23:59:59Z',
    '2024-01-01',
    'cny',
    'CNYY',
    'click',
    'public',
  ),
  fc.string({ unit: 'binary', maxLength: 300 }),
);
