import type { StatePart, StateReader } from '@millrace/stream';
import { statePart } from '@millrace/stream';

const WORDS = 3;
const FREE = 0;

/** How many valid events a user has under a key, for one day: exact, open addressing over two interned numbers. */
export class DayCounts {
  private slots = new Uint32Array(1024 * WORDS);
  private mask = 1023;
  private filled = 0;
  /** Rises with every change. */
  private revision = 0;

  /** True when the count leaves 0. */
  up(user: number, key: number): boolean {
    const at = this.slotOf(user, key);
    const count = this.slots[at + 2] ?? 0;
    this.slots[at + 2] = count + 1;
    this.revision++;
    return count === 0;
  }

  /** True when the count returns to 0. Throws when it was 0: an event was taken back that was never put. */
  down(user: number, key: number): boolean {
    const at = this.slotOf(user, key);
    const count = this.slots[at + 2] ?? 0;
    if (count === 0) throw new RangeError(`user ${user} has no event under key ${key}`);
    this.slots[at + 2] = count - 1;
    this.revision++;
    return count === 1;
  }

  get entries(): number {
    return this.filled;
  }
  get bytes(): number {
    return this.slots.byteLength;
  }

  part(name: string): StatePart {
    return statePart(name, this.revision, (to) => to.count(this.revision).count(this.filled).array(this.slots));
  }

  static restored(from: StateReader): DayCounts {
    const counts = new DayCounts();
    counts.revision = from.count();
    counts.filled = from.count();
    counts.slots = from.array(Uint32Array);
    counts.mask = counts.slots.length / WORDS - 1;
    return counts;
  }

  private slotOf(user: number, key: number): number {
    const at = find(this.slots, this.mask, user, key);
    if (this.slots[at] !== FREE) return at;
    if ((this.filled + 1) * 4 > (this.mask + 1) * 3) {
      this.grow();
      return this.slotOf(user, key);
    }
    this.slots[at] = user + 1;
    this.slots[at + 1] = key;
    this.filled++;
    return at;
  }

  private grow(): void {
    const mask = this.mask * 2 + 1;
    const slots = new Uint32Array((mask + 1) * WORDS);
    for (let at = 0; at < this.slots.length; at += WORDS) {
      const user = this.slots[at] ?? FREE;
      if (user === FREE) continue;
      const to = find(slots, mask, user - 1, this.slots[at + 1] ?? 0);
      slots[to] = user;
      slots[to + 1] = this.slots[at + 1] ?? 0;
      slots[to + 2] = this.slots[at + 2] ?? 0;
    }
    this.slots = slots;
    this.mask = mask;
  }
}

const find = (slots: Uint32Array, mask: number, user: number, key: number): number => {
  let hash = Math.imul(user, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
    const at = slot * WORDS;
    if (slots[at] === FREE || (slots[at] === user + 1 && slots[at + 1] === key)) return at;
  }
};
