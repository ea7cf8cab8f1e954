import { DEFAULT_RULES, type RuleChange, type Rules, SHARED_MODELS, zoneOf } from '@millrace/ads';
import { type Case, cases, type History, histories, prove, RULE_SETS, runDwd, rightOrListed } from '@millrace/testkit';
import fc from 'fast-check';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const short = RULE_SETS['short lives, UTC'];
const SETS: readonly Rules[] = [
  { ...short, models: [] },
  { ...short, repeat_within_ms: 2_000 },
  { ...short, zone: 'America/New_York', window_mode: 'calendar' },
  DEFAULT_RULES,
];

/** Whatever may be planned: each period longer and shorter, the other mode, other models. */
const changesOf = (rules: Rules): fc.Arbitrary<Omit<RuleChange, 'from_day'>> =>
  fc.constantFrom<Omit<RuleChange, 'from_day'>>(
    { window_ms: rules.window_ms + DAY },
    { window_ms: 3 * rules.window_ms, invalidation_ms: 3 * rules.invalidation_ms },
    { window_ms: rules.window_ms / 2, repeat_within_ms: 0 },
    { window_mode: rules.window_mode === 'rolling' ? 'calendar' : 'rolling', repeat_within_ms: 10_000 },
    { invalidation_ms: rules.invalidation_ms + 2 * DAY },
    { invalidation_ms: HOUR },
    { models: SHARED_MODELS.map(({ name }) => name) },
    { models: [] },
  );

/** A period must lie ahead by what it grows (D3): here nothing grows by more than three times. */
const growthOf = (before: Rules, change: Omit<RuleChange, 'from_day'>): number => {
  const reachOf = ({ window_ms, invalidation_ms, repeat_within_ms, window_mode }: Rules): number =>
    window_ms + invalidation_ms + repeat_within_ms + (window_mode === 'calendar' ? 2 * DAY : 0);
  return Math.max(0, reachOf({ ...before, ...change }) - reachOf(before));
};

interface Planned extends Case {
  readonly rules: Rules;
  readonly change: Omit<RuleChange, 'from_day'>;
  /** How much of the history comes before the change may be taken up, of 1000. */
  readonly known: number;
}

const planned: fc.Arbitrary<Planned> = fc.constantFrom(...SETS).chain((rules) =>
  fc
    .record({
      one: cases(histories({ rules, delay_in_lateness: 60, moves_across_lives: true })),
      change: changesOf(rules),
      known: fc.integer({ min: 200, max: 1_000 }),
    })
    .map(({ one, change, known }) => ({ ...one, rules, change, known })),
);

/** The change on the first day on which it is accepted when the first `count` events have been seen. */
const changed = (rules: Rules, change: Omit<RuleChange, 'from_day'>, seen: History): Rules => {
  const zone = zoneOf(rules.zone);
  const latest_ms = seen.reduce((latest, { event }) => Math.max(latest, event.event_time), 0);
  return {
    ...rules,
    changes: [...rules.changes, { from_day: zone.dayName(zone.dayOf(latest_ms + growthOf(rules, change)) + 1), ...change }],
  };
};

/** Everything that DWD says, with the record that it says it of. */
const said = ({ history, frame_rows, batch, partitions }: Case, rules: Rules): string[] => {
  const { chain } = runDwd(history, { rules, frame_rows, batch, partitions });
  return ['dwd.fact', 'dwd.late'].flatMap((topic) => chain.frames(topic).map((frame) => JSON.stringify(frame)));
};

/** D3: state made anew from a log under rules with another day ahead says what was said of it, byte for byte. */
it('what is said does not depend on the rules of days to come', () => {
  prove(planned, 300, ({ rules, change, known, ...one }) => {
    const history = one.history.slice(0, Math.ceil((one.history.length * known) / 1000));
    const seen = { ...one, history };
    const [before, after] = [said(seen, rules), said(seen, changed(rules, change, history))];
    return before.flatMap((row, i) => (row === after[i] ? [] : [`${row}\n${String(after[i])}`]));
  });
});

/** R7 under rules that change in mid-stream: whatever is wrong is listed, also where a later rule reaches back further. */
it('what comes late is right or listed, whichever rules begin meanwhile', () => {
  prove(planned, 300, ({ rules, change, known, ...one }) => {
    const history = one.history.slice(0, Math.ceil((one.history.length * known) / 1000));
    return rightOrListed(changed(rules, change, history), one);
  });
});
