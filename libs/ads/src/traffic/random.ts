/**
 * A small seeded generator (sfc32). Integers and correctly rounded divisions only, so that a seed gives the same traffic
 * on every machine: exp, log and pow may differ in the last bit.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = 0x9e3779b9;
    // Similar seeds start from similar states; a dozen rounds drive them apart.
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** An integer of 0 … n-1. */
  below(n: number): number {
    return Math.floor((this.#next() / 2 ** 32) * n);
  }

  /** An integer of lo … hi-1. */
  between(lo: number, hi: number): number {
    return lo + this.below(hi - lo);
  }

  /** True this many times in ten thousand. */
  chance(perTenThousand: number): boolean {
    return this.below(10_000) < perTenThousand;
  }

  /**
   * An integer of lo … hi-1 whose order of magnitude is what is uniform: waiting times, and, as the density falls with
   * 1/k, ranks by Zipf's law.
   */
  skewed(lo: number, hi: number): number {
    let octaves = 0;
    for (let edge = lo; edge < hi; edge *= 2) octaves++;
    for (;;) {
      const edge = lo * 2 ** this.below(octaves);
      const value = edge + this.below(edge);
      if (value < hi) return value;
    }
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from');
    return item;
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
