/** The tag of a place that is free; no entry has it. */
const FREE = 0;
/** Tables, by the highest 8 bits of the hash: each grows by itself, so that no event waits for more than a small one. What is small has one. */
const TABLES = 256;
const TABLE_BITS = 24;
const MOST_OF_ONE = 1 << 15;
const PLACES = 2 ** TABLE_BITS;
/** A table grows when it is fuller than the first, and is then as full as the second. */
const FULLEST = 0.8;
const GROWN = 0.5;
/** Standard deviations by which a table's share of many may be more than the mean. */
const SPREAD = 8;
/** Tables begin with sizes between this and half as much again: so they do not all grow at once, nor stand half empty at once. */
const FIRST_CAPACITY = 16;

/**
 * Open addressing: references, and apart from them tags of 8 bits of the hash, so that hardly any other entry is looked at. Who finds nothing, as
 * every new identity does, has read tags only, and they are few bytes.
 */
class Table {
  refs: Uint32Array;
  tags: Uint8Array;
  filled = 0;

  constructor(capacity: number) {
    this.refs = new Uint32Array(capacity);
    this.tags = new Uint8Array(capacity);
  }

  get bytes(): number {
    return this.refs.byteLength + this.tags.byteLength;
  }

  add(hash: number, ref: number, hashOf: (ref: number) => number | null): void {
    if (this.filled + 1 > this.refs.length * FULLEST) this.rebuild(hashOf, 1);
    this.put(hash, ref);
  }

  /** Those behind it move up, so that nothing is between them and their places. */
  remove(hash: number, ref: number, hashOf: (ref: number) => number | null): void {
    const { refs, tags } = this;
    const { length } = refs;
    const after = (at: number): number => (at + 1 === length ? 0 : at + 1);
    const between = (from: number, to: number): number => (to < from ? to + length - from : to - from);
    let hole = placeOf(hash, length);
    while (tags[hole] === FREE || refs[hole] !== ref) {
      if (tags[hole] === FREE) throw new RangeError(`no reference ${ref} is here`);
      hole = after(hole);
    }
    for (let at = after(hole); tags[at] !== FREE; at = after(at)) {
      const place = placeOf(hashOf(refs[at] ?? 0) ?? 0, length);
      if (between(place, at) < between(hole, at)) continue;
      refs[hole] = refs[at] ?? 0;
      tags[hole] = tags[at] ?? 0;
      hole = at;
    }
    tags[hole] = FREE;
    this.filled--;
  }

  /** Leaves those behind that have no hash any more, and makes room for `more`. */
  rebuild(hashOf: (ref: number) => number | null, more: number): void {
    const living = this.all();
    const hashes = new Uint32Array(living.length);
    let count = 0;
    for (const ref of living) {
      const hash = hashOf(ref);
      if (hash === null) continue;
      living[count] = ref;
      hashes[count++] = hash;
    }
    const capacity = Math.max(this.refs.length, Math.ceil((count + more) / GROWN));
    // As large as it was, if so much of it was dead.
    this.refs = new Uint32Array(count + more > this.refs.length * GROWN ? capacity : this.refs.length);
    this.tags = new Uint8Array(this.refs.length);
    this.filled = 0;
    for (let i = 0; i < count; i++) this.put(hashes[i] ?? 0, living[i] ?? 0);
  }

  put(hash: number, ref: number): void {
    const { tags } = this;
    const { length } = tags;
    let at = placeOf(hash, length);
    while (tags[at] !== FREE) at = at + 1 === length ? 0 : at + 1;
    this.refs[at] = ref;
    tags[at] = tagOf(hash);
    this.filled++;
  }

  /** Pairs of hash and reference: there is room for all. */
  putAll(pairs: Uint32Array): void {
    const { refs, tags } = this;
    const { length } = tags;
    for (let i = 0; i < pairs.length; i += 2) {
      const hash = pairs[i] ?? 0;
      let at = placeOf(hash, length);
      while (tags[at] !== FREE) at = at + 1 === length ? 0 : at + 1;
      refs[at] = pairs[i + 1] ?? 0;
      tags[at] = tagOf(hash);
    }
    this.filled += pairs.length / 2;
  }

  /** Every reference, dead ones too. */
  all(): Uint32Array {
    const { refs, tags } = this;
    const all = new Uint32Array(this.filled);
    let count = 0;
    for (let at = 0; at < tags.length; at++) if (tags[at] !== FREE) all[count++] = refs[at] ?? 0;
    return all;
  }
}

/** Bits that decide little about the place. */
const tagOf = (hash: number): number => (hash & 0xff) || 0x80;

const placeOf = (hash: number, capacity: number): number => Math.floor(((hash & (PLACES - 1)) * capacity) / PLACES);

/**
 * What an index will hold, brought together by tables: the memory of one fits the processor's cache, that of all does not. Hashes are
 * spread, so each table has room for hardly more than its share; what finds none, for they are not, waits apart.
 */
