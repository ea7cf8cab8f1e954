import { DEFAULT_RULES, EVENT_TYPES, REJECT_REASONS, type RejectReason, TOPICS } from '@millrace/ads';
import type { RawRecord } from '@millrace/stream';
import fc from 'fast-check';
import { type OdsCounts, sumCounts } from './counts';
import { parseSourceDeclaration } from './declaration/parse';
import { createOds } from './layer';
import type { Normalizer } from './normalizer';

const NOW = Date.UTC(2024, 4, 1, 12);
const encoder = new TextEncoder();

function declared(json: unknown) {
  const { declaration, problems } = parseSourceDeclaration(json);
  if (declaration === null) throw new Error(problems.join('\n'));
  return declaration;
}

/** One operator of a source, fed with texts; what it emitted, in order. */
function odsOf(source: unknown, maxRecordBytes?: number) {
  const layer = createOds({ sources: [declared(source)], rules: DEFAULT_RULES, maxRecordBytes });
  const from = { topic: layer.inputs[0] ?? '', partition: 3 };
  const operator: Normalizer = layer.create(from);
  const emitted: { output: string; key: string; row: any }[] = [];
  let offset = 100;
  const feed = (value: string | Uint8Array | null, headers?: RawRecord['headers']): number => {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    const record = { offset: offset++, timestamp_ms: NOW, key: null, value: bytes, ...(headers && { headers }) };
    return operator.process(record, from, { emit: (output, key, row) => emitted.push({ output, key, row }) });
  };
  return { layer, feed, emitted, counts: operator.counters };
}

const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] };
const envelope = { event_id: 'e1', source: 'web', event_time: NOW - 1000, user_id: 'u1' };
const click = { type: 'click', ...envelope, ad_id: 'a1', campaign_id: 'c1', merchant_id: 'm1', cost_minor: 5 };

describe('the layer', () => {
  test('reads the topic of each source and writes the three topics of ODS', () => {
    const { layer } = odsOf(EVENTS);
    expect(layer.inputs).toEqual(['raw.events']);
    expect(layer.outputs).toEqual({ action: TOPICS.action, exposure: TOPICS.exposure, rejected: TOPICS.rejected });
  });

  test('refuses two sources of one topic, and a topic that no source reads', () => {
    const sources = [declared(EVENTS), declared({ ...EVENTS, name: 'other', topics: ['raw.other', 'raw.events'] })];
    expect(() => createOds({ sources, rules: DEFAULT_RULES })).toThrow('sources events and other both read raw.events');
    expect(() => odsOf(EVENTS).layer.create({ topic: 'raw.x', partition: 0 })).toThrow('no source reads raw.x');
  });
});

describe('an event', () => {
  const line = { order_id: 'o1', item_id: 'i1', merchant_id: 'm1', amount_minor: 9 };
  const target = { target_source: 'web', target_id: 'e0', reason: 'bot', ad_id: 'a1', campaign_id: 'c1', merchant_id: 'm1' };

  test.each([
    ['exposure', 'exposure', click],
    ['click', 'action', click],
    ['message', 'action', { ...envelope, merchant_id: 'm1', channel: 'private' }],
    ['order', 'action', { ...envelope, ...line }],
    ['payment', 'action', { ...envelope, ...line }],
    ['refund', 'action', { ...envelope, ...line }],
    ['cancel', 'action', { ...envelope, ...line }],
    ['invalidate', 'action', { ...envelope, ...target, target_type: 'click' }],
    ['invalidate', 'exposure', { ...envelope, ...target, target_type: 'exposure' }],
  ])('%s goes to %s by its user', (type, output, fields) => {
    const { feed, emitted, counts } = odsOf(EVENTS);
    expect(feed(JSON.stringify({ ...fields, type }))).toBe(NOW - 1000);
    expect(emitted).toMatchObject([{ output, key: 'u1', row: { type, ingest_time: NOW, event_time: NOW - 1000 } }]);
    expect(counts).toMatchObject({ in: 1, out: 1, accepted: { [type]: 1 } });
  });

  test('dated too far ahead does not move the clock', () => {
    const { feed } = odsOf(EVENTS);
    expect(feed(JSON.stringify({ ...click, event_time: NOW + 30 * 86_400_000 }))).toBe(-Infinity);
    expect(feed(JSON.stringify(click))).toBe(NOW - 1000);
  });
});

