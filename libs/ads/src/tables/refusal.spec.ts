import { METRICS } from '../metrics';
import { zoneOf } from '../time/zone';
import { refusalOf } from './refusal';
import type { MetricsRequest } from './request';

const zone = zoneOf('Asia/Shanghai');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.UTC(2026, 10, 10, 16);

const request: MetricsRequest = {
  grain: 'merchant',
  window: 'day',
  from_ms: FROM,
  to_ms: FROM + DAY_MS,
  timezone: zone,
  filter: {},
  groupBy: ['merchant_id'],
  metrics: METRICS.map(({ name }) => name),
  basis: 'conversion',
  model: 'last',
};
const code = (part: Partial<MetricsRequest>): string | null => refusalOf({ ...request, ...part }, { zone })?.code ?? null;
const additive = METRICS.filter((metric) => metric.additive).map(({ name }) => name);

test('days of the business zone answer everything', () => {
  expect(code({})).toBeNull();
  expect(code({ to_ms: FROM + 30 * DAY_MS })).toBeNull();
});

test.each<[string, Partial<MetricsRequest>]>([
  ['empty_range', { to_ms: FROM }],
  ['empty_range', { from_ms: FROM + 1, to_ms: FROM + 2 }],
  ['unknown_metric', { metrics: ['sales'] }],
  ['unknown_grain', { grain: 'city' as MetricsRequest['grain'] }],
  ['field_not_in_grain', { groupBy: ['ad_id'] }],
  ['field_not_in_grain', { filter: { item_id: ['1'] } }],
  ['window_not_kept', { grain: 'ad', window: 'minute', metrics: additive }],
  ['too_many_windows', { window: 'minute', to_ms: FROM + 32 * DAY_MS, metrics: additive }],
  ['click_basis_needs_days', { window: 'hour', basis: 'click', metrics: additive }],
  ['click_basis_needs_days', { timezone: zoneOf('UTC'), basis: 'click', metrics: additive, from_ms: FROM - DAY_MS }],
  ['range_not_aligned', { window: 'total', to_ms: FROM + 30_000, metrics: additive }],
  ['range_not_aligned', { window: 'total', grain: 'ad', to_ms: FROM + 60_000, metrics: additive }],
  // Hour rows of Shanghai cannot be cut at Kolkata's midnight, half an hour aside.
  ['zone_not_kept', { grain: 'ad', groupBy: [], timezone: zoneOf('Asia/Kolkata'), to_ms: FROM + 2 * DAY_MS, metrics: additive }],
])('%s: %j', (expected, part) => {
  expect(code(part)).toBe(expected);
});

test('minutes can be cut at any midnight, hours at those a whole number of hours away', () => {
  expect(code({ timezone: zoneOf('Asia/Kolkata'), to_ms: FROM + 2 * DAY_MS, metrics: additive })).toBeNull();
  expect(code({ grain: 'ad', groupBy: [], timezone: zoneOf('UTC'), to_ms: FROM + 2 * DAY_MS, metrics: additive })).toBeNull();
});

describe('R15: distinct users are not summed', () => {
  const users = (part: Partial<MetricsRequest>): string | null => code({ metrics: ['click_uv'], ...part });

  test('over keys', () => {
    expect(users({ groupBy: [] })).toBe('users_not_additive');
    expect(users({ groupBy: [], filter: { merchant_id: ['1', '2'] } })).toBe('users_not_additive');
    expect(users({ groupBy: [], filter: { merchant_id: ['1'] } })).toBeNull();
    expect(users({ grain: 'all', groupBy: [] })).toBeNull();
    expect(users({ grain: 'campaign', groupBy: ['campaign_id'] })).toBe('users_not_additive');
  });

  test('over days', () => {
    expect(users({ window: 'total' })).toBeNull();
    expect(users({ window: 'total', to_ms: FROM + 2 * DAY_MS })).toBe('users_not_additive');
  });

  test('in minutes, hours or another zone', () => {
    expect(users({ window: 'minute' })).toBe('users_not_additive');
    expect(users({ window: 'hour' })).toBe('users_not_additive');
    expect(users({ timezone: zoneOf('UTC'), to_ms: FROM + 2 * DAY_MS })).toBe('users_not_additive');
  });

  test('and the refusal says what to change', () => {
    expect(refusalOf({ ...request, groupBy: [], metrics: ['click_uv'] }, { zone })?.detail).toBe(
      'click_uv counts distinct users per day in Asia/Shanghai and cannot be summed over several merchant_id; group by it or name one.',
    );
  });
});
