/** Free slot. References are stored + 1, so that a fresh table is all free. */
const FREE = 0;
/** Tables, by the highest 8 bits of the hash: each grows by itself, so that no event waits for more than a small one. */
const TABLES = 256;
const TABLE_BITS = 24;
const PLACES = 2 ** TABLE_BITS;
/** A table grows when it is fuller than the first, and is then as full as the second. */
const FULLEST = 0.8;
const GROWN = 0.5;
/** Tables begin with sizes between this and half as much again: so they do not all grow at once, nor stand half empty at once. */
const FIRST_CAPACITY = 16;

/** Open addressing: reference, and 8 bits of the hash beside it, so that hardly any other entry is looked at. */
class Table {
  refs: Uint32Array;
  tags: Uint8Array;
  private filled = 0;

  constructor(
    private readonly number: number,
    capacity: number,
  ) {
    this.refs = new Uint32Array(capacity);
    this.tags = new Uint8Array(capacity);
  }

  get bytes(): number {
    return this.refs.byteLength + this.tags.byteLength;
  }

  add(hash: number, ref: number, hashOf: (ref: number) => number | null): void {
    if (this.filled + 1 > this.refs.length * FULLEST) this.rebuild(hashOf, 1);
    this.put(hash, ref + 1);
  }

  /** Leaves those behind that have no hash any more, and makes room for `more`. */
  rebuild(hashOf: (ref: number) => number | null, more: number): void {
    const living = new Uint32Array(this.filled);
    const hashes = new Uint32Array(this.filled);
    let count = 0;
    for (const stored of this.refs) {
      const hash = stored === FREE ? null : hashOf(stored - 1);
      // One that is somewhere else by now has been given to something else since.
      if (hash === null || hash >>> TABLE_BITS !== this.number) continue;
      living[count] = stored;
      hashes[count++] = hash;
    }
    const capacity = Math.max(this.refs.length, Math.ceil((count + more) / GROWN));
    // As large as it was, if so much of it was dead.
    this.refs = new Uint32Array(count + more > this.refs.length * GROWN ? capacity : this.refs.length);
    this.tags = new Uint8Array(this.refs.length);
    this.filled = 0;
    for (let i = 0; i < count; i++) this.put(hashes[i] ?? 0, living[i] ?? FREE);
  }

  put(hash: number, stored: number): void {
    const { refs } = this;
    let at = placeOf(hash, refs.length);
    // A reference that stands here already had another hash, of something that is gone.
    while (refs[at] !== FREE && refs[at] !== stored) at = at + 1 === refs.length ? 0 : at + 1;
    if (refs[at] === FREE) this.filled++;
    refs[at] = stored;
    this.tags[at] = hash & 0xff;
  }
}

const placeOf = (hash: number, capacity: number): number => Math.floor(((hash & (PLACES - 1)) * capacity) / PLACES);

const NO_REFS = new Uint32Array(1);
const NO_TAGS = new Uint8Array(1);

/**
 * From the hash of an identity to a reference, in 6 to 10 bytes per entry. Forgetting is free: entries without a hash are recognised as
 * dead and left behind at the next rebuild. The caller verifies a match by what is referred to.
 */
export class IdentityIndex {
  private readonly tables: (Table | undefined)[] = new Array<Table | undefined>(TABLES).fill(undefined);
  /** Where the search that `first` began stands. */
  private refs: Uint32Array = NO_REFS;
  private tags: Uint8Array = NO_TAGS;
  private tag = 0;
  private at = 0;

  /** @param hashOf the hash of what is referred to, null if it is forgotten */
  constructor(private readonly hashOf: (ref: number) => number | null) {}

  /** The first reference that may have this hash, a dead one too; -1 when there is none. Until the index changes, `next` gives the others. */
  first(hash: number): number {
    const table = this.tables[hash >>> TABLE_BITS];
    if (table === undefined) return -1;
    this.refs = table.refs;
    this.tags = table.tags;
    this.tag = hash & 0xff;
    this.at = placeOf(hash, table.refs.length);
    return this.next();
  }

  next(): number {
    const { refs, tags, tag } = this;
    const { length } = refs;
    let { at } = this;
    for (;;) {
      const stored = refs[at] ?? FREE;
      if (stored === FREE) return -1;
      const isLike = tags[at] === tag;
      at = at + 1 === length ? 0 : at + 1;
      if (isLike) {
        this.at = at;
        return stored - 1;
      }
    }
  }

  add(hash: number, ref: number): void {
    const number = hash >>> TABLE_BITS;
    const table = (this.tables[number] ??= new Table(number, FIRST_CAPACITY + ((number * FIRST_CAPACITY) >>> 9)));
    table.add(hash, ref, this.hashOf);
  }

  /** Many at once, into an index of nothing: table by table, for the memory of one fits the processor's cache. */
  fill(hashes: Uint32Array, refs: Uint32Array): void {
    const ends = new Uint32Array(TABLES);
    for (const hash of hashes) ends[hash >>> TABLE_BITS] = (ends[hash >>> TABLE_BITS] ?? 0) + 1;
    let total = 0;
    for (let number = 0; number < TABLES; number++) {
      const count = ends[number] ?? 0;
      // Sizes that differ, as they would if the tables had grown one by one.
      const room = FULLEST - ((FULLEST - GROWN) * number) / TABLES;
      if (count > 0) this.tables[number] = new Table(number, Math.max(FIRST_CAPACITY, Math.ceil((count + 1) / room)));
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
      this.tables[hash >>> TABLE_BITS]?.put(hash, (sortedRefs[i] ?? 0) + 1);
    }
  }

  /** Leaves behind what is forgotten. */
  rebuild(): void {
    for (const table of this.tables) table?.rebuild(this.hashOf, 0);
  }

  get bytes(): number {
    return this.tables.reduce((sum, table) => sum + (table?.bytes ?? 0), 0);
  }
}
