/** Free slot. References are stored + 1, so that a fresh table is all free. */
const FREE = 0;
const WORDS = 2;

/**
 * Open addressing from the hash of an identity to a click reference. Forgetting is free: entries of dropped segments
 * are recognised as dead and left behind at the next rebuild. The caller verifies a match by the click itself.
 */
export class IdentityIndex {
  private slots: Uint32Array;
  private mask: number;
  private filled = 0;

  constructor(
    private readonly isAlive: (ref: number) => boolean,
    capacity = 4096,
  ) {
    this.slots = new Uint32Array(capacity * WORDS);
    this.mask = capacity - 1;
  }

  /** Calls `matches` for each live reference with this hash until it says true; -1 if none does. */
  find(hash: number, matches: (ref: number) => boolean): number {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const stored = this.slots[slot * WORDS + 1] ?? FREE;
      if (stored === FREE) return -1;
      if (this.slots[slot * WORDS] === hash && this.isAlive(stored - 1) && matches(stored - 1)) return stored - 1;
    }
  }

  add(hash: number, ref: number): void {
    if ((this.filled + 1) * 3 > (this.mask + 1) * 2) this.rebuild();
    this.put(this.slots, this.mask, hash, ref + 1);
    this.filled++;
  }

  /** Leaves dead entries behind, and doubles when the living would fill more than a third. */
  rebuild(): void {
    const old = this.slots;
    let living = 0;
    for (let at = 0; at < old.length; at += WORDS) {
      const stored = old[at + 1] ?? FREE;
      if (stored !== FREE && this.isAlive(stored - 1)) living++;
    }
    let capacity = this.mask + 1;
    while ((living + 1) * 3 > capacity) capacity *= 2;
    const slots = new Uint32Array(capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const stored = old[at + 1] ?? FREE;
      if (stored !== FREE && this.isAlive(stored - 1)) this.put(slots, capacity - 1, old[at] ?? 0, stored);
    }
    this.slots = slots;
    this.mask = capacity - 1;
    this.filled = living;
  }

  get bytes(): number {
    return this.slots.byteLength;
  }

  private put(slots: Uint32Array, mask: number, hash: number, stored: number): void {
    let slot = hash & mask;
    while (slots[slot * WORDS + 1] !== FREE) slot = (slot + 1) & mask;
    slots[slot * WORDS] = hash;
    slots[slot * WORDS + 1] = stored;
  }
}
