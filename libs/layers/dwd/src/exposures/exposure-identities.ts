import type { StatePart, StateParts, StateReader, StateStore, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { Stored } from '../stored';
import { hashIdentity } from './identity-hash';

/** Four words of hash, time and cost (low, high), placement, item, state. */
const WORDS = 11;
const TIME = 4;
const COST = 6;
const PLACEMENT = 8;
const ITEM = 9;
const STATE = 10;
const TWO_32 = 0x1_0000_0000;
/** Keeps the high word of negative numbers unsigned. */
const BIAS = 0x8000_0000;

const HELD = 1;
const TAKEN_BACK = 2;

/**
 * Identities of exposures with what an invalidation takes back, 44 bytes each, until they are forgotten by time. Slots of
 * forgotten ones are left behind when the table is rebuilt. Placements and items are the caller's numbers.
 */
export class ExposureIdentities implements StateStore, Stored {
  private slots = new Uint32Array(1024 * WORDS);
  private mask = 1023;
  private filled = 0;
  private horizon_ms = -Infinity;
  /** Rises with every change of the table. */
  private revision = 0;
  private readonly hash = new Uint32Array(4);

  /** Slot of a held identity, or -1. Valid until the next `add`. */
  find(user_id: string, source: string, event_id: string): number {
    hashIdentity(user_id, source, event_id, this.hash);
    const at = this.slotOf(this.slots, this.mask, this.hash, 0);
    return this.isLive(this.slots, at) ? at : -1;
  }

  /** Puts the identity that `find` was last asked for. */
  add(time_ms: number, placement: number, item: number, cost_minor: number, takenBack: boolean): void {
    if ((this.filled + 1) * 3 > (this.mask + 1) * 2) this.rebuild();
    const at = this.slotOf(this.slots, this.mask, this.hash, 0);
    if (this.slots[at + STATE] === 0) this.filled++;
    this.revision++;
    this.slots.set(this.hash, at);
    writeNumber(this.slots, at + TIME, time_ms);
    writeNumber(this.slots, at + COST, cost_minor);
    this.slots[at + PLACEMENT] = placement;
    this.slots[at + ITEM] = item;
    this.slots[at + STATE] = takenBack ? HELD | TAKEN_BACK : HELD;
  }

  timeAt(slot: number): number {
    return readNumber(this.slots, slot + TIME);
  }
  costAt(slot: number): number {
    return readNumber(this.slots, slot + COST);
  }
  placementAt(slot: number): number {
    return this.slots[slot + PLACEMENT] ?? 0;
  }
  itemAt(slot: number): number {
    return this.slots[slot + ITEM] ?? 0;
  }
  isTakenBack(slot: number): boolean {
    return ((this.slots[slot + STATE] ?? 0) & TAKEN_BACK) !== 0;
  }
  takeBack(slot: number): void {
    this.revision++;
    this.slots[slot + STATE] = HELD | TAKEN_BACK;
  }

  forget(time_ms: number): void {
    if (time_ms > this.horizon_ms) this.horizon_ms = time_ms;
  }

  get entries(): number {
    return this.filled;
  }
  get bytes(): number {
    return this.slots.byteLength;
  }

  write(to: StateWriter): void {
    to.number(this.horizon_ms).count(this.filled).count(this.revision);
  }

  parts(prefix: string): StatePart[] {
    return [statePart(prefix, this.revision, (to) => to.array(this.slots))];
  }

  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.horizon_ms = from.number();
    this.filled = from.count();
    this.revision = from.count();
    this.slots = parts.read(prefix).array(Uint32Array);
    this.mask = this.slots.length / WORDS - 1;
  }

  private isLive(slots: Uint32Array, at: number): boolean {
    return slots[at + STATE] !== 0 && readNumber(slots, at + TIME) >= this.horizon_ms;
  }

  /** The slot with this hash, or the free one where it belongs. */
  private slotOf(slots: Uint32Array, mask: number, hash: Uint32Array, from: number): number {
    const [h0, h1, h2, h3] = [hash[from], hash[from + 1], hash[from + 2], hash[from + 3]];
    for (let slot = (h0 ?? 0) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (slots[at + STATE] === 0) return at;
      if (slots[at] === h0 && slots[at + 1] === h1 && slots[at + 2] === h2 && slots[at + 3] === h3) return at;
    }
  }

  private rebuild(): void {
    const old = this.slots;
    let living = 0;
    for (let at = 0; at < old.length; at += WORDS) if (this.isLive(old, at)) living++;
    let capacity = this.mask + 1;
    while ((living + 1) * 3 > capacity) capacity *= 2;
    const slots = new Uint32Array(capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      if (this.isLive(old, at)) slots.set(old.subarray(at, at + WORDS), this.slotOf(slots, capacity - 1, old, at));
    }
    this.slots = slots;
    this.mask = capacity - 1;
    this.filled = living;
  }
}

/** Integers within 2^53 as two words. */
const writeNumber = (words: Uint32Array, at: number, value: number): void => {
  const high = Math.floor(value / TWO_32);
  words[at] = value - high * TWO_32;
  words[at + 1] = high + BIAS;
};
const readNumber = (words: Uint32Array, at: number): number => ((words[at + 1] ?? 0) - BIAS) * TWO_32 + (words[at] ?? 0);
