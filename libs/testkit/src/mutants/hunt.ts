import type { Rules } from '@millrace/ads';
import { type Case, cases, equalsOracle, histories, type Law, rightOrListed, RULE_SETS } from '@millrace/testkit';
import fc from 'fast-check';

/** Looks for a history on which the build at hand is wrong, and says by which law; nothing, if it finds none. */

const ROUNDS = 15;
const HISTORIES_A_ROUND = 20;

/** One model that shares is as good as all of them, and judged sooner. */
const RULES: readonly (readonly [string, Rules])[] = Object.entries(RULE_SETS).map(([name, rules]) => [
  name,
  { ...rules, models: rules.models.slice(0, 1) },
]);
const LAWS: readonly (readonly [string, Law, { readonly delay_in_lateness: number }])[] = [
  ['equals the oracle', equalsOracle, { delay_in_lateness: 1 }],
  ['is right or listed', rightOrListed, { delay_in_lateness: 40 }],
];

function hunt(): string {
  for (let round = 0; round < ROUNDS; round++) {
    for (const [set, rules] of RULES) {
      for (const [name, law, options] of LAWS) {
        const sample = fc.sample(cases(histories({ rules, ...options })), { numRuns: HISTORIES_A_ROUND, seed: round });
        const n = sample.findIndex((each) => isWrong(law, rules, each));
        if (n >= 0) return `"${name}", rules "${set}", history ${round * HISTORIES_A_ROUND + n + 1}`;
      }
    }
  }
  return '';
}

/** A mutant may also fall over. */
function isWrong(law: Law, rules: Rules, each: Case): boolean {
  try {
    return law(rules, each).length > 0;
  } catch {
    return true;
  }
}

process.stdout.write(hunt());
