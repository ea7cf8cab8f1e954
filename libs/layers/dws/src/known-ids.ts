import type { Ids } from './key-tree';
import { WINDOWS } from './window-starts';

/** Ids together that are remembered; beyond, all are forgotten, and learnt again as they come. */
const MOST = 1 << 16;
const FIRST = 1 << 8;
/** Characters of an id that its hash sees: the last, in which ids differ. */
const HASHED = 10;

/** Before the series of a record: its hash, then where the series of each window end. */
const HEAD = 1 + WINDOWS;

/**
 * To which series the ids of a fact lead, by all four ids at once: an ad is nearly always shown with the ids with which it was
 * shown before. An open-addressed table of numbers; texts are compared only where the hash is the same. What is known of
 * ids is one record of numbers, most often one line of the cache.
 */
export class KnownIds {
  /**
   * By record: the hash; by window the place behind its last series; then the series, those of one window side by side. The
   * first window's begin at `first(record)`, those of others where the window before ends. At last the bits of `Fact.uv` of the
   * last window's series.
   */
  records: Int32Array;
  readonly #stride: number;
  /** By number: merchant, campaign, ad, item. */
  readonly #ids: (string | null)[] = [];
  /** Number + 1; 0: free. At most half of it is taken. */
  #table = new Int32Array(FIRST * 2);
  #count = 0;

  /** `most`: series that ids may lead to, and of them `mostLast` of the last window. */
  constructor(most: number, mostLast: number) {
    this.#stride = HEAD + most + mostLast;
    this.records = new Int32Array(FIRST * this.#stride);
  }

  /** Where the record of these ids is in `records`; -1: these were not met. */
  find(ids: Ids): number {
    const hash = hashOf(ids);
    const table = this.#table;
    const { records } = this;
    const stride = this.#stride;
    const mask = table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = (table[at] as number) - 1;
      if (number < 0) return -1;
      const record = number * stride;
      if (records[record] === hash && this.#isOf(number, ids)) return record;
    }
  }

  /** Remembers what `find` did not find, its series by window; returns where the record is. `uvBits`: by series. */
  keep(ids: Ids, series: readonly (readonly number[])[], uvBits: Int32Array): number {
    if (this.#count === MOST) this.#forget();
    const number = this.#count++;
    if (number * this.#stride >= this.records.length) this.#grow();
    const { merchant_id, campaign_id, ad_id, item_id } = ids;
    this.#ids.push(merchant_id, campaign_id, ad_id, item_id);
    const record = number * this.#stride;
    this.records[record] = hashOf(ids);
    let end = record + HEAD;
    for (let window = 0; window < WINDOWS; window++) {
      for (const each of series[window] ?? []) this.records[end++] = each;
      this.records[record + 1 + window] = end;
    }
    for (const each of series[WINDOWS - 1] ?? []) this.records[end++] = uvBits[each] as number;
    this.#enter(number);
    return record;
  }

  /** Where the series of a record's first window begin. */
  first(record: number): number {
    return record + HEAD;
  }

  /** Where those of a window end, and those of the next begin. */
  end(record: number, window: number): number {
    return this.records[record + 1 + window] as number;
  }

  #isOf(number: number, { merchant_id, campaign_id, ad_id, item_id }: Ids): boolean {
    const ids = this.#ids;
    const at = number * 4;
    return ids[at + 2] === ad_id && ids[at + 3] === item_id && ids[at + 1] === campaign_id && ids[at] === merchant_id;
  }

  #enter(number: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let at = (this.records[number * this.#stride] as number) & mask;
    while (table[at] !== 0) at = (at + 1) & mask;
    table[at] = number + 1;
  }

  #grow(): void {
    const records = new Int32Array(this.records.length * 2);
    records.set(this.records);
    this.records = records;
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
