import { LATE_REASONS, type LateRow } from '@millrace/ads';
import { appOver, ScriptedOlap } from '../testing/doubles';
import type { LateAnswer } from './schema';

const row = (given: Partial<LateRow> = {}): LateRow => ({
  reason: 'late_click',
  type: 'click',
  source: 'http',
  event_id: 'c-1',
  user_id: 'u-1',
  merchant_id: '1304',
  event_time: Date.UTC(2014, 10, 10, 20),
  ingest_time: Date.UTC(2014, 10, 15),
  day: Date.UTC(2014, 10, 11) / 86_400_000,
  watermark: Date.UTC(2014, 10, 14, 21),
  ...given,
});
const ask = async (query: string, rows: readonly LateRow[] = []) => {
  const olap = new ScriptedOlap();
  olap.rows = [...rows];
  const response = await appOver({ olap }).inject(`/v1/late${query}`);
  return { olap, response, body: response.json<LateAnswer>() };
};

test('which day of which user may be wrong, why, and how late it was', async () => {
  const { body, olap } = await ask('', [row(), row({ merchant_id: '' })]);
  expect(body).toEqual({
    truncated: false,
    rows: [
      {
        reason: 'late_click',
        day: '2014-11-11',
        user_id: 'u-1',
        merchant_id: '1304',
        event: { type: 'click', source: 'http', event_id: 'c-1', event_time: '2014-11-11T04:00:00+08:00' },
        ingest_time: '2014-11-15T08:00:00+08:00',
        watermark: '2014-11-15T05:00:00+08:00',
      },
      expect.objectContaining({ merchant_id: null }),
    ],
  });
  expect(olap.asked[0]?.params).toMatchObject({ reasons: Object.keys(LATE_REASONS), limit: 101 });
});

test('by reason and time, and cut knowingly', async () => {
  const { body, olap } = await ask('?reason=orphan&from=2014-11-11&to=2014-11-12&limit=1', [row(), row()]);
  expect(olap.asked[0]?.params).toEqual({
    reasons: ['orphan'],
    from: Date.UTC(2014, 10, 10, 16),
    to: Date.UTC(2014, 10, 11, 16),
    limit: 2,
  });
  expect(body.truncated).toBe(true);
  expect(body.rows).toHaveLength(1);
  // Just as many as asked for are all there are.
  expect((await ask('?limit=2', [row(), row()])).body.truncated).toBe(false);
});

test('all faults at once', async () => {
  const { response } = await ask('?reason=not_json&from=x&limit=0&day=1');
  expect(response.statusCode).toBe(400);
  expect(
    response
      .json<{ errors: { path: string }[] }>()
      .errors.map(({ path }) => path)
      .sort(),
  ).toEqual(['query.day', 'query.from', 'query.limit', 'query.reason']);
});
