import { parseDay } from '../time/civil';
import { parseDuration } from '../time/duration';
import { parseRfc3339 } from '../time/rfc3339';
import { zoneOf } from '../time/zone';
import { DEFAULT_RULES } from './rules';
import type { DatedRulesFile, Duration, RateFile, RuleChangeFile, RulesFile } from './rules-file';
import { isDurationInRange } from './rules-schema';

/** What is wrong with a file of rules that has the right shape, each problem beginning with its path. */
export const rulesFileProblems = (file: RulesFile): string[] => [
  ...zoneProblems(file.zone),
  ...rateProblems(file.rates ?? [], file.base_currency ?? DEFAULT_RULES.base_currency),
  ...durationProblems(file, ['lateness', 'line_life', ...DATED_DURATIONS], ''),
  ...changeProblems(file.changes ?? []),
  ...calendarProblems(file),
];

const DATED_DURATIONS = ['window', 'invalidation', 'repeat_within'] as const satisfies readonly (keyof DatedRulesFile)[];
/** Of these, nothing means off. */
const MAY_BE_ZERO = 'repeat_within';
const DAY_MS = 86_400_000;

export const durationOf = (given: Duration): number => (typeof given === 'number' ? given : (parseDuration(given) ?? NaN));
export const instantOf = (given: string | number): number => (typeof given === 'number' ? given : parseRfc3339(given));

const zoneProblems = (zone: string | undefined): string[] => {
  if (zone === undefined) return [];
  try {
    zoneOf(zone);
    return [];
  } catch (error) {
    return [`zone: ${error instanceof Error ? error.message : 'not an IANA time zone'}`];
  }
};

const durationProblems = <Name extends string>(
  given: Readonly<Partial<Record<Name, unknown>>>,
  names: readonly Name[],
  at: string,
): string[] =>
  names.flatMap((name) => {
    const text = given[name];
    if (typeof text !== 'string') return [];
    const ms = durationOf(text);
    if (!isDurationInRange(ms)) return [`${at}${name}: ${text} is longer than ten years`];
    return ms > 0 || name === MAY_BE_ZERO ? [] : [`${at}${name}: expected a duration longer than nothing`];
  });

const rateProblems = (rates: readonly RateFile[], base_currency: string): string[] => {
  const ids = new Set<string>();
  const beginnings = new Set<string>();
  return rates.flatMap(({ id, currency, from }, i) => {
    const problems: string[] = [];
    const from_ms = instantOf(from);
    if (!(from_ms >= 0)) problems.push(`rates[${i}].from: ${JSON.stringify(from)} is no RFC 3339 date-time since 1970`);
    if (currency === base_currency) problems.push(`rates[${i}].currency: ${currency} is the base currency, which needs no rate`);
    if (ids.has(id)) problems.push(`rates[${i}].id: ${JSON.stringify(id)} is given twice`);
    if (beginnings.has(`${currency} ${from_ms}`)) problems.push(`rates[${i}].from: another rate of ${currency} begins then`);
    ids.add(id);
    beginnings.add(`${currency} ${from_ms}`);
    return problems;
  });
};

const changeProblems = (changes: readonly RuleChangeFile[]): string[] => {
  let last = -Infinity;
  return changes.flatMap((change, i) => {
    const at = `changes[${i}].`;
    const problems = durationProblems(change, DATED_DURATIONS, at);
    const day = parseDay(change.from_day);
    if (day === null) problems.push(`${at}from_day: ${JSON.stringify(change.from_day)} is no day of the form YYYY-MM-DD`);
    else if (day <= last) problems.push(`${at}from_day: ${change.from_day} does not follow the change before it`);
    last = day ?? last;
    return problems;
  });
};

/** A calendar window is a number of days, so its length must be one: also where the mode and the length come from different changes. */
const calendarProblems = ({ window, window_mode, changes = [] }: RulesFile): string[] => {
  let mode = window_mode ?? DEFAULT_RULES.window_mode;
  let window_ms = window === undefined ? DEFAULT_RULES.window_ms : durationOf(window);
  const problemAt = (at: string): string[] =>
    mode === 'calendar' && window_ms % DAY_MS !== 0 ? [`${at}window: a calendar window is counted in whole days`] : [];
  return [
    ...problemAt(''),
    ...changes.flatMap((change, i) => {
      if (change.window === undefined && change.window_mode === undefined) return [];
      mode = change.window_mode ?? mode;
      window_ms = change.window === undefined ? window_ms : durationOf(change.window);
      return problemAt(`changes[${i}].`);
    }),
  ];
};
