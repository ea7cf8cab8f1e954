import { compileValidator, isRejection } from '../events';
import { BAD_RECORDS } from './bad-records';
import type { Delivery } from './courier';
import { liveTraffic } from './live';
import { TRAFFIC_DEFAULTS } from './options';
import { createTraffic } from './traffic';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const B = TRAFFIC_DEFAULTS.rules.lateness_ms;

const small = { lines_per_day: 2_000, users: 600, merchants: 20 };

interface Read extends Delivery {
  readonly event: { readonly event_time: number; readonly type: string; readonly event_id: string };
}
/** The good events among the lines. */
const read = (lines: readonly Delivery[]): Read[] =>
  lines.flatMap((delivery) => {
    if (delivery.line.includes('"bad-') || !delivery.line.endsWith('}')) return [];
    const event = JSON.parse(delivery.line);
    return [{ ...delivery, event: { ...event, event_time: new Date(event.event_time).getTime() } }];
  });

function reasonOf(line: string, validate: (input: unknown) => object): string | null {
  let input: unknown;
  try {
    input = JSON.parse(line);
  } catch {
    return 'not_json';
  }
  const result = validate(input);
  return isRejection(result) ? result.reason : null;
}

describe('traffic', () => {
  const traffic = createTraffic(small);
  const lines = [...traffic];
  const events = read(lines);
  const { counts, days, merchants, total } = traffic.totals();

  it('is the same for the same seed, and another for another', () => {
    const again = createTraffic(small);
    expect([...again]).toEqual(lines);
    expect(again.totals()).toEqual(traffic.totals());
    expect([...createTraffic({ ...small, seed: 2 })]).not.toEqual(lines);
  });

  it('has about the size that was asked for', () => {
    expect(lines.length / 14).toBeGreaterThan(0.9 * small.lines_per_day);
    expect(lines.length / 14).toBeLessThan(1.1 * small.lines_per_day);
    expect(days).toHaveLength(14);
  });

  it('counts its lines: each is an event, a duplicate or a bad record', () => {
    const rejected = Object.values(counts.rejected).reduce((sum, n) => sum + n, 0);
    expect(counts.lines).toBe(lines.length);
    expect(counts.lines).toBe(counts.events + counts.duplicates + rejected);
    expect(new Set(events.map(({ line }) => line)).size).toBe(counts.events);
    expect(events.length).toBe(counts.events + counts.duplicates);
  });

  it('has every step of the funnel, and every attribution', () => {
    const types = new Set(events.map(({ event }) => event.type));
    expect([...types].sort()).toEqual(['cancel', 'click', 'exposure', 'invalidate', 'message', 'order', 'payment', 'refund']);
    expect(total.exposures).toBeGreaterThan(total.clicks);
    for (const metric of ['messages', 'private_messages', 'orders', 'net_orders', 'payments', 'gmv', 'refund_amount'] as const) {
      expect(Math.min(...Object.values(total[metric]))).toBeGreaterThan(0);
    }
  });

  it('writes event times as integers and as RFC 3339', () => {
    const times = lines.map(({ line }) => line);
    expect(times.some((line) => /"event_time":\d{13}[,}]/.test(line))).toBe(true);
    expect(times.some((line) => /"event_time":"[^"]+Z"/.test(line))).toBe(true);
    expect(times.some((line) => /"event_time":"[^"]+\+08:00"/.test(line))).toBe(true);
  });

  it('delivers in order, and every record within B or at least 2 B late', () => {
    let late = 0;
    let previous = -Infinity;
    for (const { deliver_ms, event } of events) {
      expect(deliver_ms).toBeGreaterThanOrEqual(previous);
      previous = deliver_ms;
      const delay = deliver_ms - event.event_time;
      expect(delay).toBeGreaterThanOrEqual(0);
      if (delay <= B) continue;
      late++;
      expect(delay).toBeGreaterThanOrEqual(2 * B);
      expect(['exposure', 'click']).toContain(event.type);
    }
    expect(late).toBe(counts.late);
  });

  it('is disordered within B, one user’s events too', () => {
    let latest = 0;
    let behind = 0;
    for (const { event } of events) {
      if (event.event_time < latest) behind++;
      latest = Math.max(latest, event.event_time);
    }
    expect(behind).toBeGreaterThan(events.length / 8);
  });

  it.each([
    ['duplicates', 0.01],
    ['late', 0.002],
    ['repeated_clicks', 0.003],
    ['invalidated', 0.004],
  ] as const)('has %s in a known proportion', (what, share) => {
    expect(counts[what] / counts.events).toBeGreaterThan(share / 2);
    expect(counts[what] / counts.events).toBeLessThan(share * 2);
  });

  it('has bad records of every kind, in turns', () => {
    const each = BAD_RECORDS.map(({ reason }) => counts.rejected[reason] ?? 0);
    expect(Math.min(...each)).toBeGreaterThan(0);
    expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
  });

  it('is read by the validator as the counts say', () => {
    const validate = compileValidator({ base_currency: TRAFFIC_DEFAULTS.rules.base_currency });
    const found: Record<string, number> = {};
    for (const { line, deliver_ms } of lines) {
      const reason = reasonOf(line, (input) => validate(input, deliver_ms));
      if (reason !== null) found[reason] = (found[reason] ?? 0) + 1;
    }
    expect(found).toEqual(counts.rejected);
  });

  it('has totals that add up: the days and the merchants of a day', () => {
    const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(days.map(({ metrics }) => metrics.cost))).toBe(total.cost);
    for (const { day, metrics } of days) {
      const ofDay = merchants.filter((row) => row.day === day);
      expect(sum(ofDay.map((row) => row.metrics.gmv.direct))).toBe(metrics.gmv.direct);
      expect(sum(ofDay.map((row) => row.metrics.exposures))).toBe(metrics.exposures);
    }
  });
});

describe('live traffic', () => {
  it('gives what has arrived, once, and runs on', () => {
    const start_ms = TRAFFIC_DEFAULTS.start_ms;
    const live = liveTraffic({ ...small, start_ms, id_prefix: 'live-' });
    expect(live.due(start_ms - 1)).toEqual([]);
    const first = live.due(start_ms + DAY);
    expect(live.due(start_ms + DAY)).toEqual([]);
    const second = live.due(start_ms + 40 * DAY);
    expect(first.length).toBeGreaterThan(0);
    expect(second.length).toBeGreaterThan(30 * first.length);
    expect([...first, ...second].join('')).not.toContain('"event_id":"0"');
  });
});
