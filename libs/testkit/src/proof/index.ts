export { differences, modelsOf, oracleOptions } from './differences';
export { odsRow } from './rows';
export { RULE_SETS } from './rule-sets';
export { type DwdRun, runDwd, type RunOptions } from './run-dwd';
export { brokenCredits } from './standing-credits';
export { negativeCounts } from './negative-counts';
export { type Case, cases, prove } from './prove';
export { type Listed, listedBy } from './late-lane';
export { equalsOracle, type Law, noNegativeCounts, rightOrListed, wholeCredits } from './laws';
