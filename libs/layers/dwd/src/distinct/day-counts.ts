import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { rangeName, rangesOf } from '../columns/ranges';

const FREE = 0;
const FIRST_CAPACITY = 1024;
/** Counts of one part of a snapshot: 2 ** 16. */
const CHUNK_BITS = 16;
/** Counts from here on stand beside. */
const BESIDE = 0xff;

/**
 * How many valid events a user has under a key, for one day: exact. Pairs of interned numbers in the order in which they came, their
 * counts in a column apart, and open addressing that finds them. So a snapshot writes a pair once, and a byte for each of its counts.
 */
export class DayCounts {
  private pairs = new Uint32Array(FIRST_CAPACITY);
  private counts = new Uint8Array(FIRST_CAPACITY / 2);
  private readonly beside = new Map<number, number>();
  /** Entry + 1. */
  private slots = new Uint32Array(FIRST_CAPACITY);
  private filled = 0;
  /** By chunk of counts, how often they changed. */
  private readonly revisions: number[] = [];

  /** True when the count leaves 0. */
  up(user: number, key: number): boolean {
    const entry = this.entryOf(user, key);
    const count = this.countAt(entry);
    this.setCount(entry, count + 1);
    return count === 0;
  }

  /** True when the count returns to 0. Throws when it was 0: an event was taken back that was never put. */
  down(user: number, key: number): boolean {
    const entry = this.entryOf(user, key);
    const count = this.countAt(entry);
    if (count === 0) throw new RangeError(`user ${user} has no event under key ${key}`);
    this.setCount(entry, count - 1);
    return count === 1;
  }

  get entries(): number {
    return this.filled;
  }
  get bytes(): number {
    return this.pairs.byteLength + this.counts.byteLength + this.slots.byteLength;
  }

  /** No more are expected for now. */
  trim(): void {
    this.resize(this.filled);
  }

  write(to: StateWriter): void {
    to.count(this.filled).array(Float64Array.from(this.revisions)).value([...this.beside]);
  }

  parts(prefix: string): StatePart[] {
    const pairs = rangesOf(this.filled).map((range) =>
      statePart(`${prefix}.${rangeName(range)}`, 0, (to) => to.frozen(this.pairs.subarray(range.from * 2, range.end * 2))),
    );
    const counts = this.revisions.map((revision, chunk) =>
      statePart(`${prefix}.counts.${chunk}`, revision, (to) =>
        to.array(this.counts.subarray(chunk << CHUNK_BITS, Math.min(this.filled, (chunk + 1) << CHUNK_BITS))),
      ),
    );
    return [...pairs, ...counts];
  }

  restore(from: StateReader, prefix: string, parts: StateParts): void {
    const filled = from.count();
    this.resize(filled);
    this.filled = filled;
    for (const revision of from.array(Float64Array)) this.revisions.push(revision);
    for (const [entry, count] of from.value() as [number, number][]) this.beside.set(entry, count);
    for (const range of rangesOf(filled)) this.pairs.set(parts.read(`${prefix}.${rangeName(range)}`).array(Uint32Array), range.from * 2);
    for (let chunk = 0; chunk < this.revisions.length; chunk++)
      this.counts.set(parts.read(`${prefix}.counts.${chunk}`).array(Uint8Array), chunk << CHUNK_BITS);
    let capacity = FIRST_CAPACITY;
    while (isTooFull(filled, capacity)) capacity *= 2;
    this.rehash(capacity);
  }

  restoreLayout1(from: StateReader): void {
    from.count();
    from.count();
    const words = from.array(Uint32Array);
    for (let at = 0; at < words.length; at += 3)
      if (words[at] !== FREE) this.setCount(this.entryOf((words[at] ?? 0) - 1, words[at + 1] ?? 0), words[at + 2] ?? 0);
  }

  private countAt(entry: number): number {
    const count = this.counts[entry] ?? 0;
    return count === BESIDE ? (this.beside.get(entry) ?? 0) : count;
  }

  private setCount(entry: number, count: number): void {
    this.counts[entry] = Math.min(count, BESIDE);
    if (count >= BESIDE) this.beside.set(entry, count);
    else if (count === BESIDE - 1) this.beside.delete(entry);
    const chunk = entry >>> CHUNK_BITS;
    this.revisions[chunk] = (this.revisions[chunk] ?? 0) + 1;
  }

  private entryOf(user: number, key: number): number {
    const { pairs, slots } = this;
    const mask = slots.length - 1;
    for (let slot = hashOf(user, key) & mask; ; slot = (slot + 1) & mask) {
      const entry = (slots[slot] ?? FREE) - 1;
      if (entry < 0) return this.insert(user, key, slot);
      if (pairs[entry * 2] === user && pairs[entry * 2 + 1] === key) return entry;
    }
  }

  private insert(user: number, key: number, slot: number): number {
    const entry = this.filled++;
    if (entry >= this.counts.length) this.resize(Math.max(FIRST_CAPACITY / 2, this.counts.length + (this.counts.length >>> 1)));
    this.pairs[entry * 2] = user;
    this.pairs[entry * 2 + 1] = key;
    this.slots[slot] = entry + 1;
    if (isTooFull(this.filled, this.slots.length)) this.rehash(this.slots.length * 2);
    return entry;
  }

  private rehash(capacity: number): void {
    const { pairs } = this;
    const slots = new Uint32Array(capacity);
    for (let entry = 0; entry < this.filled; entry++) {
      let slot = hashOf(pairs[entry * 2] ?? 0, pairs[entry * 2 + 1] ?? 0) & (capacity - 1);
      while (slots[slot] !== FREE) slot = (slot + 1) & (capacity - 1);
      slots[slot] = entry + 1;
    }
    this.slots = slots;
  }

  private resize(capacity: number): void {
    const [pairs, counts] = [new Uint32Array(capacity * 2), new Uint8Array(capacity)];
    const held = Math.min(this.filled, capacity);
    pairs.set(this.pairs.subarray(0, held * 2));
    counts.set(this.counts.subarray(0, held));
    this.pairs = pairs;
    this.counts = counts;
  }
}

const isTooFull = (filled: number, capacity: number): boolean => filled * 4 > capacity * 3;

const hashOf = (user: number, key: number): number => {
  let hash = Math.imul(user, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
};
