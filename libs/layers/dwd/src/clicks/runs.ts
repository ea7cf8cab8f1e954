/** Entries of a page; a longer run has a page of its own. */
const PAGE_ENTRIES = 1 << 16;
const WORDS = 2;
const FIRST_CAPACITY = 2;
/** Half as much again: a fifth of the room is empty on average. */
const nextCapacity = (capacity: number): number => capacity + Math.max(1, capacity >>> 1);

/**
 * One sorted run of (click, merchant) per user, packed into pages outside the JS heap. Runs that are full move to
 * a larger block; blocks that were left are used again. Inserting at the end, the usual case, moves nothing.
 */
export class Runs {
  private readonly pages: Uint32Array[] = [];
  private pageEnd = PAGE_ENTRIES;
  /** Per user: page, first entry within it, used and possible entries. */
  private page = new Uint32Array(1024);
  private start = new Uint32Array(1024);
  private used = new Uint32Array(1024);
  private capacity = new Uint32Array(1024);
  /** Left blocks by capacity. */
  private readonly left = new Map<number, { page: number; start: number }[]>();
  private lastPage = -1;

  length(user: number): number {
    return user >= 0 && user < this.used.length ? (this.used[user] ?? 0) : 0;
  }

  click(user: number, index: number): number {
    return this.word(user, index, 0);
  }

  merchant(user: number, index: number): number {
    return this.word(user, index, 1);
  }

  insert(user: number, index: number, click: number, merchant: number): void {
    this.makeRoom(user);
    const words = this.wordsOf(user);
    const from = ((this.start[user] ?? 0) + index) * WORDS;
    const end = ((this.start[user] ?? 0) + (this.used[user] ?? 0)) * WORDS;
    if (from < end) words.copyWithin(from + WORDS, from, end);
    words[from] = click;
    words[from + 1] = merchant;
    this.used[user] = (this.used[user] ?? 0) + 1;
  }

  /** Room for that many entries of each user, at once. */
  reserve(counts: Uint32Array): void {
    if (counts.length > this.used.length) this.growUsers(counts.length - 1);
    for (let user = 0; user < counts.length; user++) {
      let capacity = FIRST_CAPACITY;
      while (capacity < (counts[user] ?? 0)) capacity = nextCapacity(capacity);
      if ((counts[user] ?? 0) > 0) this.give(user, capacity);
    }
  }

  /** Removes `count` entries from `index` on. */
  remove(user: number, index: number, count: number): void {
    if (count === 0) return;
    const words = this.wordsOf(user);
    const start = this.start[user] ?? 0;
    const used = this.used[user] ?? 0;
    words.copyWithin((start + index) * WORDS, (start + index + count) * WORDS, (start + used) * WORDS);
    this.used[user] = used - count;
    if (used === count) this.leave(user);
  }

  get bytes(): number {
    return this.pages.reduce((sum, page) => sum + page.byteLength, 0) + this.page.length * 4 * 4;
  }

  private word(user: number, index: number, word: number): number {
    return this.wordsOf(user)[((this.start[user] ?? 0) + index) * WORDS + word] ?? 0;
  }

  private wordsOf(user: number): Uint32Array {
    const words = this.pages[this.page[user] ?? 0];
    if (words === undefined) throw new RangeError(`user ${user} has no run`);
    return words;
  }

  private makeRoom(user: number): void {
    if (user >= this.used.length) this.growUsers(user);
    const used = this.used[user] ?? 0;
    const capacity = this.capacity[user] ?? 0;
    if (used < capacity) return;
    this.give(user, capacity === 0 ? FIRST_CAPACITY : nextCapacity(capacity));
  }

  /** Moves what a user has into a block of another size. */
  private give(user: number, capacity: number): void {
    const block = this.take(capacity);
    if ((this.capacity[user] ?? 0) > 0) {
      const target = this.pages[block.page];
      const from = (this.start[user] ?? 0) * WORDS;
      target?.set(this.wordsOf(user).subarray(from, from + (this.used[user] ?? 0) * WORDS), block.start * WORDS);
      this.leave(user);
    }
    this.page[user] = block.page;
    this.start[user] = block.start;
    this.capacity[user] = capacity;
  }

  private leave(user: number): void {
    const capacity = this.capacity[user] ?? 0;
    const page = this.page[user] ?? 0;
    this.capacity[user] = 0;
    const block = { page, start: this.start[user] ?? 0 };
    const blocks = this.left.get(capacity);
    if (blocks === undefined) this.left.set(capacity, [block]);
    else blocks.push(block);
  }

  private take(capacity: number): { page: number; start: number } {
    const again = this.left.get(capacity)?.pop();
    if (again !== undefined) return again;
    if (capacity > PAGE_ENTRIES) {
      this.pages.push(new Uint32Array(capacity * WORDS));
      return { page: this.pages.length - 1, start: 0 };
    }
    if (this.pageEnd + capacity > PAGE_ENTRIES) {
      this.pages.push(new Uint32Array(PAGE_ENTRIES * WORDS));
      this.lastPage = this.pages.length - 1;
      this.pageEnd = 0;
    }
    const start = this.pageEnd;
    this.pageEnd += capacity;
    return { page: this.lastPage, start };
  }

  private growUsers(user: number): void {
    let length = this.used.length;
    while (length <= user) length *= 2;
    for (const name of ['page', 'start', 'used', 'capacity'] as const) {
      const grown = new Uint32Array(length);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
