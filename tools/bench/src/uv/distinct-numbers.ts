/** The judge: a set of whole numbers below 2^52, in open addressing. */
export class DistinctNumbers {
  #slots = new Float64Array(1 << 20).fill(-1);
  size = 0;

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** @returns whether it was new */
  add(number: number): boolean {
    if (this.size * 2 > this.#slots.length) this.#grow();
    const slot = this.#slotOf(number);
    if (this.#slots[slot] === number) return false;
    this.#slots[slot] = number;
    this.size++;
    return true;
  }

  #slotOf(number: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(number % 2 ** 32, 0x9e3779b1) ^ Math.imul(Math.floor(number / 2 ** 32) + 1, 0x85ebca6b)) >>> 0;
    for (slot = (slot ^ (slot >>> 15)) & mask; this.#slots[slot] !== -1 && this.#slots[slot] !== number;)
      slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2).fill(-1);
    for (const number of before) if (number !== -1) this.#slots[this.#slotOf(number)] = number;
  }
}
