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
  private refs: Uint32Array;
  private tags: Uint8Array;
  private filled = 0;

  constructor(capacity: number) {
    this.refs = new Uint32Array(capacity);
    this.tags = new Uint8Array(capacity);
  }

  get bytes(): number {
    return this.refs.byteLength + this.tags.byteLength;
  }

  find(hash: number, matches: (ref: number) => boolean): number {
    const { refs, tags } = this;
    const tag = hash & 0xff;
    for (let at = placeOf(hash, refs.length); ; at = at + 1 === refs.length ? 0 : at + 1) {
      const stored = refs[at] ?? FREE;
      if (stored === FREE) return -1;
      if (tags[at] === tag && matches(stored - 1)) return stored - 1;
    }
  }

  add(hash: number, ref: number, hashOf: (ref: number) => number | null): void {
    if (this.filled + 1 > this.refs.length * FULLEST) this.rebuild(hashOf, 1);
    this.put(hash, ref + 1);
  }

  /** Leaves those behind that have no hash any more, and makes room for `more`. */
  rebuild(hashOf: (ref: number) => number | null, more: number): void {
    const living: number[] = [];
    const hashes: number[] = [];
    for (const stored of this.refs) {
      const hash = stored === FREE ? null : hashOf(stored - 1);
      if (hash === null) continue;
      living.push(stored);
      hashes.push(hash);
    }
    const capacity = Math.max(this.refs.length, Math.ceil((living.length + more) / GROWN));
    // As large as it was, if so much of it was dead.
    this.refs = new Uint32Array(living.length + more > this.refs.length * GROWN ? capacity : this.refs.length);
    this.tags = new Uint8Array(this.refs.length);
    this.filled = 0;
    for (let i = 0; i < living.length; i++) this.put(hashes[i] ?? 0, living[i] ?? FREE);
  }

  private put(hash: number, stored: number): void {
    const { refs } = this;
    let at = placeOf(hash, refs.length);
    while (refs[at] !== FREE) at = at + 1 === refs.length ? 0 : at + 1;
    refs[at] = stored;
    this.tags[at] = hash & 0xff;
    this.filled++;
  }
}

const placeOf = (hash: number, capacity: number): number => Math.floor(((hash & (PLACES - 1)) * capacity) / PLACES);

/**
 * From the hash of an identity to a reference, in 6 to 10 bytes per entry. Forgetting is free: entries without a hash are recognised as
 * dead and left behind at the next rebuild. The caller verifies a match by what is referred to.
 */
export class IdentityIndex {
  private readonly tables: (Table | undefined)[] = new Array<Table | undefined>(TABLES).fill(undefined);

  /** @param hashOf the hash of what is referred to, null if it is forgotten */
  constructor(private readonly hashOf: (ref: number) => number | null) {}

  /** Calls `matches` for references that may have this hash, dead ones too, until it says true; -1 if none does. */
  find(hash: number, matches: (ref: number) => boolean): number {
    return this.tables[hash >>> TABLE_BITS]?.find(hash, matches) ?? -1;
  }

  add(hash: number, ref: number): void {
    const number = hash >>> TABLE_BITS;
    const table = (this.tables[number] ??= new Table(FIRST_CAPACITY + ((number * FIRST_CAPACITY) >>> 9)));
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
      if (count > 0) this.tables[number] = new Table(Math.max(FIRST_CAPACITY, Math.ceil((count + 1) / room)));
      ends[number] = total;
      total += count;
    }
    const order = new Uint32Array(total);
    for (let i = 0; i < total; i++) {
      const number = (hashes[i] ?? 0) >>> TABLE_BITS;
      order[ends[number] ?? 0] = i;
      ends[number] = (ends[number] ?? 0) + 1;
    }
    for (const i of order) this.add(hashes[i] ?? 0, refs[i] ?? 0);
  }

  /** Leaves behind what is forgotten. */
  rebuild(): void {
    for (const table of this.tables) table?.rebuild(this.hashOf, 0);
  }

  get bytes(): number {
    return this.tables.reduce((sum, table) => sum + (table?.bytes ?? 0), 0);
  }
}