export class IndexFiller {
  readonly isOfOne: boolean;
  /** For each table, of so many pairs. */
  readonly room: number;
  /** Hash and reference. */
  readonly pairs: Uint32Array;
  /** By table. */
  readonly counts: Uint32Array;
  readonly rest: (readonly [hash: number, ref: number])[] = [];

  /** @param most how many will be put */
  constructor(most: number) {
    this.isOfOne = most <= MOST_OF_ONE;
    const share = most / TABLES;
    this.room = this.isOfOne ? most : Math.ceil(share + SPREAD * Math.sqrt(share));
    this.counts = new Uint32Array(this.isOfOne ? 1 : TABLES);
    this.pairs = new Uint32Array(this.counts.length * this.room * 2);
  }

  put(hash: number, ref: number): void {
    const number = this.isOfOne ? 0 : hash >>> TABLE_BITS;
    const count = this.counts[number] ?? 0;
    if (count === this.room) return void this.rest.push([hash, ref]);
    this.counts[number] = count + 1;
    const at = (number * this.room + count) * 2;
    this.pairs[at] = hash;
    this.pairs[at + 1] = ref;
  }
}

/**
 * From the hash of an identity to a reference, in 6 to 10 bytes per entry. Forgetting is free: entries without a hash are recognised as
 * dead and left behind at the next rebuild. The caller verifies a match by what is referred to.
 */
export class IdentityIndex {
  /** Undefined: there is one for all. */
  private tables: (Table | undefined)[] | undefined;
  private one = new Table(FIRST_CAPACITY);
  /** Where the search that `first` began stands. */
  private table = this.one;
  private tag = 0;
  private at = 0;

  /** @param hashOf the hash of what is referred to, null if it is forgotten */
  constructor(private readonly hashOf: (ref: number) => number | null) {}

  /** The first reference that may have this hash, a dead one too; -1 when there is none. Until the index changes, `next` gives the others. */
  first(hash: number): number {
    const table = this.tables === undefined ? this.one : this.tables[hash >>> TABLE_BITS];
    if (table === undefined) return -1;
    this.table = table;
    this.tag = tagOf(hash);
    this.at = placeOf(hash, table.tags.length);
    return this.next();
  }

  next(): number {
    const { tag } = this;
    const { tags } = this.table;
    const { length } = tags;
    let { at } = this;
    for (;;) {
      const found = tags[at] ?? FREE;
      if (found === FREE) return -1;
      const next = at + 1 === length ? 0 : at + 1;
      if (found === tag) {
        this.at = next;
        return this.table.refs[at] ?? -1;
      }
      at = next;
    }
  }

  add(hash: number, ref: number): void {
    if (this.tables === undefined) {
      if (this.one.filled < MOST_OF_ONE) return this.one.add(hash, ref, this.hashOf);
      this.split();
    }
    this.tableOf(hash).add(hash, ref, this.hashOf);
  }

  /** Of one that is here, in an index of which nothing is forgotten in any other way. */
  remove(hash: number, ref: number): void {
    const table = this.tables === undefined ? this.one : this.tableOf(hash);
    table.remove(hash, ref, this.hashOf);
  }

  private tableOf(hash: number): Table {
    const number = hash >>> TABLE_BITS;
    return ((this.tables ??= new Array<Table | undefined>(TABLES).fill(undefined))[number] ??= new Table(
      FIRST_CAPACITY + ((number * FIRST_CAPACITY) >>> 9),
    ));
  }

  private split(): void {
    const before = this.one;
    this.one = new Table(FIRST_CAPACITY);
    this.table = this.one;
    for (const ref of before.all()) {
      const hash = this.hashOf(ref);
      if (hash !== null) this.tableOf(hash).add(hash, ref, this.hashOf);
    }
  }

  /** Many at once, into an index of nothing. */
  take(filler: IndexFiller): void {
    const { counts, rest } = filler;
    if (filler.isOfOne) {
      for (let i = 0; i < (counts[0] ?? 0); i++) this.add(filler.pairs[i * 2] ?? 0, filler.pairs[i * 2 + 1] ?? 0);
      return;
    }
    this.tables = Array.from(counts, (count, number) => {
      if (count === 0) return undefined;
      // Sizes that differ, as they would if the tables had grown one by one.
      const fullness = FULLEST - ((FULLEST - GROWN) * number) / TABLES;
      const table = new Table(Math.max(FIRST_CAPACITY, Math.ceil((count + 1) / fullness)));
      table.putAll(filler.pairs.subarray(number * filler.room * 2, (number * filler.room + count) * 2));
      return table;
    });
    for (const [hash, ref] of rest) this.add(hash, ref);
  }

  /** Leaves behind what is forgotten. */
  rebuild(): void {
    this.one.rebuild(this.hashOf, 0);
    for (const table of this.tables ?? []) table?.rebuild(this.hashOf, 0);
  }

  get bytes(): number {
    return (this.tables ?? []).reduce((sum, table) => sum + (table?.bytes ?? 0), this.one.bytes);
  }
}
