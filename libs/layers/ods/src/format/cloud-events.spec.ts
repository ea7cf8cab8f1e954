import { DEFAULT_RULES } from '@millrace/ads';
import type { RawRecord } from '@millrace/stream';
import { createOds, parseSourceDeclaration, type SourceDeclaration } from '..';

const TIME = '2026-03-02T10:00:00+08:00';
const DATA = { user_id: 'u1', ad_id: 'a1', campaign_id: 'p1', merchant_id: 'm1', item_id: 'kettle', cost_minor: 120 };
const ENVELOPE = { specversion: '1.0', id: 'c1', source: '/shop/web', type: 'click', time: TIME };
const SOURCE: SourceDeclaration = { name: 'ce', format: { type: 'json' }, mappings: [{ identity: true }] };
const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** What ODS makes of one record: output name → row. */
const read = (
  body: unknown,
  headers?: Record<string, string>,
  source: SourceDeclaration = SOURCE,
): [string, Record<string, unknown>][] => {
  const value = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const record: RawRecord = { offset: 7, timestamp_ms: Date.parse(TIME), key: null, value, ...(headers && { headers }) };
  const rows: [string, Record<string, unknown>][] = [];
  const from = { topic: 'raw.ce', partition: 0 };
  createOds({ sources: [source], rules: DEFAULT_RULES })
    .create(from)
    .process(record, from, { emit: (output, _key, row) => void rows.push([output, row as Record<string, unknown>]) });
  return rows;
};
const CLICK = [
  [
    'action',
    expect.objectContaining({ ...DATA, type: 'click', event_id: 'c1', source: '/shop/web', event_time: Date.parse(TIME) }),
  ],
];
const binary = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, text]) => [`ce_${name}`, text]));

test('structured: the data with what the envelope says, and the envelope beside them', () => {
  const rows = read({ ...ENVELOPE, subject: 's-1', data: DATA }, STRUCTURED);
  expect(rows).toEqual(CLICK);
  expect(JSON.stringify(rows)).toContain('"subject":"s-1"');
});

test('structured, with data in base64', () => {
  expect(read({ ...ENVELOPE, data_base64: Buffer.from(JSON.stringify(DATA)).toString('base64') }, STRUCTURED)).toEqual(CLICK);
});

test('binary: attributes in headers, whatever their letters’ case', () => {
  expect(read(DATA, { ...binary(ENVELOPE), 'content-type': 'application/json' })).toEqual(CLICK);
  expect(read(DATA, { ...binary(ENVELOPE), CE_ID: 'c1' })).toEqual(CLICK);
});

test('what the data say themselves wins', () => {
  expect(read({ ...ENVELOPE, data: { ...DATA, event_id: 'own' } }, STRUCTURED)[0]?.[1]).toMatchObject({
    event_id: 'own',
    source: '/shop/web',
  });
});

test('types of others are mapped as of any record', () => {
  const source: SourceDeclaration = {
    ...SOURCE,
    mappings: [
      {
        identity: true,
        type: { from: 'type', values: { 'com.shop.clicked': 'click' } },
        fields: { platform: 'cloudevent.subject' },
      },
    ],
  };
  const rows = read({ ...ENVELOPE, type: 'com.shop.clicked', subject: 'app', data: DATA }, STRUCTURED, source);
  expect(rows).toEqual(CLICK);
  expect(rows[0]?.[1]).toMatchObject({ platform: 'app' });
});

test('without headers only where the source says that all of them are', () => {
  expect(read({ ...ENVELOPE, data: DATA })).toMatchObject([['rejected', {}]]);
  expect(read({ ...ENVELOPE, data: DATA }, undefined, { ...SOURCE, format: { type: 'json', envelope: 'cloudevents' } })).toEqual(
    CLICK,
  );
});

test('a record with headers of another kind is a plain one', () => {
  expect(
    read(
      { ...DATA, type: 'click', event_id: 'c1', source: '/shop/web', event_time: TIME },
      { traceparent: '00-1', 'content-type': 'application/json' },
    ),
  ).toEqual(CLICK);
});

test.each<[string, string, string | null, unknown]>([
  ['an envelope without id', 'missing_field', 'id', { ...ENVELOPE, id: undefined, data: DATA }],
  ['another version', 'invalid_field', 'specversion', { ...ENVELOPE, specversion: '0.3', data: DATA }],
  ['no data', 'not_an_object', 'data', ENVELOPE],
  ['data that are a list', 'not_an_object', 'data', { ...ENVELOPE, data: [DATA] }],
  ['no JSON', 'not_json', null, '{"specversion"'],
  ['no object', 'not_an_object', null, '7'],
])('%s is rejected, with the bytes as they came', (_, reason, field, body) => {
  const [[output, row] = ['', {}]] = read(body, STRUCTURED);
  expect([output, row]).toEqual(['rejected', expect.objectContaining({ reason, field, headers: STRUCTURED })]);
  expect(Buffer.from(row['bytes'] as Uint8Array).toString()).toBe(typeof body === 'string' ? body : JSON.stringify(body));
});

test('headers stay with the event, as its origin', () => {
  const headers = { traceparent: '00-1', region: 'eu' };
  const plain = { ...DATA, type: 'click', event_id: 'c1', source: '/shop/web', event_time: TIME, colour: 'red' };
  expect(read(plain, headers)[0]?.[1]).toMatchObject({ extra: { colour: 'red', origin_headers: headers } });
  expect(read(plain)[0]?.[1]).toMatchObject({ extra: { colour: 'red' } });
  expect(JSON.stringify(read(plain))).not.toContain('origin_headers');
});

test('the envelope is for JSON alone', () => {
  const csv = {
    name: 'x',
    format: { type: 'csv', columns: ['a'], envelope: 'cloudevents' },
    mappings: [{ type: 'click', identity: true }],
  };
  expect(parseSourceDeclaration(csv).problems).toContain('format.envelope: means nothing for csv');
});
