import type { Rules } from '@millrace/ads';
import { cellsOfFacts } from '../fold';
import { oracle } from '../oracle';
import { differences, modelsOf, oracleOptions } from './differences';
import { listedBy } from './late-lane';
import { negativeCounts } from './negative-counts';
import type { Case } from './prove';
import { runDwd } from './run-dwd';
import { brokenCredits } from './standing-credits';

/** What is proven of every case: the objections to it in words, none where the law holds. */
export type Law = (rules: Rules, each: Case) => readonly string[];

const DAY_MS = 86_400_000;

/** Within B, every cell of every grain equals the oracle, whatever the order of arrival. */
export const equalsOracle: Law = (rules, { history, ...cut }) => {
  const { facts } = runDwd(history, { rules, ...cut });
  const log = history.map(({ event }) => event);
  return modelsOf(rules).flatMap((model) =>
    differences(cellsOfFacts(facts, rules.zone, model), oracle(log, oracleOptions(rules, model)).cells).map(
      (cell) => `${model}: ${cell}`,
    ),
  );
};

/** Signed rows fold to whole credits at every moment. */
export const wholeCredits: Law = (rules, { history, ...cut }) =>
  brokenCredits(runDwd(history, { rules, ...cut, partitions: 1 }).records);

/** No count is below 0 when a record is finished. */
export const noNegativeCounts: Law = (rules, { history, ...cut }) => {
  const { records } = runDwd(history, { rules, ...cut, partitions: 1 });
  return modelsOf(rules).flatMap((model) => negativeCounts(records, { zone: rules.zone, model }));
};

/** R7: where the late lane lists nothing every cell equals the oracle, however late things came. */
export const rightOrListed: Law = (rules, { history, ...cut }) => {
  const log = history.map(({ event }) => event);
  const finish_ms = Math.max(...history.map(({ deliver_ms }) => deliver_ms)) + 90 * DAY_MS;
  const { facts, late } = runDwd(history, { rules, ...cut, finish_ms });
  const listed = listedBy(late, log, rules);
  const unlisted = facts.filter((fact) => !listed.fact(fact));
  return modelsOf(rules).flatMap((model) => {
    // An invalidation later than I is listed as well, so what is not listed has none.
    const atAnyTime = { invalidation_ms: Infinity };
    const changes = rules.changes.map((change) => ({ ...change, ...atAnyTime }));
    const options = { ...oracleOptions(rules, model), ...atAnyTime, changes };
    const should = oracle(log, options, (event) => !listed.event(event)).cells;
    return differences(cellsOfFacts(unlisted, rules.zone, model), should).map((cell) => `${model}: ${cell}`);
  });
};
