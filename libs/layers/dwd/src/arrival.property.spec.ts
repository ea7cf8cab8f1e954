import {
  brokenCredits,
  cases,
  cellsOfFacts,
  differences,
  histories,
  modelsOf,
  negativeCounts,
  oracle,
  oracleOptions,
  prove,
  RULE_SETS,
  runDwd,
} from '@millrace/testkit';

/** Within B the final tables depend on which events happened, not on their order, batches or partitions. */
describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  const all = cases(histories({ rules }));

  it('every cell equals the oracle, in every model', () => {
    prove(all, 400, ({ history, ...cut }) => {
      const { facts } = runDwd(history, { rules, ...cut });
      const log = history.map(({ event }) => event);
      return modelsOf(rules).flatMap((model) =>
        differences(cellsOfFacts(facts, rules.zone, model), oracle(log, oracleOptions(rules, model)).cells).map(
          (cell) => `${model}: ${cell}`,
        ),
      );
    });
  });

  it('signed rows fold to whole credits at every moment', () => {
    prove(all, 100, ({ history, ...cut }) => brokenCredits(runDwd(history, { rules, ...cut, partitions: 1 }).records));
  });

  it('no count is ever below 0 when a record is finished', () => {
    prove(all, 100, ({ history, ...cut }) =>
      modelsOf(rules).flatMap((model) =>
        negativeCounts(runDwd(history, { rules, ...cut, partitions: 1 }).records, { zone: rules.zone, model }),
      ),
    );
  });
});
