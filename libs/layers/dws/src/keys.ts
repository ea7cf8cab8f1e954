import type { DateBasis, Grain, Window } from '@millrace/ads';
import { enlarged } from '@millrace/stream';
import { indexOf } from './window-starts';

/** What a number is about: whose, and how it is credited. */
export interface Key {
  readonly basis: DateBasis;
  readonly model: string;
  readonly grain: Grain;
  /** Values of the grain's path. */
  readonly path: readonly string[];
}

/** In place of a window's index: the key has fewer series than others. */
export const NO_WINDOW = 255;

const FIRST = 64;

/**
 * Keys by number, and the series of each: its rows by one kind of window. Series `key * perKey + i` is that of the i-th
 * window of the key's grain. What is asked for with every fact is in arrays by number, outside the JS heap.
 */
export class Keys {
  /** Bits of `Fact.uv`, by series. */
  uvBits: Int32Array;
  /** `WindowIndex` by series. */
  windows: Uint8Array;
  /**
   * The row of a series that was used last, in the segment that is current: nearly always it is used again. Start of the window
   * and row stand side by side, since they are always asked for together.
   */
  last: Float64Array;
  readonly #keys: Key[] = [];

  constructor(readonly perKey: number) {
    this.uvBits = new Int32Array(FIRST * perKey);
    this.windows = new Uint8Array(FIRST * perKey);
    this.last = new Float64Array(FIRST * perKey * 2).fill(NaN);
  }

  /** Keys known. */
  get count(): number {
    return this.#keys.length;
  }

  make(key: Key): number {
    const number = this.#keys.push(key) - 1;
    if (number * this.perKey >= this.windows.length) this.#grow();
    for (let i = 0; i < this.perKey; i++) {
      const window = key.grain.windows[i];
      this.windows[number * this.perKey + i] = window === undefined ? NO_WINDOW : indexOf(window);
      this.uvBits[number * this.perKey + i] = key.grain.uv_bit;
    }
    return number;
  }

  key(number: number): Key {
    const key = this.#keys[number];
    if (key === undefined) throw new RangeError(`no key ${number}`);
    return key;
  }

  keyOfSeries(series: number): Key {
    return this.key(Math.floor(series / this.perKey));
  }

  windowOf(series: number): Window {
    const window = this.keyOfSeries(series).grain.windows[series % this.perKey];
    if (window === undefined) throw new RangeError(`no series ${series}`);
    return window;
  }

  seriesOf(key: number, window: number): number {
    for (let series = key * this.perKey, end = series + this.perKey; series < end; series++)
      if (this.windows[series] === window) return series;
    throw new RangeError(`grain ${this.key(key).grain.name} has no rows by window ${window}`);
  }

  /** The segments are others from now on. */
  forgetRows(): void {
    this.last.fill(NaN);
  }

  #grow(): void {
    this.uvBits = enlarged(this.uvBits, new Int32Array(this.uvBits.length * 2));
    this.windows = enlarged(this.windows, new Uint8Array(this.windows.length * 2));
    this.last = enlarged(this.last, new Float64Array(this.last.length * 2).fill(NaN));
  }
}
