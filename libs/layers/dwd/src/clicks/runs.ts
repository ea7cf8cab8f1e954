/** Entries of a page; a longer run has a page of its own. */
const PAGE_BITS = 16;
const PAGE_ENTRIES = 1 << PAGE_BITS;
/** Of an entry: click, time, placement. */
const WORDS = 3;
const TIME = 1;
const PLACEMENT = 2;
/** Of a user: where the run begins (page, entry), used and possible entries. */
const HEAD = 3;
const USED = 1;
const CAPACITY = 2;
const FIRST_USERS = 256;
const FIRST_CAPACITY = 2;
/** Of what is expected, with the empty room; what is more gets its pages one by one. */
const EXPECTED_ROOM = 1.15;
/** Half as much again: a fifth of the room is empty on average. */
const nextCapacity = (capacity: number): number => capacity + Math.max(1, capacity >>> 1);

/**
 * One sorted run of (click, time, placement) per user, packed into pages outside the JS heap: what look-ups compare stands in it, so that
 * they need not touch the click. Runs that are full move to a larger block; blocks that were left are used again. Inserting at the end,
 * the usual case, moves nothing.
 */
export class Runs {
  private readonly pages: Uint32Array[] = [];
  /** Pages that nothing stands in yet. */
  private readonly spare: Uint32Array[] = [];
  private pageEnd = PAGE_ENTRIES;
  private heads = new Uint32Array(FIRST_USERS * HEAD);
  /** Left blocks by capacity. */
  private readonly left = new Map<number, number[]>();
  private lastPage = -1;

  length(user: number): number {
    return user < 0 ? 0 : (this.heads[user * HEAD + USED] ?? 0);
  }

  click(user: number, index: number): number {
    return this.word(user, index, 0);
  }

  /** As it was put: a time coarser than the click's own. */
  time(user: number, index: number): number {
    return this.word(user, index, TIME);
  }

  placement(user: number, index: number): number {
    return this.word(user, index, PLACEMENT);
  }

  insert(user: number, index: number, click: number, time: number, placement: number): void {
    this.makeRoom(user);
    const { heads } = this;
    const head = user * HEAD;
    const address = heads[head] ?? 0;
    const used = heads[head + USED] ?? 0;
    const words = this.pageOf(address);
    const start = address & (PAGE_ENTRIES - 1);
    const from = (start + index) * WORDS;
    if (index < used) words.copyWithin(from + WORDS, from, (start + used) * WORDS);
    words[from] = click;
    words[from + TIME] = time;
    words[from + PLACEMENT] = placement;
    heads[head + USED] = used + 1;
  }

  /** Many users and entries are to come: memory for most of them at once, which the system gives faster than in pieces. */
  expect(users: number, entries: number): void {
    this.growUsers(users);
    const pages = Math.ceil((entries * EXPECTED_ROOM) / PAGE_ENTRIES);
    if (pages < 2) return;
    const words = new Uint32Array(pages * PAGE_ENTRIES * WORDS);
    for (let page = pages - 1; page >= 0; page--)
      this.spare.push(words.subarray(page * PAGE_ENTRIES * WORDS, (page + 1) * PAGE_ENTRIES * WORDS));
  }

  /** Behind all others of the user, for whom there is room. */
  append(user: number, click: number, time: number, placement: number): void {
    const { heads } = this;
    const head = user * HEAD;
    const address = heads[head] ?? 0;
    const used = heads[head + USED] ?? 0;
    const words = this.pageOf(address);
    const at = ((address & (PAGE_ENTRIES - 1)) + used) * WORDS;
    words[at] = click;
    words[at + TIME] = time;
    words[at + PLACEMENT] = placement;
    heads[head + USED] = used + 1;
  }

  /** Room for that many entries of a user who has none. */
  reserve(user: number, count: number): void {
    let capacity = FIRST_CAPACITY;
    while (capacity < count) capacity = nextCapacity(capacity);
    this.give(user, capacity);
  }

  /** Removes `count` entries from `index` on. */
  remove(user: number, index: number, count: number): void {
    if (count === 0) return;
    const address = this.heads[user * HEAD] ?? 0;
    const start = address & (PAGE_ENTRIES - 1);
    const used = this.length(user);
    this.pageOf(address).copyWithin((start + index) * WORDS, (start + index + count) * WORDS, (start + used) * WORDS);
    this.heads[user * HEAD + USED] = used - count;
    if (used === count) this.leave(user);
  }

  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.byteLength, this.heads.byteLength);
  }

  private word(user: number, index: number, word: number): number {
    const address = this.heads[user * HEAD] ?? 0;
    return this.pageOf(address)[((address & (PAGE_ENTRIES - 1)) + index) * WORDS + word] ?? 0;
  }

  private pageOf(address: number): Uint32Array {
    const words = this.pages[address >>> PAGE_BITS];
    if (words === undefined) throw new RangeError(`no run begins at ${address}`);
    return words;
  }

  private makeRoom(user: number): void {
    this.growUsers(user + 1);
    const head = user * HEAD;
    const capacity = this.heads[head + CAPACITY] ?? 0;
    if ((this.heads[head + USED] ?? 0) < capacity) return;
    this.give(user, capacity === 0 ? FIRST_CAPACITY : nextCapacity(capacity));
  }

  /** Moves what a user has into a block of another size. */
  private give(user: number, capacity: number): void {
    const { heads } = this;
    const head = user * HEAD;
    const address = this.take(capacity);
    if ((heads[head + CAPACITY] ?? 0) > 0) {
      const before = heads[head] ?? 0;
      const from = (before & (PAGE_ENTRIES - 1)) * WORDS;
      const words = this.pageOf(before).subarray(from, from + (heads[head + USED] ?? 0) * WORDS);
      this.pageOf(address).set(words, (address & (PAGE_ENTRIES - 1)) * WORDS);
      this.leave(user);
    }
    heads[head] = address;
    heads[head + CAPACITY] = capacity;
  }

  private leave(user: number): void {
    const head = user * HEAD;
    const capacity = this.heads[head + CAPACITY] ?? 0;
    this.heads[head + CAPACITY] = 0;
    const blocks = this.left.get(capacity);
    if (blocks === undefined) this.left.set(capacity, [this.heads[head] ?? 0]);
    else blocks.push(this.heads[head] ?? 0);
  }

  private take(capacity: number): number {
    const again = this.left.get(capacity)?.pop();
    if (again !== undefined) return again;
    if (capacity > PAGE_ENTRIES) {
      this.pages.push(new Uint32Array(capacity * WORDS));
      return ((this.pages.length - 1) << PAGE_BITS) >>> 0;
    }
    if (this.pageEnd + capacity > PAGE_ENTRIES) {
      this.pages.push(this.spare.pop() ?? new Uint32Array(PAGE_ENTRIES * WORDS));
      this.lastPage = this.pages.length - 1;
      this.pageEnd = 0;
    }
    const start = this.pageEnd;
    this.pageEnd += capacity;
    return ((this.lastPage << PAGE_BITS) | start) >>> 0;
  }

  /** There are heads for so many users. */
  private growUsers(users: number): void {
    if (users * HEAD <= this.heads.length) return;
    const held = this.heads.length / HEAD;
    const grown = new Uint32Array(Math.max(users, held + (held >>> 1)) * HEAD);
    grown.set(this.heads);
    this.heads = grown;
  }
}