describe('a rejected record', () => {
  const csv = {
    name: 'rows',
    format: { type: 'csv', columns: ['kind', 'id', 'user'] },
    default_source: 'rows',
    mappings: [
      {
        type: { from: 'kind', values: { m: 'message' } },
        fields: {
          event_id: 'id',
          user_id: 'user',
          event_time: { constant: 5 },
          merchant_id: { constant: 'm' },
          channel: { constant: 'public' },
        },
      },
    ],
  };

  test.each<[RejectReason, string | null, unknown, string | Uint8Array | null]>([
    ['no_value', null, EVENTS, null],
    ['too_large', null, EVENTS, ' '.repeat(501)],
    ['not_utf8', null, EVENTS, new Uint8Array([0x7b, 0xff, 0x7d])],
    ['not_json', null, EVENTS, '{"type":"click"'],
    ['not_json', null, EVENTS, ''],
    ['not_an_object', null, EVENTS, '[]'],
    ['not_a_row', null, csv, 'm,1'],
    ['not_a_row', null, csv, 'm,1,"u'],
    ['unmapped', null, csv, 'x,1,u'],
    ['unknown_type', 'type', EVENTS, '{"type":"view"}'],
    ['missing_field', 'type', EVENTS, '{"rejected":true,"reason":"not_json"}'],
    ['missing_field', 'event_id', csv, 'm,,u'],
    ['invalid_field', 'cost_minor', EVENTS, JSON.stringify({ ...click, cost_minor: 0.5 })],
    ['placeholder_user', 'user_id', EVENTS, JSON.stringify({ ...click, user_id: 0 })],
    ['placeholder_user', 'user_id', csv, 'm,1,'],
    ['future_time', 'event_time', EVENTS, JSON.stringify({ ...click, event_time: NOW + 300_001 })],
    ['unsupported_currency', 'currency', EVENTS, JSON.stringify({ ...click, currency: 'USD' })],
  ])('%s %s', (reason, field, source, value) => {
    const { feed, emitted, counts } = odsOf(source, 500);
    expect(feed(value, { trace: 't1' })).toBe(-Infinity);
    const { name } = declared(source);
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    const where = { source: name, topic: `raw.${name}`, partition: 3, offset: 100, ingest_time: NOW };
    expect(emitted).toEqual([
      {
        output: 'rejected',
        key: `raw.${name}/3`,
        row: { reason, field, expected: expect.any(String), ...where, bytes, headers: { trace: 't1' } },
      },
    ]);
    expect(counts).toMatchObject({ in: 1, out: 0, rejected: { [reason]: 1 } });
  });

  test('keeps a copy of its bytes', () => {
    const { feed, emitted } = odsOf(EVENTS);
    const bytes = encoder.encode('nonsense');
    feed(bytes);
    bytes.fill(0);
    expect(new TextDecoder().decode(emitted[0]?.row.bytes)).toBe('nonsense');
  });
});

