import { cases, equalsOracle, histories, noNegativeCounts, prove, RULE_SETS, wholeCredits } from '@millrace/testkit';

/** Within B the final tables depend on which events happened, not on their order of arrival, batches or partitions. */
describe.each(Object.entries(RULE_SETS))('rules: %s', (_name, rules) => {
  const all = cases(histories({ rules }));

  it('every cell equals the oracle, in every model', () => prove(all, 400, (each) => equalsOracle(rules, each)));
  it('signed rows fold to whole credits at every moment', () => prove(all, 100, (each) => wholeCredits(rules, each)));
  it('no count is below 0 when a record is finished', () => prove(all, 100, (each) => noNegativeCounts(rules, each)));
});
