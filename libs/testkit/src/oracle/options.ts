import type { Rate } from './money';

/** The constants of semantics.md as far as the ideal answer depends on them: B is about state, which the oracle never forgets. */
export interface OracleOptions extends OptionsOfADay {
  /** Z. */
  readonly zone: string;
  /** L. */
  readonly line_life_ms: number;
  /** R4. Effect counts are conversions for `last`, micro-credits for every other model. */
  readonly model: Model;
  readonly base_currency: string;
  readonly rates: readonly Rate[];
  /** Adds cells for the minute and hour windows of the grains that have them. */
  readonly fine_windows: boolean;
  /** D3: what holds from the beginning of a local day on; ascending by day. */
  readonly changes: readonly ({ readonly from_day: string } & Partial<OptionsOfADay>)[];
}

/** What may be otherwise from some day on. */
export interface OptionsOfADay {
  /** W. */
  readonly window_ms: number;
  readonly window_mode: 'rolling' | 'calendar';
  /** I. `Infinity`: what the correction run makes of late invalidations (vector 16). */
  readonly invalidation_ms: number;
  /** R8; 0 switches the rule off. */
  readonly repeat_within_ms: number;
  /** The models besides `last` by which conversions of the day are counted. */
  readonly models: readonly string[];
}

/** What holds on a local day, `YYYY-MM-DD`. */
export const optionsOn = (day: string, options: OracleOptions): OptionsOfADay =>
  options.changes
    .filter(({ from_day }) => from_day <= day)
    .reduce<OptionsOfADay>((before, change) => ({ ...before, ...change }), options);

export type Model = 'last' | 'first' | 'linear' | 'time_decay' | 'position_based';

const DAY_MS = 86_400_000;

export const ORACLE_DEFAULTS: OracleOptions = {
  zone: 'Asia/Shanghai',
  window_ms: 14 * DAY_MS,
  window_mode: 'rolling',
  invalidation_ms: 3 * DAY_MS,
  line_life_ms: 15 * DAY_MS,
  repeat_within_ms: 2_000,
  model: 'last',
  base_currency: 'CNY',
  rates: [],
  fine_windows: false,
  models: ['first', 'linear', 'time_decay', 'position_based'],
  changes: [],
};
