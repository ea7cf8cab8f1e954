import { schemaProblems } from '../json/schema-problems';
import type { DatedRules, RuleChange, Rules } from './rules';
import type { DatedRulesFile, RulesFile } from './rules-file';
import { durationOf, instantOf, rulesFileProblems } from './rules-file-problems';
import { RULES_SCHEMA } from './rules-schema';

/** Rules to lay over the defaults, or all problems of the file at once, each beginning with its path. */
export type ParsedRules =
  | { readonly rules: Partial<Rules>; readonly problems: readonly [] }
  | { readonly rules: null; readonly problems: readonly string[] };

/** Checks a whole file of rules. Never throws, whatever the JSON. */
export const parseRules = (json: unknown): ParsedRules => {
  const malformed = schemaProblems(json, RULES_SCHEMA, '');
  if (malformed.length > 0) return { rules: null, problems: malformed };
  // The schema has just said so.
  const file = json as RulesFile;
  const problems = rulesFileProblems(file);
  return problems.length > 0 ? { rules: null, problems } : { rules: rulesOf(file), problems: [] };
};

const rulesOf = ({ zone, base_currency, rates, lateness, line_life, changes, ...dated }: RulesFile): Partial<Rules> => ({
  ...given('zone', zone),
  ...given('base_currency', base_currency),
  ...given(
    'rates',
    rates?.map(({ from, ...rate }) => ({ ...rate, from_ms: instantOf(from) })),
  ),
  ...given('lateness_ms', ms(lateness)),
  ...given('line_life_ms', ms(line_life)),
  ...datedOf(dated),
  ...given(
    'changes',
    changes?.map(({ from_day, ...change }): RuleChange => ({ from_day, ...datedOf(change) })),
  ),
});

const datedOf = ({ window, window_mode, invalidation, repeat_within, models }: DatedRulesFile): Partial<DatedRules> => ({
  ...given('window_ms', ms(window)),
  ...given('window_mode', window_mode),
  ...given('invalidation_ms', ms(invalidation)),
  ...given('repeat_within_ms', ms(repeat_within)),
  ...given('models', models),
});

const ms = (duration: string | number | undefined): number | undefined =>
  duration === undefined ? undefined : durationOf(duration);

/** What was left out must not be laid over the defaults as `undefined`. */
const given = <Name extends keyof Rules>(name: Name, value: Rules[Name] | undefined): Partial<Rules> =>
  value === undefined ? {} : { [name]: value };
