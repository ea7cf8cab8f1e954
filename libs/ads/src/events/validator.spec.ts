import fc from 'fast-check';
import type { AdEvent, Click, Exposure, Invalidate, Order } from './event';
import { isRejection, REJECT_REASONS, type RejectReason } from './rejection';
import { EVENT_TYPES, type EventType } from './schemas';
import { compileValidator, PLACEHOLDER_USERS } from './validator';

const NOW = Date.UTC(2024, 4, 1, 12);
const envelope = { event_id: 'e1', source: 'web', event_time: NOW, user_id: 'u1' };
const placement = { ad_id: 'a1', campaign_id: 'c1', merchant_id: 'm1' };
const line = { order_id: 'o1', item_id: 'i1', merchant_id: 'm1' };
const MINIMAL: Readonly<Record<EventType, object>> = {
  exposure: { type: 'exposure', ...envelope, ...placement },
  click: { type: 'click', ...envelope, ...placement, cost_minor: 0 },
  message: { type: 'message', ...envelope, merchant_id: 'm1', channel: 'public' },
  order: { type: 'order', ...envelope, ...line, amount_minor: 1200 },
  payment: { type: 'payment', ...envelope, ...line, amount_minor: 1200 },
  refund: { type: 'refund', ...envelope, ...line, amount_minor: 1200 },
  cancel: { type: 'cancel', ...envelope, ...line },
  invalidate: { type: 'invalidate', ...envelope, target_type: 'click', target_source: 'web', target_id: 'e0', reason: 'bot' },
};
const validate = compileValidator({ base_currency: 'CNY' });

const accepted = (input: unknown, by = validate): AdEvent => {
  const result = by(input, NOW);
  if (isRejection(result)) throw new Error(JSON.stringify(result));
  return result;
};

describe('a valid event', () => {
  const COMMON = {
    ...envelope,
    currency: null,
    event_version: 1,
    schema_version: null,
    city: null,
    platform: null,
    request_id: null,
    sequence: null,
    ingest_time: NOW,
    extra: null,
  };

  test.each<[EventType, object]>([
    ['exposure', { ...placement, item_id: null, slot: null, cost_minor: null }],
    ['click', { ...placement, item_id: null, slot: null, cost_minor: 0 }],
    ['message', { merchant_id: 'm1', item_id: null, channel: 'public' }],
    ['order', { ...line, amount_minor: 1200, quantity: null }],
    ['payment', { ...line, amount_minor: 1200 }],
    ['refund', { ...line, amount_minor: 1200 }],
    ['cancel', line],
    [
      'invalidate',
      {
        ...{ target_type: 'click', target_source: 'web', target_id: 'e0', reason: 'bot' },
        ...{ ad_id: null, campaign_id: null, merchant_id: null, item_id: null, cost_minor: null, target_time: null },
      },
    ],
  ])('%s has every field, null where nothing was said', (type, own) => {
    expect(accepted(MINIMAL[type])).toEqual({ type, ...COMMON, ...own });
  });

  test.each(EVENT_TYPES)('%s has its fields in the same order whatever was given (one hidden class)', (type) => {
    const full = { extra_one: 1, sequence: 7, city: 'Shanghai', item_id: 'i9', ...MINIMAL[type] };
    expect(Object.keys(accepted(full))).toEqual(Object.keys(accepted(MINIMAL[type])));
  });

  test('ids given as numbers become text', () => {
    const { event_id, user_id, ad_id } = accepted({ ...MINIMAL.click, event_id: 12, user_id: 1.5, ad_id: -0 }) as Click;
    expect([event_id, user_id, ad_id]).toEqual(['12', '1.5', '0']);
  });

  test('times given as text become milliseconds', () => {
    expect(accepted({ ...MINIMAL.click, event_time: '2024-05-01T19:59:59.5+08:00' }).event_time).toBe(NOW - 500);
  });

  test('an optional field that is null or empty text is absent', () => {
    expect(accepted({ ...MINIMAL.exposure, item_id: '', slot: null, cost_minor: null, currency: '' })).toEqual(
      accepted(MINIMAL.exposure),
    );
  });

  test('fields that the schema does not know are kept', () => {
    const extra = { experiment: 'b', nested: { list: [1, { deep: null }] }, ingest_time: 5, constructor: 'c' };
    expect(accepted({ ...MINIMAL.click, ...extra })).toEqual({ ...accepted(MINIMAL.click), extra });
  });

  test('a __proto__ key changes nothing', () => {
    const hostile: unknown = JSON.parse(JSON.stringify(MINIMAL.click).replace('{', '{"__proto__":{"city":"x"},"kept":1,'));
    const event = accepted(hostile);
    expect([event.city, event.extra, Object.getPrototypeOf(event.extra)]).toEqual([null, { kept: 1 }, Object.prototype]);
  });

  test('256 bytes are an id, in any script', () => {
    for (const id of ['x'.repeat(256), '订'.repeat(85) + 'x', '😀'.repeat(64)]) {
      expect(accepted({ ...MINIMAL.click, event_id: id }).event_id).toBe(id);
    }
  });

  test('versions, sequence, quantity and currency come through', () => {
    const given = { event_version: 3, sequence: 0, quantity: 2, currency: 'CNY', schema_version: 2 };
    expect(accepted({ ...MINIMAL.order, ...given }) as Order).toMatchObject({ ...given, schema_version: '2' });
  });

  test('an invalidated exposure says what it takes back', () => {
    const given = { target_type: 'exposure', ...placement, item_id: 'i1', cost_minor: 3, target_time: '2024-05-01T00:00:00Z' };
    const event = accepted({ ...MINIMAL.invalidate, ...given }) as Invalidate;
    expect(event).toMatchObject({ ...given, target_time: Date.UTC(2024, 4, 1) });
  });

  test('a time within the tolerance is not in the future', () => {
    expect(accepted({ ...MINIMAL.click, event_time: NOW + 300_000 }).event_time).toBe(NOW + 300_000);
  });

  test('a currency without an amount says nothing', () => {
    expect((accepted({ ...MINIMAL.exposure, currency: 'USD' }) as Exposure).currency).toBe('USD');
  });
});