describe('a mapping', () => {
  const shop = {
    name: 'shop',
    format: { type: 'json' },
    default_source: 'shop',
    placeholder_users: ['guest'],
    mappings: [
      {
        type: 'order',
        when: { kind: ['buy', 2] },
        fields: {
          // Two fields from one path: the shop's orders have no event id.
          event_id: 'order.id',
          order_id: 'order.id',
          item_id: 'order.lines.0.sku',
          merchant_id: 'seller',
          user_id: 'user.id',
          event_time: { from: 'at', time: 's' },
          amount_minor: { from: 'order.total', decimals: 2 },
          platform: { from: 'device', values: { '1': 'ios', '2': 'android' } },
        },
        extra: { coupon: 'order.coupon' },
      },
      {
        type: 'payment',
        when: { kind: ['buy'], paid: { present: true } },
        fields: {
          event_id: 'order.id',
          order_id: 'order.id',
          item_id: 'order.lines.0.sku',
          merchant_id: 'seller',
          user_id: 'user.id',
          event_time: { from: 'at', time: 's' },
          amount_minor: { from: 'paid', decimals: 2 },
        },
      },
    ],
  };
  const order = { id: 77, total: '19.90', lines: [{ sku: 'i9' }], coupon: { code: 'X' } };
  const purchase = { kind: 'buy', at: 1_700_000_000.1239, seller: 'm7', user: { id: 'u7' }, device: 2, order };

  test('counts a user who is known under several ids under one of them', () => {
    const { feed, emitted } = odsOf({ ...shop, user_aliases: { u7: 'u1' } });
    feed(JSON.stringify(purchase));
    feed(JSON.stringify({ ...purchase, user: { id: 'u8' } }));
    expect(emitted.map(({ key }) => key)).toEqual(['u1', 'u8']);
    expect(emitted.map(({ row }) => row.user_id)).toEqual(['u1', 'u8']);
  });

  test('makes one event, by path, constant, value map and unit', () => {
    const { feed, emitted } = odsOf(shop);
    expect(feed(JSON.stringify(purchase))).toBe(1_700_000_000_123);
    expect(emitted).toHaveLength(1);
    expect(emitted[0]).toMatchObject({
      output: 'action',
      key: 'u7',
      row: {
        ...{
          type: 'order',
          event_id: '77',
          order_id: '77',
          item_id: 'i9',
          merchant_id: 'm7',
          source: 'shop',
          platform: 'android',
        },
        ...{ amount_minor: 1990, event_time: 1_700_000_000_123, extra: { coupon: { code: 'X' } }, quantity: null },
      },
    });
  });

  test('makes several events of one record, all or none', () => {
    const { feed, emitted, counts } = odsOf(shop);
    feed(JSON.stringify({ ...purchase, paid: 19.9 }));
    expect(emitted.map(({ row }) => [row.type, row.amount_minor])).toEqual([
      ['order', 1990],
      ['payment', 1990],
    ]);
    feed(JSON.stringify({ ...purchase, paid: '19.999' }));
    expect(emitted.slice(2)).toMatchObject([
      {
        output: 'rejected',
        row: { reason: 'invalid_field', field: 'amount_minor', expected: 'a decimal number with at most 2 decimals' },
      },
    ]);
    expect(counts).toMatchObject({ in: 2, out: 2, accepted: { order: 1, payment: 1 }, rejected: { invalid_field: 1 } });
  });

  test.each<[string, object, RejectReason, string | null]>([
    ['no condition holds', { ...purchase, kind: 'look' }, 'unmapped', null],
    ['the condition needs a scalar', { ...purchase, kind: ['buy'] }, 'unmapped', null],
    ['a value is not in the map', { ...purchase, device: 3 }, 'invalid_field', 'platform'],
    ['a value only looks like one of the map', { ...purchase, device: 'toString' }, 'invalid_field', 'platform'],
    ['a path ends early', { ...purchase, order: 'none' }, 'missing_field', 'event_id'],
    ['the user stands for nobody here', { ...purchase, user: { id: 'guest' } }, 'placeholder_user', 'user_id'],
    ['the amount is no number', { ...purchase, order: { ...order, total: '19,90' } }, 'invalid_field', 'amount_minor'],
    ['the time is no number', { ...purchase, at: 'today' }, 'invalid_field', 'event_time'],
  ])('rejects when %s', (_, record, reason, field) => {
    const { feed, emitted } = odsOf(shop);
    feed(JSON.stringify(record));
    expect(emitted).toMatchObject([{ output: 'rejected', row: { reason, field } }]);
  });

  test('compares values as text', () => {
    const { feed, emitted } = odsOf(shop);
    feed(JSON.stringify({ ...purchase, kind: '2' }));
    expect(emitted).toMatchObject([{ row: { type: 'order' } }]);
  });

  test('of identity may override single fields', () => {
    const { feed, emitted } = odsOf({ ...EVENTS, mappings: [{ identity: true, fields: { event_id: 'order_id' } }] });
    feed(
      JSON.stringify({
        ...envelope,
        event_id: undefined,
        type: 'cancel',
        order_id: 'o5',
        item_id: 'i',
        merchant_id: 'm',
        note: 1,
      }),
    );
    expect(emitted).toMatchObject([{ row: { event_id: 'o5', order_id: 'o5', source: 'web', extra: { note: 1 } } }]);
  });
});

