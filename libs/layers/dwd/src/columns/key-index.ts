import { enlarged } from '@millrace/stream';
import { IdentityIndex } from './identity-index';

const FIRST_ENTRIES = 64;

/** From the hash of a key to the numbers of those who have it, of which there may be several. The caller verifies a match. */
export class KeyIndex {
  private hashes = new Uint32Array(FIRST_ENTRIES);
  private numbers = new Int32Array(FIRST_ENTRIES);
  private readonly freed: number[] = [];
  private count = 0;
  private readonly index = new IdentityIndex((entry) => this.hashes[entry] ?? 0);
  private sought = 0;

  /** The first number that may have this key; -1 when there is none. Until the index changes, `next` gives the others. */
  first(hash: number): number {
    this.sought = hash >>> 0;
    return this.matching(this.index.first(this.sought));
  }

  next(): number {
    return this.matching(this.index.next());
  }

  add(hash: number, number: number): void {
    const entry = this.freed.pop() ?? this.count++;
    if (entry >= this.hashes.length) this.grow();
    this.hashes[entry] = hash;
    this.numbers[entry] = number;
    this.index.add(hash >>> 0, entry);
  }

  /** Of one that was added. */
  remove(hash: number, number: number): void {
    this.sought = hash >>> 0;
    for (let entry = this.entry(this.index.first(this.sought)); entry >= 0; entry = this.entry(this.index.next())) {
      if (this.numbers[entry] !== number) continue;
      this.index.remove(this.sought, entry);
      this.freed.push(entry);
      return;
    }
    throw new RangeError(`${number} does not have the key ${hash}`);
  }

  get bytes(): number {
    return this.hashes.byteLength + this.numbers.byteLength + this.index.bytes;
  }

  private matching(entry: number): number {
    const found = this.entry(entry);
    return found < 0 ? -1 : (this.numbers[found] ?? -1);
  }

  /** This entry, or the next one behind it, with the hash that is sought. */
  private entry(entry: number): number {
    while (entry >= 0 && this.hashes[entry] !== this.sought) entry = this.index.next();
    return entry;
  }

  private grow(): void {
    this.hashes = enlarged(this.hashes, new Uint32Array(this.hashes.length * 2));
    this.numbers = enlarged(this.numbers, new Int32Array(this.numbers.length * 2));
  }
}
