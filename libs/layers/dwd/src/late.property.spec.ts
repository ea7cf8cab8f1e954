import { cases, histories, listedBy, prove, rightOrListed, RULE_SETS, runDwd } from '@millrace/testkit';
import fc from 'fast-check';

/**
 * R7: events later than B may leave the stream's numbers wrong, but never unsaid. Where the late lane lists nothing, every
 * cell equals the oracle; so working out again what it lists, and only that, gives the oracle's answer.
 */
describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  it.each([
    ['a little later than B', 3],
    ['days later', 40],
    ['later than the state is held', 160],
  ])('what comes %s is right or listed', (_delay, delay_in_lateness) => {
    const all = cases(histories({ rules, delay_in_lateness, moves_across_lives: true }));
    prove(all, 150, (each) => rightOrListed(rules, each));
  });
});

it('the lane does not simply list everything', () => {
  const rules = RULE_SETS.default;
  const sample = fc.sample(histories({ rules, delay_in_lateness: 3 }), { numRuns: 100, seed: 1 });
  const facts = sample.flatMap((history) => {
    const { facts, late } = runDwd(history, { rules });
    const listed = listedBy(
      late,
      history.map(({ event }) => event),
      rules,
    );
    return facts.map((fact) => listed.fact(fact));
  });
  expect(facts.filter((isListed) => isListed).length).toBeLessThan((facts.length * 2) / 3);
});
