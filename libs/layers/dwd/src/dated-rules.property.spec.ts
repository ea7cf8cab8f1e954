import { DEFAULT_RULES, type Rules } from '@millrace/ads';
import {
  cases,
  cellsOfFacts,
  differences,
  HISTORY_DEFAULTS,
  histories,
  oracle,
  oracleOptions,
  prove,
  runDwd,
} from '@millrace/testkit';
import fc from 'fast-check';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Histories play around this day: the 20th of their world. */
const MIDDLE = HISTORY_DEFAULTS.around_ms + 20 * DAY;
const dayAfter = (days: number): string => new Date(MIDDLE + days * DAY).toISOString().slice(0, 10);

/** Every rule changes in mid-stream, to and fro, one by one and several at once. */
const rules: Rules = {
  ...DEFAULT_RULES,
  window_ms: 3 * DAY,
  models: ['first', 'linear', 'time_decay', 'position_based'],
  changes: [
    { from_day: dayAfter(-2), window_ms: 14 * DAY },
    { from_day: dayAfter(0), window_mode: 'calendar', repeat_within_ms: 0 },
    { from_day: dayAfter(1), window_ms: DAY, invalidation_ms: DAY },
    { from_day: dayAfter(2), repeat_within_ms: 500, models: ['linear'] },
    { from_day: dayAfter(4), window_mode: 'rolling', invalidation_ms: 4 * DAY, models: [] },
    { from_day: dayAfter(10), window_ms: 14 * DAY, repeat_within_ms: 2_000, models: ['first', 'linear'] },
  ],
};
/** Times at the boundaries of each of these rules. */
const boundaries: readonly Partial<Rules>[] = [
  {},
  { window_ms: 14 * DAY },
  { window_ms: DAY, invalidation_ms: DAY, repeat_within_ms: 500 },
  { invalidation_ms: 4 * DAY },
];

/** D3: whatever changes when, every conversion, click and exposure follows the rules of its day, in any order of arrival. */
describe.each(['Asia/Shanghai', 'America/New_York'])('rules that change from day to day, in %s', (zone) => {
  const dated = { ...rules, zone };
  const all = cases(fc.oneof(...boundaries.map((at) => histories({ rules: { ...dated, ...at } }))));

  it.each(['last', 'first', 'linear'] as const)('every cell equals the oracle, by model %s', (model) => {
    prove(all, 150, ({ history, ...cut }) => {
      const { facts } = runDwd(history, { rules: dated, ...cut });
      const log = history.map(({ event }) => event);
      return differences(cellsOfFacts(facts, zone, model), oracle(log, oracleOptions(dated, model)).cells);
    });
  });
});
