import { DEFAULT_RULES } from './rules';
import { topicDefinitions } from './topic-definitions';
import { TOPICS } from './topics';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const kept = (topic: string, rules = DEFAULT_RULES): number | undefined =>
  topicDefinitions(rules, { partitions: 4, replication: 1 }).find((definition) => definition.topic === topic)?.retention_ms;

describe('the definitions of the topics', () => {
  it('are of every topic there is', () => {
    const defined = topicDefinitions(DEFAULT_RULES, { partitions: 4, replication: 1 }).map(({ topic }) => topic);
    expect(defined.sort()).toEqual(Object.values(TOPICS).sort());
  });

  it('keep actions for max(W + I, L) + B + 7 d', () => {
    expect(kept(TOPICS.action)).toBe((14 + 3 + 7) * DAY_MS + 3 * HOUR_MS);
    expect(kept(TOPICS.action, { ...DEFAULT_RULES, line_life_ms: 40 * DAY_MS })).toBe((40 + 7) * DAY_MS + 3 * HOUR_MS);
  });

  it('count the longest window of all days, so that a change ahead finds its clicks', () => {
    const changes = [
      { from_day: '2030-01-01', window_ms: 30 * DAY_MS },
      { from_day: '2030-02-01', invalidation_ms: DAY_MS },
    ];
    expect(kept(TOPICS.action, { ...DEFAULT_RULES, changes })).toBe((30 + 3 + 7) * DAY_MS + 3 * HOUR_MS);
  });

  it('keep exposures for as long as their day can be invalidated, where that is longer than 5 d', () => {
    expect(kept(TOPICS.exposure)).toBe(5 * DAY_MS);
    expect(kept(TOPICS.exposure, { ...DEFAULT_RULES, invalidation_ms: 9 * DAY_MS })).toBe(
      9 * DAY_MS + 25 * HOUR_MS + 3 * HOUR_MS,
    );
  });

  it('keep notices for a day: whoever reads them begins at the end', () => {
    expect(kept(TOPICS.notice)).toBe(DAY_MS);
  });

  it('ask for a second copy where one of three may be away', () => {
    const isr = (replication: number): number[] =>
      topicDefinitions(DEFAULT_RULES, { partitions: 1, replication }).map(({ min_isr }) => min_isr);
    expect(new Set(isr(3))).toEqual(new Set([2]));
    expect(new Set(isr(1))).toEqual(new Set([1]));
  });
});
