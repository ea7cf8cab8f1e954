import fc from 'fast-check';
import {
  cases,
  cellsOfFacts,
  differences,
  histories,
  listedBy,
  modelsOf,
  oracle,
  oracleOptions,
  prove,
  RULE_SETS,
  runDwd,
} from '@millrace/testkit';

const DAY_MS = 86_400_000;

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
    prove(cases(histories({ rules, delay_in_lateness, moves_across_lives: true })), 150, ({ history, ...cut }) => {
      const log = history.map(({ event }) => event);
      const finish_ms = Math.max(...history.map(({ deliver_ms }) => deliver_ms)) + 90 * DAY_MS;
      const { facts, late } = runDwd(history, { rules, ...cut, finish_ms });
      const listed = listedBy(late, log, rules);
      const unlisted = facts.filter((fact) => !listed.fact(fact));
      return modelsOf(rules).flatMap((model) => {
        // An invalidation later than I is listed as well, so what is not listed has none.
        const options = { ...oracleOptions(rules, model), invalidation_ms: Infinity };
        const should = oracle(log, options, (event) => !listed.event(event)).cells;
        return differences(cellsOfFacts(unlisted, rules.zone, model), should).map((cell) => `${model}: ${cell}`);
      });
    });
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
