import { REJECT_REASONS, type RejectedRow } from '@millrace/ads';
import { appOver, ScriptedOlap } from '../testing/doubles';
import type { RejectedAnswer } from './schema';

const row = (given: Partial<RejectedRow> = {}): RejectedRow => ({
  reason: 'not_json',
  field: '',
  expected: 'one JSON object',
  source: 'http',
  ingest_time: Date.UTC(2014, 10, 11, 2),
  bytes: Buffer.from([0xff, 0x7b]).toString('base64'),
  headers: '{"origin":"edge"}',
  source_topic: 'raw.http',
  source_partition: 1,
  source_offset: 7,
  ...given,
});
const ask = async (query: string, rows: readonly RejectedRow[] = []) => {
  const olap = new ScriptedOlap();
  olap.rows = [...rows];
  const response = await appOver({ olap }).inject(`/v1/rejected${query}`);
  return { olap, response, body: response.json<RejectedAnswer>() };
};

test('a record with its reason, its bytes and its place', async () => {
  const { body, olap } = await ask('', [row(), row({ field: 'user_id', bytes: null, headers: '' })]);
  expect(body).toEqual({
    truncated: false,
    records: [
      {
        reason: 'not_json',
        field: null,
        expected: 'one JSON object',
        source: 'http',
        ingest_time: '2014-11-11T10:00:00+08:00',
        bytes: '/3s=',
        headers: { origin: 'edge' },
        position: { topic: 'raw.http', partition: 1, offset: 7 },
      },
      expect.objectContaining({ field: 'user_id', bytes: null, headers: null }),
    ],
  });
  expect(olap.asked[0]?.params).toMatchObject({ reasons: Object.keys(REJECT_REASONS), limit: 101 });
});

test('by reason and time, and cut knowingly', async () => {
  const { body, olap } = await ask('?reason=not_json&from=2014-11-11&to=2014-11-12&limit=1', [row(), row()]);
  expect(olap.asked[0]?.params).toEqual({
    reasons: ['not_json'],
    from: Date.UTC(2014, 10, 10, 16),
    to: Date.UTC(2014, 10, 11, 16),
    limit: 2,
  });
  expect(body.truncated).toBe(true);
  expect(body.records).toHaveLength(1);
  // Just as many as asked for are all there are.
  expect((await ask('?limit=2', [row(), row()])).body.truncated).toBe(false);
});

test('all faults at once', async () => {
  const { response } = await ask('?reason=bad&from=x&limit=1001&window=day');
  expect(response.statusCode).toBe(400);
  expect(
    response
      .json<{ errors: { path: string }[] }>()
      .errors.map(({ path }) => path)
      .sort(),
  ).toEqual(['query.from', 'query.limit', 'query.reason', 'query.window']);
});
