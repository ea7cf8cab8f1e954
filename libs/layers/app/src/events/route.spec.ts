import { EVENT_TYPES, MAX_RECORD_BYTES, partitionOf } from '@millrace/ads';
import { gzipSync } from 'node:zlib';
import { appOver, NOW_MS, ScriptedLog } from '../testing/doubles';
import { EXAMPLE_CLICK, EXAMPLE_ORDER } from './documentation';

const post = (payload: string | Buffer, { log = new ScriptedLog(), type = 'application/json', limits = {} } = {}) =>
  appOver({ log }, { limits }).inject({ method: 'POST', url: '/v1/events', headers: { 'content-type': type }, payload });
const json = JSON.stringify;

describe('accepted events', () => {
  test('one event: in the log as it came, with its source, in the partition of its user', async () => {
    const log = new ScriptedLog();
    const response = await post(json({ ...EXAMPLE_CLICK, unknown: { kept: [1] } }), { log });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toEqual({ accepted: 1, rejected: 0, results: [{ status: 'accepted' }] });
    expect(log.events).toEqual([
      { partition: partitionOf('u-7', 3), event: { ...EXAMPLE_CLICK, unknown: { kept: [1] }, source: 'http' } },
    ]);
    expect(log.appends[0]?.[0]?.to.topic).toBe('raw.http');
    expect(Buffer.from(log.appends[0]?.[0]?.records[0]?.key ?? []).toString()).toBe('u-7');
  });

  test('a source that is named stays', async () => {
    const log = new ScriptedLog();
    await post(json({ ...EXAMPLE_CLICK, source: 'app' }), { log });
    expect(log.events[0]?.event['source']).toBe('app');
  });

  test('a user id that is a number goes where its text goes', async () => {
    const log = new ScriptedLog();
    await post(json({ ...EXAMPLE_CLICK, user_id: 12_345 }), { log });
    expect(log.events[0]?.partition).toBe(partitionOf('12345', 3));
  });

  test('a batch with faults: each event has its own result, the good ones are taken', async () => {
    const log = new ScriptedLog();
    const response = await post(json([EXAMPLE_CLICK, { ...EXAMPLE_ORDER, user_id: undefined }, 7, EXAMPLE_ORDER]), { log });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toMatchObject({
      accepted: 2,
      rejected: 2,
      results: [
        { status: 'accepted' },
        { status: 'rejected', reason: 'missing_field', field: 'user_id', expected: expect.any(String) },
        { status: 'rejected', reason: 'not_an_object', field: null },
        { status: 'accepted' },
      ],
    });
    expect(log.events.map(({ event }) => event['event_id'])).toEqual(['c-1', 'o-1']);
  });

  test('lines: a broken one is rejected alone, empty ones do not count', async () => {
    const log = new ScriptedLog();
    const response = await post(`${json(EXAMPLE_CLICK)}\r\n\n{"type":\n${json(EXAMPLE_ORDER)}\n`, {
      log,
      type: 'application/x-ndjson',
    });
    expect(response.statusCode).toBe(202);
    expect(response.json()).toMatchObject({
      results: [{ status: 'accepted' }, { status: 'rejected', reason: 'not_json' }, { status: 'accepted' }],
    });
  });

  test('the answer waits for the log', async () => {
    const log = new ScriptedLog();
    log.hold();
    let answered = false;
    const response = post(json(EXAMPLE_CLICK), { log }).then(() => (answered = true));
    while (log.appends.length === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    log.release();
    await response;
  });
});

describe('refusals', () => {
  test('none accepted: 422 with the results', async () => {
    const log = new ScriptedLog();
    const response = await post(json({ ...EXAMPLE_CLICK, event_time: NOW_MS + 600_000 }), { log });
    expect(response.statusCode).toBe(422);
    expect(response.json()).toMatchObject({
      type: 'urn:millrace:problem:no-event-accepted',
      detail: expect.stringContaining('1 future_time'),
      results: [{ reason: 'future_time', field: 'event_time' }],
    });
    expect(log.appends).toEqual([]);
  });

  test('an event that is longer than ODS reads is refused here, not taken and then rejected', async () => {
    const log = new ScriptedLog();
    const response = await post(json([{ ...EXAMPLE_CLICK, note: 'x'.repeat(MAX_RECORD_BYTES) }, EXAMPLE_CLICK]), { log });
    expect(response.json()).toMatchObject({
      results: [{ status: 'rejected', reason: 'too_large', field: null }, { status: 'accepted' }],
    });
    expect(log.events.map(({ event }) => event['event_id'])).toEqual([EXAMPLE_CLICK.event_id]);
  });

  test('an unknown type lists the types', async () => {
    const response = await post(json({ ...EXAMPLE_CLICK, type: 'view' }));
    expect(response.json()).toMatchObject({
      results: [{ reason: 'unknown_type', expected: expect.stringContaining(EVENT_TYPES.join(', ')) }],
    });
  });

  test.each([
    ['no JSON', '{"type":', 'application/json', 400, 'malformed-body'],
    ['no event', '[]', 'application/json', 400, 'malformed-body'],
    ['nothing', '', 'application/json', 400, 'malformed-body'],
    ['no line', '\n', 'application/x-ndjson', 400, 'malformed-body'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'malformed-body'],
    ['another type', 'type,id', 'text/csv', 415, 'unsupported-media-type'],
    ['more bytes than are taken', json([EXAMPLE_CLICK, EXAMPLE_CLICK, EXAMPLE_CLICK]), 'application/json', 413, 'body-too-large'],
    ['more events than are taken', '[1,2,3]', 'application/json', 413, 'body-too-large'],
  ])('%s', async (_, payload, type, status, code) => {
    const response = await post(payload, { type, limits: { body_bytes: 500, batch_events: 2 } });
    expect(response.json()).toMatchObject({ type: `urn:millrace:problem:${code}`, status, instance: '/v1/events' });
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  test('no body and no type', async () => {
    const response = await appOver().inject({ method: 'POST', url: '/v1/events' });
    expect(response.statusCode).toBe(400);
  });

  test('a log that fails: 503, send again', async () => {
    const log = new ScriptedLog();
    log.failure = new Error('disk full');
    const response = await post(json(EXAMPLE_CLICK), { log });
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toMatchObject({ type: 'urn:millrace:problem:log-unavailable' });
    expect(response.body).not.toContain('disk full');
  });

  test('a full queue: 503, send again', async () => {
    const log = new ScriptedLog();
    const app = appOver({ log }, { limits: { waiting_bytes: 10 } });
    const request = { method: 'POST', url: '/v1/events', payload: EXAMPLE_CLICK } as const;
    log.hold();
    const first = app.inject(request);
    while (log.appends.length === 0) await new Promise(setImmediate);
    const second = await app.inject(request);
    expect(second.statusCode).toBe(503);
    expect(second.headers['retry-after']).toBe('1');
    expect(second.json()).toMatchObject({ type: 'urn:millrace:problem:intake-full' });
    log.release();
    expect((await first).statusCode).toBe(202);
  });
});

test('closing waits for what was taken', async () => {
  const log = new ScriptedLog();
  const app = appOver({ log });
  log.hold();
  const response = app.inject({ method: 'POST', url: '/v1/events', payload: EXAMPLE_CLICK });
  while (log.appends.length === 0) await new Promise(setImmediate);
  let closed = false;
  const closing = app.close().then(() => (closed = true));
  await new Promise(setImmediate);
  expect(closed).toBe(false);
  log.release();
  await closing;
  expect((await response).statusCode).toBe(202);
});

test('what is too much is refused with what is not', async () => {
  const limits = { body_bytes: 100, batch_events: 2 };
  const bytes = (await post(json([EXAMPLE_CLICK]), { limits })).json();
  expect(bytes).toMatchObject({ status: 413, limit_bytes: 100, detail: expect.stringContaining('100 bytes') });
  const events = (await post('[1,2,3]', { limits })).json();
  expect(events).toMatchObject({ status: 413, limit_events: 2, detail: expect.stringContaining('at most 2') });
});

test('a body that is encoded is of a type that is not taken', async () => {
  const send = (encoding: string, payload: Buffer | string) =>
    appOver().inject({
      method: 'POST',
      url: '/v1/events',
      headers: { 'content-type': 'application/json', 'content-encoding': encoding },
      payload,
    });
  const response = await send('gzip', gzipSync(json(EXAMPLE_CLICK)));
  expect(response.statusCode).toBe(415);
  expect(response.headers['accept-encoding']).toBe('identity');
  expect(response.json()).toMatchObject({ detail: expect.stringContaining('gzip') });
  expect((await send('Identity', json(EXAMPLE_CLICK))).statusCode).toBe(202);
});

test('a parameter is refused: it would be ignored', async () => {
  const response = await appOver().inject({ method: 'POST', url: '/v1/events?source=web', payload: EXAMPLE_CLICK });
  expect(response.statusCode).toBe(400);
  expect(response.json()).toMatchObject({ errors: [{ path: 'query.source' }] });
});
