/** R11: what one million minor units of a currency are in minor units of the base currency, from an instant until the currency's next rate. */
export interface Rate {
  readonly id: string;
  readonly currency: string;
  readonly from_ms: number;
  readonly base_micro: number;
}

const MICRO = 1_000_000n;

/** The rates of all currencies, by time. The base currency needs none. */
export class RateTable {
  private readonly byCurrency = new Map<string, Rate[]>();

  constructor(
    readonly base_currency: string,
    rates: readonly Rate[],
  ) {
    for (const rate of [...rates].sort((a, b) => a.from_ms - b.from_ms)) {
      const known = this.byCurrency.get(rate.currency);
      if (known === undefined) this.byCurrency.set(rate.currency, [rate]);
      else known.push(rate);
    }
  }

  /** Whether an amount of this currency can be counted at this time. `null` is the base currency. */
  covers(currency: string | null, time_ms: number): boolean {
    return currency === null || currency === this.base_currency || this.rateAt(currency, time_ms) !== null;
  }

  /** The rate valid at a time; null for the base currency and where there is none. */
  rateAt(currency: string | null, time_ms: number): Rate | null {
    if (currency === null || currency === this.base_currency) return null;
    let valid: Rate | null = null;
    for (const rate of this.byCurrency.get(currency) ?? []) {
      if (rate.from_ms > time_ms) break;
      valid = rate;
    }
    return valid;
  }
}

/** Minor units of the base currency; half a unit is rounded up. Without a rate the amount is in the base currency already. */
export const toBase = (amount_minor: number, rate: Rate | null): number =>
  rate === null ? amount_minor : Number((BigInt(amount_minor) * BigInt(rate.base_micro) + MICRO / 2n) / MICRO);
