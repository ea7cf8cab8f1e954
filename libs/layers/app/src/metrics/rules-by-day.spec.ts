import { DEFAULT_RULES } from '@millrace/ads';
import { appOver } from '../testing/doubles';
import type { MetricsAnswer } from './answer';

const DAY = 86_400_000;
const rules = {
  ...DEFAULT_RULES,
  changes: [
    { from_day: '2014-11-12', window_ms: 7 * DAY },
    { from_day: '2014-11-14', models: ['linear'] },
  ],
};

const ask = async (from: string, to: string, more = ''): Promise<MetricsAnswer> =>
  (await appOver({}, { rules }).inject({ url: `/v1/metrics?from=${from}&to=${to}${more}` })).json<MetricsAnswer>();

const dated = { window_ms: 14 * DAY, window_mode: 'rolling', invalidation_ms: 3 * DAY, repeat_within_ms: 2_000, models: [] };

test('where the rules change within the range, the answer says which held from when on', async () => {
  const answer = await ask('2014-11-11', '2014-11-15');
  expect(answer.rulesByDay).toEqual({
    '2014-11-11': dated,
    '2014-11-12': { ...dated, window_ms: 7 * DAY },
    '2014-11-14': { ...dated, window_ms: 7 * DAY, models: ['linear'] },
  });
  expect(answer.rules.changes).toEqual(rules.changes);
});

test.each([
  ['2014-11-10', '2014-11-12'],
  ['2014-11-12', '2014-11-14'],
  ['2014-11-14', '2014-11-20'],
])('from %s to %s one set of rules holds, and nothing needs to be said', async (from, to) => {
  const answer = await ask(from, to);
  expect(answer).not.toHaveProperty('rulesByDay');
  expect(answer.rules.changes).toEqual(rules.changes);
});

test('a model that the rules keep on some of the days only is said to be missing on the others', async () => {
  const { notes } = await ask('2014-11-12', '2014-11-16', '&model=linear');
  expect(notes[0]).toBe('The rules of 2014-11-12, 2014-11-13 do not keep the model linear: effects of these days are missing.');
  expect((await ask('2014-11-14', '2014-11-16', '&model=linear')).notes).toHaveLength(1);
  expect((await ask('2014-11-12', '2014-11-16')).notes).toHaveLength(1);
});
