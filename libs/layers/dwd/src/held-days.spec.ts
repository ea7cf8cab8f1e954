import { DEFAULT_RULES } from '@millrace/ads';
import { HeldDays } from './held-days';
import { Policy } from './policy';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each(['Asia/Shanghai', 'America/New_York', 'Asia/Kolkata'])(
  'a day of %s is held until the watermark is past its end + I',
  (zone) => {
    const policy = new Policy({ ...DEFAULT_RULES, zone });
    const days = new HeldDays(policy);
    // Over both changes of summer time.
    for (let day = policy.zone.dayOf(Date.UTC(2025, 0, 1)); day < policy.zone.dayOf(Date.UTC(2025, 11, 1)); day++) {
      const last = policy.zone.dayEnd(day) + DEFAULT_RULES.invalidation_ms;
      days.advance(last);
      expect(days.holds(day)).toBe(true);
      expect(days.advance(last + 1)).toBe(true);
      expect([days.holds(day), days.holds(day + 1)]).toEqual([false, true]);
      expect(days.advance(last + 2)).toBe(false);
    }
  },
);

test('the watermark may jump over days, and begins anywhere', () => {
  const policy = new Policy(DEFAULT_RULES);
  const days = new HeldDays(policy);
  expect(days.holds(-1_000)).toBe(true);
  const now = Date.UTC(2025, 5, 1);
  days.advance(now);
  expect(days.first).toBe(policy.zone.dayOf(now - DEFAULT_RULES.invalidation_ms));
  days.advance(now + 400 * DAY);
  expect(days.first).toBe(policy.zone.dayOf(now + 400 * DAY - DEFAULT_RULES.invalidation_ms));
});