describe('options', () => {
  test('a default source stands in for a missing one only', () => {
    const withDefault = compileValidator({ base_currency: 'CNY', default_source: 'files' });
    const { source: _, ...sourceless } = { ...envelope, ...MINIMAL.click };
    expect(accepted(sourceless, withDefault).source).toBe('files');
    expect(accepted(MINIMAL.click, withDefault).source).toBe('web');
    expect(validate(sourceless, NOW)).toMatchObject({ reason: 'missing_field', field: 'source' });
  });

  test('placeholder users are the declared ones', () => {
    const own = compileValidator({ base_currency: 'CNY', placeholder_users: ['guest'] });
    expect(own({ ...MINIMAL.click, user_id: 'guest' }, NOW)).toMatchObject({ reason: 'placeholder_user' });
    expect(accepted({ ...MINIMAL.click, user_id: 0 }, own).user_id).toBe('0');
    expect(own({ ...MINIMAL.click, user_id: '' }, NOW)).toMatchObject({ reason: 'invalid_field', field: 'user_id' });
    expect(own({ ...MINIMAL.click, user_id: null }, NOW)).toMatchObject({ reason: 'missing_field', field: 'user_id' });
  });

  test('other currencies are accepted when told so', () => {
    const any = compileValidator({ base_currency: 'CNY', covers: () => true });
    expect(accepted({ ...MINIMAL.order, currency: 'USD' }, any).currency).toBe('USD');
  });
});

