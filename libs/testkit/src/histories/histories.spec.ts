import { DEFAULT_RULES } from '@millrace/ads';
import fc from 'fast-check';
import { oracle } from '../oracle';
import type { OracleAnswer, OracleEvent } from '../oracle';
import type { History } from './history';
import { asVector, histories, rearranged } from './history';

const { lateness_ms: B, window_ms: W } = DEFAULT_RULES;
const logOf = (history: History): OracleEvent[] => history.map(({ event }) => event);

describe('histories', () => {
  it('are in log order, and nothing in them is late', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        let latest = -Infinity;
        let previous = -Infinity;
        for (const { event, deliver_ms } of history) {
          expect(deliver_ms).toBeGreaterThanOrEqual(previous);
          expect(event.event_time).toBeGreaterThanOrEqual(latest - B);
          expect(event.event_time).toBeLessThanOrEqual(deliver_ms);
          latest = Math.max(latest, event.event_time);
          previous = deliver_ms;
        }
      }),
    );
  });

  it('have late events only when asked for', () => {
    const isLate = (history: History) => history.some(({ event, deliver_ms }) => deliver_ms > event.event_time + B);
    expect(fc.sample(histories(), { numRuns: 300, seed: 1 }).some(isLate)).toBe(false);
    expect(fc.sample(histories({ delay_in_lateness: 3 }), { numRuns: 300, seed: 1 }).some(isLate)).toBe(true);
  });

  it('have one answer in every order of arrival', () => {
    const two = histories().chain((history) => fc.tuple(fc.constant(history), rearranged(history, B)));
    fc.assert(
      fc.property(two, ([one, other]) => {
        expect(Object.fromEntries(oracle(logOf(other)).cells)).toEqual(Object.fromEntries(oracle(logOf(one)).cells));
      }),
    );
  });

  it('print as vectors', () => {
    const [history = []] = fc.sample(histories(), { numRuns: 1, seed: 3 });
    expect(asVector(history).split('\n')).toHaveLength(history.length);
  });
});

/** What the proof needs to meet often enough, each in at least 1 of 50 histories. */
const circumstances: Record<string, (answer: OracleAnswer, log: readonly OracleEvent[]) => boolean> = {
  'a direct credit': ({ conversions }) => conversions.some((v) => v.credits[0]?.attribution === 'direct'),
  'an indirect credit': ({ conversions }) => conversions.some((v) => v.credits[0]?.attribution === 'indirect'),
  'a click exactly W before its conversion': ({ conversions }) =>
    conversions.some(({ event, credits: [credit] }) => credit?.click?.event_time === event.event_time - W),
  'a click in the ms of its conversion': ({ conversions }) =>
    conversions.some(({ event, credits: [credit] }) => credit?.click?.event_time === event.event_time),
  'a credit across midnight': ({ conversions }) =>
    conversions.some(
      ({ event, credits: [credit] }) =>
        credit?.attribution === 'indirect' &&
        credit.click?.item_id === event.item_id &&
        credit.click?.event_time !== undefined &&
        credit.click.event_time > event.event_time - 24 * 3_600_000,
    ),
  'a payment that inherits': ({ conversions }) =>
    conversions.some((v) => v.kind === 'payment' && !v.orphan && v.credits[0]?.click),
  'an orphan': ({ counts }) => counts.orphans > 0,
  'a cancelled line': ({ conversions }) => conversions.some((v) => v.kind === 'cancel'),
  'a refund above its payment': ({ conversions }) => conversions.some((v) => v.kind === 'refund' && v.amount > 0 && v.excess > 0),
  'a repeated click': ({ counts }) => counts.repeated_clicks > 0,
  'an invalidated click or exposure': ({ counts }) => counts.invalidated > 0,
  'a duplicate': ({ counts }) => counts.duplicates > 0,
  'a replaced version': ({ counts }) => counts.replaced_versions > 0,
  'a duplicate line': ({ counts }) => counts.duplicate_lines > 0,
  'a winner that is invalidated and leaves the credit to another click': (answer, log) => {
    const without = oracle(log.filter((e) => e.type !== 'invalidate'));
    const winner = ({ conversions }: OracleAnswer) =>
      new Map(
        conversions.map((v) => [
          JSON.stringify([v.kind, v.event.user_id, v.event.source, v.event.event_id]),
          v.credits[0]?.click,
        ]),
      );
    const now = winner(answer);
    return [...winner(without)].some(([v, click]) => click && now.get(v) && now.get(v)?.event_id !== click.event_id);
  },
  'an invalidation that comes too late': (answer, log) =>
    oracle(log, { invalidation_ms: Infinity }).counts.invalidated > answer.counts.invalidated,
};

describe('histories meet', () => {
  const sample = fc.sample(histories(), { numRuns: 600, seed: 7 }).map((history) => {
    const log = logOf(history);
    return { log, answer: oracle(log) };
  });

  it.each(Object.keys(circumstances))('%s', (name) => {
    const met = sample.filter(({ log, answer }) => circumstances[name]?.(answer, log)).length;
    expect(met).toBeGreaterThanOrEqual(sample.length / 50);
  });
});
