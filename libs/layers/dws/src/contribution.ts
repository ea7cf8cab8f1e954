import { LAST_TOUCH, type Fact } from '@millrace/ads';
import { ATTRIBUTION_OFFSET, type Addition } from './plan';

/**
 * What one fact adds at one instant: the same to every row it reaches, so it is worked out once per fact, into arrays
 * that are used again. Users are apart, for they differ by grain.
 */
export class Contribution {
  readonly columns: number[] = [];
  readonly values: number[] = [];
  size = 0;
  readonly userColumns: number[] = [];
  readonly userValues: number[] = [];
  users = 0;

  take(additions: readonly Addition[], fact: Fact): void {
    this.size = 0;
    this.users = 0;
    const { sign } = fact;
    for (const addition of additions) {
      if (addition.channel !== null && addition.channel !== fact.channel) continue;
      const column =
        addition.split && fact.attribution !== null ? addition.column + ATTRIBUTION_OFFSET[fact.attribution] : addition.column;
      switch (addition.add) {
        case 'users':
          this.userColumns[this.users] = column;
          this.userValues[this.users++] = addition.sign * sign;
          break;
        case 'count':
          this.#put(column, addition.sign * sign * shareOf(fact));
          break;
        case 'amount':
          this.#put(column, addition.sign * sign * fact.amount_minor);
          break;
      }
    }
  }

  #put(column: number, value: number): void {
    this.columns[this.size] = column;
    this.values[this.size++] = value;
  }
}

/** Models that share a credit count in micro-credits, so that their sums too are exact integers. */
const shareOf = (fact: Fact): number => (fact.attribution === null || fact.model === LAST_TOUCH ? 1 : fact.credit_micro);