describe('a rejected event', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

  test.each<[RejectReason, string | null, string, unknown]>([
    ['not_an_object', null, 'null', null],
    ['not_an_object', null, 'a list', [MINIMAL.click]],
    ['not_an_object', null, 'text', 'click'],
    ['not_an_object', null, 'a number', 5],
    ['missing_field', 'type', 'no type', { ...envelope }],
    ['unknown_type', 'type', 'another type', { ...MINIMAL.click, type: 'view' }],
    ['unknown_type', 'type', 'an inherited name', { ...MINIMAL.click, type: 'constructor' }],
    ['unknown_type', 'type', 'a type that is no text', { ...MINIMAL.click, type: ['click'] }],
    ['missing_field', 'event_id', 'no id', { ...MINIMAL.click, event_id: undefined }],
    ['missing_field', 'ad_id', 'a null ad', { ...MINIMAL.click, ad_id: null }],
    ['missing_field', 'cost_minor', 'a click without cost', { type: 'click', ...envelope, ...placement }],
    ['missing_field', 'amount_minor', 'an order without amount', { type: 'order', ...envelope, ...line }],
    ['missing_field', 'channel', 'a message without channel', { type: 'message', ...envelope, merchant_id: 'm' }],
    [
      'missing_field',
      'merchant_id',
      'an exposure taken back from nobody',
      { ...MINIMAL.invalidate, target_type: 'exposure', ad_id: 'a', campaign_id: 'c' },
    ],
    ['invalid_field', 'event_id', 'empty', { ...MINIMAL.click, event_id: '' }],
    ['invalid_field', 'event_id', '257 bytes', { ...MINIMAL.click, event_id: 'x'.repeat(257) }],
    ['invalid_field', 'event_id', '258 bytes in 86 characters', { ...MINIMAL.click, event_id: '订'.repeat(86) }],
    ['invalid_field', 'event_id', 'a megabyte', { ...MINIMAL.click, event_id: '订'.repeat(500_000) }],
    ['invalid_field', 'event_id', 'a tab', { ...MINIMAL.click, event_id: 'a\tb' }],
    ['invalid_field', 'event_id', 'DEL after Unicode', { ...MINIMAL.click, event_id: '订\u007f' }],
    ['invalid_field', 'event_id', 'a lone high surrogate', { ...MINIMAL.click, event_id: 'a\ud800' }],
    ['invalid_field', 'event_id', 'a lone low surrogate', { ...MINIMAL.click, event_id: '\udc00b' }],
    ['invalid_field', 'event_id', 'two high surrogates', { ...MINIMAL.click, event_id: '\ud800\ud800' }],
    ['invalid_field', 'event_id', 'an integer that lost digits', { ...MINIMAL.click, event_id: 1e19 }],
    ['invalid_field', 'event_id', 'NaN', { ...MINIMAL.click, event_id: NaN }],
    ['invalid_field', 'event_id', 'an object', { ...MINIMAL.click, event_id: {} }],
    ['invalid_field', 'item_id', 'an optional id that is none', { ...MINIMAL.click, item_id: true }],
    ['invalid_field', 'event_time', 'a date', { ...MINIMAL.click, event_time: '2024-05-01' }],
    ['invalid_field', 'event_time', 'no such day', { ...MINIMAL.click, event_time: '2023-02-29T00:00:00Z' }],
    ['invalid_field', 'event_time', 'before 1970', { ...MINIMAL.click, event_time: '1970-01-01T00:00:00+08:00' }],
    ['invalid_field', 'event_time', 'negative', { ...MINIMAL.click, event_time: -1 }],
    ['invalid_field', 'event_time', 'a fraction', { ...MINIMAL.click, event_time: NOW + 0.5 }],
    ['invalid_field', 'event_time', 'milliseconds as text', { ...MINIMAL.click, event_time: String(NOW) }],
    ['invalid_field', 'cost_minor', 'negative', { ...MINIMAL.click, cost_minor: -1 }],
    ['invalid_field', 'cost_minor', 'a fraction', { ...MINIMAL.click, cost_minor: 0.1 }],
    ['invalid_field', 'cost_minor', 'text', { ...MINIMAL.click, cost_minor: '1' }],
    ['invalid_field', 'amount_minor', 'a negative refund', { ...MINIMAL.refund, amount_minor: -1200 }],
    ['invalid_field', 'amount_minor', 'unsafe', { ...MINIMAL.order, amount_minor: 2 ** 53 }],
    ['invalid_field', 'amount_minor', 'too large to be added up', { ...MINIMAL.order, amount_minor: 10 ** 12 + 1 }],
    ['invalid_field', 'cost_minor', 'too large to be added up', { ...MINIMAL.click, cost_minor: 10 ** 12 + 1 }],
    ['invalid_field', 'quantity', 'zero', { ...MINIMAL.order, quantity: 0 }],
    ['invalid_field', 'event_version', 'zero', { ...MINIMAL.order, event_version: 0 }],
    ['invalid_field', 'sequence', 'negative', { ...MINIMAL.order, sequence: -1 }],
    ['invalid_field', 'channel', 'another', { ...MINIMAL.message, channel: 'shop' }],
    ['invalid_field', 'target_type', 'an order', { ...MINIMAL.invalidate, target_type: 'order' }],
    ['invalid_field', 'currency', 'small letters', { ...MINIMAL.order, currency: 'cny' }],
    ['invalid_field', 'deep', 'a deeply nested extra', { ...MINIMAL.order, deep: nested(100_000 / 100) }],
    ['unsupported_currency', 'currency', 'not the base currency', { ...MINIMAL.order, currency: 'USD' }],
    ['unsupported_currency', 'currency', 'a cost in another currency', { ...MINIMAL.click, currency: 'USD' }],
    ['future_time', 'event_time', 'a millisecond beyond the tolerance', { ...MINIMAL.click, event_time: NOW + 300_001 }],
    ...[...PLACEHOLDER_USERS, 0, -1, null].map((user): [RejectReason, string, string, unknown] => [
      'placeholder_user',
      'user_id',
      JSON.stringify(user),
      { ...MINIMAL.click, user_id: user },
    ]),
  ])('%s %s: %s', (reason, field, _, input) => {
    const result = validate(input, NOW);
    expect(result).toMatchObject({ rejected: true, reason, field });
    expect(isRejection(result) && result.expected.length > 5).toBe(true);
  });

  test('says what was expected', () => {
    expect(validate({ ...MINIMAL.message, channel: 'shop' }, NOW)).toMatchObject({ expected: 'one of "public", "private"' });
    expect(validate({ ...MINIMAL.order, quantity: 0 }, NOW)).toMatchObject({ expected: 'an integer of at least 1' });
  });
});

describe('whatever comes', () => {
  const names = Object.keys({ ...MINIMAL.click, ...MINIMAL.order, ...MINIMAL.invalidate, currency: '' });

  test('the validator answers: any JSON, any value, any value in a field of a valid event', () => {
    const input = fc.oneof(
      fc.jsonValue(),
      fc.anything(),
      fc
        .tuple(
          fc.constantFrom(...EVENT_TYPES),
          fc.constantFrom(...names),
          fc.anything({ withBigInt: true, withNullPrototype: true }),
        )
        .map(([type, name, value]) => ({ ...MINIMAL[type], [name]: value })),
    );
    fc.assert(
      fc.property(input, (value) => {
        const result = validate(value, NOW);
        if (isRejection(result)) expect(Object.keys(REJECT_REASONS)).toContain(result.reason);
        else expect(EVENT_TYPES).toContain(result.type);
      }),
      { numRuns: 3000 },
    );
  });
});
