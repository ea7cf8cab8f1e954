import { LAST_TOUCH, SERVED_GRAINS, servingKey, type Zone } from '@millrace/ads';
import type { Keys } from './keys';
import { DAY_INDEX } from './window-starts';

/** Of served grains the day rows, on their own day and under the default model. */
export const isServed = (keys: Keys, series: number): boolean => {
  if (keys.windows[series] !== DAY_INDEX) return false;
  const { basis, model, grain } = keys.keyOfSeries(series);
  return basis === 'conversion' && model === LAST_TOUCH && SERVED_GRAINS.includes(grain.name);
};

/** Keys of the serving store by series. Nearly always the day is that which was asked for last. */
export class ServingKeys {
  readonly #starts: number[] = [];
  readonly #keys: (string | null)[] = [];

  constructor(
    readonly partition: number,
    readonly zone: Zone,
    readonly keys: Keys,
  ) {}

  /** Of the row of a series that starts then; null: it is not served. */
  keyOf(series: number, start_ms: number): string | null {
    if (this.#starts[series] !== start_ms) {
      this.#starts[series] = start_ms;
      this.#keys[series] = this.#key(series, start_ms);
    }
    return this.#keys[series] ?? null;
  }

  #key(series: number, start_ms: number): string | null {
    if (!isServed(this.keys, series)) return null;
    const { grain, path } = this.keys.keyOfSeries(series);
    return servingKey(this.partition, grain.name, path, this.zone.dayName(this.zone.dayOf(start_ms)));
  }
}
