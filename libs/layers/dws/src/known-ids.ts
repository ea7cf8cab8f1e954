import type { Ids } from './key-tree';

/** Ids together that are remembered; beyond, all are forgotten, and learnt again as they come. */
const MOST = 1 << 16;
const FIRST = 1 << 8;
/** Characters of an id that its hash sees: the last, in which ids differ. */
const HASHED = 10;

/**
 * Which keys the ids of a fact lead to, by all four ids at once: an ad is nearly always shown with the ids with which it was
 * shown before. An open-addressed table of numbers; texts are compared only where the hash is the same.
 */
export class KnownIds {
  /** Keys of one number. */
  readonly stride: number;
  /** By number: how many keys, then these. */
  keys: Int32Array;
  /** By number: merchant, campaign, ad, item. */
  readonly #ids: (string | null)[] = [];
  #hashes = new Int32Array(FIRST);
  /** Number + 1; 0: free. At most half of it is taken. */
  #table = new Int32Array(FIRST * 2);
  #count = 0;

  /** `most`: keys that ids may lead to. */
  constructor(most: number) {
    this.stride = most + 1;
    this.keys = new Int32Array(FIRST * this.stride);
  }

  /** -1: these were not met. */
  find(ids: Ids): number {
    const hash = hashOf(ids);
    const table = this.#table;
    const mask = table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = (table[at] as number) - 1;
      if (number < 0 || (this.#hashes[number] === hash && this.#isOf(number, ids))) return number;
    }
  }

  /** Remembers what `find` did not find; returns the number. */
  keep(ids: Ids, keys: readonly number[]): number {
    if (this.#count === MOST) this.#forget();
    const number = this.#count++;
    if (number >= this.#hashes.length) this.#grow();
    const { merchant_id, campaign_id, ad_id, item_id } = ids;
    this.#ids.push(merchant_id, campaign_id, ad_id, item_id);
    this.#hashes[number] = hashOf(ids);
    this.keys[number * this.stride] = keys.length;
    this.keys.set(keys, number * this.stride + 1);
    this.#enter(number);
    return number;
  }

  #isOf(number: number, { merchant_id, campaign_id, ad_id, item_id }: Ids): boolean {
    const ids = this.#ids;
    const at = number * 4;
    return ids[at + 2] === ad_id && ids[at + 3] === item_id && ids[at + 1] === campaign_id && ids[at] === merchant_id;
  }

  #enter(number: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let at = (this.#hashes[number] as number) & mask;
    while (table[at] !== 0) at = (at + 1) & mask;
    table[at] = number + 1;
  }

  #grow(): void {
    const [hashes, keys] = [new Int32Array(this.#hashes.length * 2), new Int32Array(this.keys.length * 2)];
    hashes.set(this.#hashes);
    keys.set(this.keys);
    this.#hashes = hashes;
    this.keys = keys;
    this.#table = new Int32Array(this.#table.length * 2);
    for (let number = 0; number < this.#count - 1; number++) this.#enter(number);
  }

  #forget(): void {
    this.#count = 0;
    this.#ids.length = 0;
    this.#table.fill(0);
  }
}

const hashOf = ({ merchant_id, ad_id, item_id }: Ids): number => {
  let hash = textHash(0x811c9dc5, ad_id ?? merchant_id);
  if (item_id !== null) hash = textHash(hash, item_id);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
};

const textHash = (hash: number, text: string): number => {
  let mixed = hash;
  for (let i = Math.max(0, text.length - HASHED); i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193);
  return mixed;
};
