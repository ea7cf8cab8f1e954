import { createTraffic, DEFAULT_RULES } from '@millrace/ads';
import type { Delivery, TrafficOptions, TrueMetrics } from '@millrace/ads';
import type { OracleEvent } from './oracle';
import { oracle } from './oracle';

/** The good events of the traffic, in the order in which they arrive. */
const eventsOf = (lines: Iterable<Delivery>): OracleEvent[] =>
  [...lines].flatMap(({ line }) => {
    if (line.includes('"bad-')) return [];
    const event: OracleEvent = JSON.parse(line);
    return [{ ...event, event_time: new Date(event.event_time).getTime() }];
  });

/** Metrics as the oracle's cells of one row. */
const cellsOf = (row: string, metrics: TrueMetrics) =>
  Object.entries(metrics)
    .flatMap(([metric, value]: [string, number | Record<string, number>]): [string, number][] =>
      typeof value === 'number'
        ? [[metric, value]]
        : Object.entries(value).map(([attribution, part]) => [`${metric}|${attribution}`, part]),
    )
    .filter(([, value]) => value !== 0)
    .map(([metric, value]): [string, number] => [`${row}|${metric}`, value]);

const variants: [string, Partial<TrafficOptions>][] = [
  ['seed 1', { seed: 1 }],
  ['seed 2', { seed: 2 }],
  ['seed 3, few users and merchants', { seed: 3, users: 30, merchants: 3 }],
  ['30 days', { seed: 4, days: 30 }],
  [
    'days of 23 and 25 hours',
    { seed: 5, start_ms: Date.UTC(2025, 9, 20, 22), rules: { ...DEFAULT_RULES, zone: 'Europe/Berlin' } },
  ],
  [
    'another window, and every click counted',
    { seed: 6, rules: { ...DEFAULT_RULES, window_ms: 2 * 86_400_000, repeat_within_ms: 0 } },
  ],
];

describe('the traffic’s own totals', () => {
  it.each(variants)('equal the oracle’s answer in every number: %s', (_, options) => {
    const traffic = createTraffic({ lines_per_day: 1_200, users: 400, merchants: 10, ...options });
    const { cells, counts } = oracle(eventsOf(traffic), options.rules);
    const { days, merchants, counts: own } = traffic.totals();

    const expected = new Map([
      ...days.flatMap(({ day, metrics }) => cellsOf(`all|day|${day}`, metrics)),
      ...merchants.flatMap(({ day, merchant_id, metrics }) => cellsOf(`merchant|${merchant_id}|day|${day}`, metrics)),
    ]);
    const found = [...cells].filter(([cell]) => /^(all|merchant\|[^|]*)\|day\|/.test(cell));
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    expect(counts).toMatchObject({
      duplicates: own.duplicates,
      duplicate_conflicts: 0,
      repeated_clicks: own.repeated_clicks,
      invalidated: own.invalidated,
      duplicate_lines: 0,
      orphans: 0,
    });
  });
});
