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

  /** Many at once, into an index of nothing: table by table, for the memory of one fits the processor's cache. */
  fill(hashes: Uint32Array, refs: Uint32Array): void {
    if (hashes.length <= MOST_OF_ONE) {
      for (let i = 0; i < hashes.length; i++) this.one.add(hashes[i] ?? 0, refs[i] ?? 0, this.hashOf);
      return;
    }
    const tables = new Array<Table | undefined>(TABLES).fill(undefined);
    const ends = new Uint32Array(TABLES);
    for (const hash of hashes) ends[hash >>> TABLE_BITS] = (ends[hash >>> TABLE_BITS] ?? 0) + 1;
    let total = 0;
    for (let number = 0; number < TABLES; number++) {
      const count = ends[number] ?? 0;
      // Sizes that differ, as they would if the tables had grown one by one.
      const room = FULLEST - ((FULLEST - GROWN) * number) / TABLES;
      if (count > 0) tables[number] = new Table(Math.max(FIRST_CAPACITY, Math.ceil((count + 1) / room)));
      ends[number] = total;
      total += count;
    }
    const sortedHashes = new Uint32Array(total);
    const sortedRefs = new Uint32Array(total);
    for (let i = 0; i < total; i++) {
      const hash = hashes[i] ?? 0;
      const to = ends[hash >>> TABLE_BITS] ?? 0;
      ends[hash >>> TABLE_BITS] = to + 1;
      sortedHashes[to] = hash;
      sortedRefs[to] = refs[i] ?? 0;
    }
    for (let i = 0; i < total; i++) {
      const hash = sortedHashes[i] ?? 0;
      tables[hash >>> TABLE_BITS]?.put(hash, sortedRefs[i] ?? 0);
    }
    this.tables = tables;
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
