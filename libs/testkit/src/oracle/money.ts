import type { OracleEvent } from './event';
import type { OracleOptions } from './options';

/** Base-currency minor units for one million minor units of `currency`, from an instant until the currency's next rate. */
export interface Rate {
  readonly id: string;
  readonly currency: string;
  readonly from_ms: number;
  readonly base_micro: number;
}

/** R11: the rate valid at event time; null for the base currency, which needs none. */
export function rateOf(e: OracleEvent, { base_currency, rates }: OracleOptions): Rate | null {
  const currency = e.currency ?? base_currency;
  if (currency === base_currency) return null;
  const valid = rates.filter((rate) => rate.currency === currency && rate.from_ms <= e.event_time);
  const [latest] = valid.sort((a, b) => b.from_ms - a.from_ms);
  if (latest === undefined) throw new Error(`${currency} has no rate at ${e.event_time}: ODS should have rejected ${e.event_id}`);
  return latest;
}

// Choice: half a minor unit is rounded up.
export const toBase = (minor: number, rate: Rate | null): number =>
  rate === null ? minor : Number((BigInt(minor) * BigInt(rate.base_micro) + 500_000n) / 1_000_000n);
