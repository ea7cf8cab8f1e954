import { parseDay } from '../time/civil';
import type { DatedRules, Rules } from './rules';

/** The rules by day (D3). */
export class RuleBook {
  /** Each set of rules with its first local day, ascending; the first has held for ever. */
  readonly pages: readonly { readonly from: number; readonly rules: DatedRules }[];
  /** The longest of each period over all days: how long state is kept, whatever rule an event falls under. */
  readonly longest: { readonly window_ms: number; readonly invalidation_ms: number; readonly repeat_within_ms: number };
  /** Every model that some day keeps. */
  readonly models: readonly string[];

  /** @throws RangeError when the changes are not in ascending order of real days */
  constructor(readonly rules: Rules) {
    const pages: { from: number; rules: DatedRules }[] = [{ from: -Infinity, rules }];
    for (const { from_day, ...changed } of rules.changes) {
      const from = parseDay(from_day);
      const last = pages[pages.length - 1];
      if (from === null) throw new RangeError(`changes: "${from_day}" is no day of the form YYYY-MM-DD`);
      if (last === undefined || from <= last.from)
        throw new RangeError(`changes: ${from_day} does not follow the change before it`);
      pages.push({ from, rules: { ...last.rules, ...changed } });
    }
    this.pages = pages;
    this.longest = {
      window_ms: Math.max(...pages.map((page) => page.rules.window_ms)),
      invalidation_ms: Math.max(...pages.map((page) => page.rules.invalidation_ms)),
      repeat_within_ms: Math.max(...pages.map((page) => page.rules.repeat_within_ms)),
    };
    this.models = [...new Set(pages.flatMap((page) => page.rules.models))];
  }

  /** The rules of a local day, days since 1970-01-01. */
  at(day: number): DatedRules {
    let index = this.pages.length - 1;
    while (index > 0 && (this.pages[index]?.from ?? Infinity) > day) index--;
    return this.pages[index]?.rules ?? this.rules;
  }
}
