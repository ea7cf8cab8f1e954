import { DEFAULT_RULES, RuleBook, type Rules, zoneOf } from '@millrace/ads';
import { maturityOf } from './maturity';

const DAY = 86_400_000;
const zone = zoneOf('Asia/Shanghai');
const day = zone.dayOf(Date.UTC(2014, 10, 11, 4));
const end = Date.UTC(2014, 10, 11, 16);
const bookOf = (rules: Partial<Rules> = {}): RuleBook => new RuleBook({ ...DEFAULT_RULES, ...rules });

// R13
test('a cohort matures for W after the end of its day', () => {
  const { window_ms } = DEFAULT_RULES;
  const at = (watermark_ms: number | null) => maturityOf(day, zone, watermark_ms, bookOf());
  expect(at(null)).toEqual({ state: 'maturing', share: 0 });
  expect(at(end - 1)).toEqual({ state: 'maturing', share: 0 });
  expect(at(end + window_ms / 4)).toEqual({ state: 'maturing', share: 0.25 });
  expect(at(end + window_ms)).toEqual({ state: 'maturing', share: 1 });
  expect(at(end + window_ms + 1)).toEqual({ state: 'mature', share: 1 });
});

test.each<[string, Partial<Rules>, number]>([
  ['whole days, in a calendar window', { window_mode: 'calendar' }, 14],
  ['a window that begins after it: the longer one', { changes: [{ from_day: '2014-11-20', window_ms: 30 * DAY }] }, 30],
  ['a window that begins too late for its clicks', { changes: [{ from_day: '2014-12-31', window_ms: 30 * DAY }] }, 14],
  ['a shorter window: until that begins', { changes: [{ from_day: '2014-11-20', window_ms: DAY }] }, 8],
  ['no window of earlier days', { window_ms: 30 * DAY, changes: [{ from_day: '2014-11-01', window_ms: 7 * DAY }] }, 7],
])('it matures for %s', (_, rules, days) => {
  const at = (watermark_ms: number) => maturityOf(day, zone, watermark_ms, bookOf(rules)).state;
  expect([at(end + days * DAY), at(end + days * DAY + 1)]).toEqual(['maturing', 'mature']);
});
