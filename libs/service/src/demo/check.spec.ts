import type { TrafficTotals } from '@millrace/ads';
import { createTraffic } from '@millrace/ads';
import type { DayAnswer, MerchantDayAnswer } from './answers';
import { check } from './check';

const traffic = createTraffic({ days: 2, lines_per_day: 300, users: 20, merchants: 2 });
for (const _ of traffic);
const truth = traffic.totals();

/** A warehouse that says what it is told to say. */
const warehouse = (merchants: readonly MerchantDayAnswer[]) => ({
  merchants: async (day: number): Promise<MerchantDayAnswer[]> => {
    const name = new Date(day * 86_400_000).toISOString().slice(0, 10);
    return merchants.filter((row) => row.day === name);
  },
});
const asked = (days: readonly object[], merchants: readonly object[], rejected: TrafficTotals['counts']['rejected']) =>
  check(truth, days as DayAnswer[], warehouse(merchants as MerchantDayAnswer[]), rejected as Record<string, number>);
const { days, merchants, counts } = truth;

test('equal in everything', async () => {
  const { equal, of, differences } = await asked(days, merchants, counts.rejected);
  expect(differences).toEqual([]);
  expect(equal).toBe(of);
  expect(of).toBeGreaterThan(100);
});

test('one number of one merchant, one day that is missing, one rejection: each is seen, and named', async () => {
  const [first, ...others] = merchants;
  const wrong = { ...first, metrics: { ...first?.metrics, clicks: (first?.metrics.clicks ?? 0) + 1 } };
  const changed = await asked(days, [wrong, ...others], counts.rejected);
  expect(changed.of - changed.equal).toBe(1);
  expect(changed.differences[0]).toMatch(/^2025-03-03 \S+ clicks: the source says \d+, the warehouse \d+$/);

  const missing = await asked(days.slice(1), merchants, counts.rejected);
  expect(missing.equal).toBeLessThan(missing.of);
  expect(missing.differences.every((line) => line.startsWith('2025-03-03 '))).toBe(true);

  const rejected = await asked(days, merchants, { ...counts.rejected, no_value: 1 });
  expect(rejected.differences).toEqual(['rejected no_value: the source says 0, the warehouse 1']);
});

test('a merchant that only the warehouse knows differs too', async () => {
  const invented = { day: days[0]?.day, merchant_id: 'nobody', metrics: { clicks: 1 } };
  const { differences } = await asked(days, [...merchants, invented], counts.rejected);
  expect(differences).toEqual(['2025-03-03 nobody clicks: the source says 0, the warehouse 1']);
});

test('days of which the source says nothing, live ones say, are no matter', async () => {
  const { equal, of } = await asked([...days, { day: '2030-01-01', metrics: { clicks: 5 } }], merchants, counts.rejected);
  expect(equal).toBe(of);
});
