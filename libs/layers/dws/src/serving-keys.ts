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
  readonly #keys: string[] = [];
  /** By series all of its keys but the day; null: it is not served. */
  readonly #prefixes: (string | null | undefined)[] = [];
  readonly #days = new Map<number, string>();

  constructor(
    readonly partition: number,
    readonly zone: Zone,
    readonly keys: Keys,
  ) {}

  /** Of the row of a series that starts then; null: it is not served. */
  keyOf(series: number, start_ms: number): string | null {
    const prefix = this.#prefixOf(series);
    if (prefix === null) return null;
    if (this.#starts[series] !== start_ms) {
      this.#starts[series] = start_ms;
      this.#keys[series] = prefix + this.#dayName(start_ms);
    }
    return this.#keys[series] ?? null;
  }

  #prefixOf(series: number): string | null {
    const known = this.#prefixes[series];
    if (known !== undefined) return known;
    const { grain, path } = this.keys.keyOfSeries(series);
    const prefix = isServed(this.keys, series) ? servingKey(this.partition, grain.name, path, '') : null;
    while (this.#prefixes.length < series) this.#prefixes.push(undefined);
    this.#prefixes[series] = prefix;
    return prefix;
  }

  #dayName(start_ms: number): string {
    const name = this.#days.get(start_ms) ?? this.zone.dayName(this.zone.dayOf(start_ms));
    this.#days.set(start_ms, name);
    return name;
  }
}