describe('a file of columns', () => {
  const log = {
    name: 'log',
    format: { type: 'csv', columns: ['user', 'item', 'at', 'action', 'price'], header: true },
    default_source: 'log',
    mappings: [
      {
        type: { from: 'action', values: { 0: 'click', 3: 'message' } },
        fields: {
          event_id: 'item',
          user_id: 'user',
          item_id: 'item',
          ad_id: 'item',
          campaign_id: { constant: 'all' },
          merchant_id: { constant: 'm' },
          channel: { constant: 'public' },
          event_time: { from: 'at', time: 'yyyy-MM-dd HH:mm:ss', zone: 'Asia/Shanghai' },
          cost_minor: 'price',
        },
      },
    ],
  };

  test('has a header that is skipped and counted, not rejected', () => {
    const { feed, emitted, counts } = odsOf(log);
    expect(feed('\ufeffuser,item,at,action,price\r\n')).toBe(-Infinity);
    expect(emitted).toEqual([]);
    expect(counts).toMatchObject({ in: 1, out: 0, header: 1 });
  });

  test('has local times, numbers as text, and quoted fields', () => {
    const { feed, emitted } = odsOf(log);
    expect(feed('"u ""1""",i1,2024-05-01 19:59:59,0,12')).toBe(NOW - 1000);
    expect(emitted).toMatchObject([
      { key: 'u "1"', row: { type: 'click', cost_minor: 12, event_time: NOW - 1000, item_id: 'i1' } },
    ]);
  });

  test('has types of which only the mapped ones are taken, and keeps what a type does not know', () => {
    const { feed, emitted, counts } = odsOf(log);
    feed('u1,i1,2024-05-01 19:59:59,3,');
    feed('u1,i1,2024-05-01 19:59:59,1,12');
    expect(emitted.map(({ output, row }) => [output, row.type ?? row.reason])).toEqual([
      ['action', 'message'],
      ['rejected', 'unmapped'],
    ]);
    expect(counts.rejected.unmapped).toBe(1);
  });

  test('has times that are refused when they do not exist', () => {
    const { feed, emitted } = odsOf(log);
    feed('u1,i1,2024-02-30 19:59:59,0,12');
    expect(emitted).toMatchObject([
      { row: { reason: 'invalid_field', field: 'event_time', expected: 'a time like yyyy-MM-dd HH:mm:ss in Asia/Shanghai' } },
    ]);
  });
});

describe('counts', () => {
  const total = (counts: OdsCounts): number => Object.values(counts.rejected).reduce((sum, n) => sum + n, 0);

  test('name every reason and type, and add up over operators', () => {
    const [one, two] = [odsOf(EVENTS), odsOf(EVENTS)];
    one.feed(JSON.stringify(click));
    two.feed('x');
    two.feed(JSON.stringify({ ...click, type: 'exposure' }));
    const sum = sumCounts([one.counts, two.counts]);
    expect(sum).toMatchObject({
      in: 3,
      out: 2,
      header: 0,
      rejected: { not_json: 1 },
      accepted: { click: 1, exposure: 1, order: 0 },
    });
    expect(Object.keys(sum.rejected)).toEqual(Object.keys(REJECT_REASONS));
    expect(Object.keys(sum.accepted)).toEqual(EVENT_TYPES);
  });

  test('whatever the bytes: every record is accepted or rejected, none throws, none is lost', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map((text) => encoder.encode(text)),
      fc
        .tuple(fc.constantFrom(...Object.keys(click)), fc.jsonValue())
        .map(([name, value]) => encoder.encode(JSON.stringify({ ...click, [name]: value }))),
    );
    const { feed, emitted, counts } = odsOf(EVENTS);
    fc.assert(
      fc.property(bytes, (value) => {
        const before = emitted.length;
        const clock = feed(value);
        expect(emitted).toHaveLength(before + 1);
        expect(clock === -Infinity).toBe(emitted[before]?.output === 'rejected');
      }),
      { numRuns: 1000 },
    );
    expect(counts.in).toBe(counts.out + total(counts));
    expect(Math.min(counts.out, total(counts))).toBeGreaterThan(0);
  });
});
