import { LAST_TOUCH, SERVED_GRAINS, servingKey } from '@millrace/ads';
import type { Keys } from './keys';
import { DAY_INDEX } from './window-starts';

/** Of served grains the day rows, on their own day and under the default model. */
export const isServed = (keys: Keys, series: number): boolean => {
  if (keys.windows[series] !== DAY_INDEX) return false;
  const { basis, model, grain } = keys.keyOfSeries(series);
  return basis === 'conversion' && model === LAST_TOUCH && SERVED_GRAINS.includes(grain.name);
};

/** Keys of the serving store by series, without their day, which comes last. */
export class ServingKeys {
  readonly #prefixes: (string | null | undefined)[] = [];

  constructor(
    readonly partition: number,
    readonly keys: Keys,
  ) {}

  /** Null: rows of the series are not served. */
  prefixOf(series: number): string | null {
    const known = this.#prefixes[series];
    return known === undefined ? (this.#prefixes[series] = this.#prefix(series)) : known;
  }

  #prefix(series: number): string | null {
    const { grain, path } = this.keys.keyOfSeries(series);
    return isServed(this.keys, series) ? servingKey(this.partition, grain.name, path, '') : null;
  }
}
