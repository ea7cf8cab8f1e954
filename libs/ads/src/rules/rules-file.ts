/** A file of rules as it is written: durations as text or ms, instants as RFC 3339 or ms. What is left out keeps its default. */
export interface RulesFile extends DatedRulesFile {
  readonly zone?: string;
  readonly base_currency?: string;
  readonly rates?: readonly RateFile[];
  readonly lateness?: Duration;
  readonly line_life?: Duration;
  readonly changes?: readonly RuleChangeFile[];
}

export interface DatedRulesFile {
  readonly window?: Duration;
  readonly window_mode?: 'rolling' | 'calendar';
  readonly invalidation?: Duration;
  readonly repeat_within?: Duration;
  readonly models?: readonly string[];
}

export interface RuleChangeFile extends DatedRulesFile {
  readonly from_day: string;
}

export interface RateFile {
  readonly id: string;
  readonly currency: string;
  readonly from: string | number;
  readonly base_micro: number;
}

export type Duration = string | number;
