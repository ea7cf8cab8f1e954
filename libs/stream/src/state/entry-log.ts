import type { StatePart, StateParts } from '../operator';
import { rawPart } from './part';
import type { StateReader } from './reader';
import { StateWriter } from './writer';

/** Entries of one page, and so of one part of a snapshot: 2 ** 10. */
export const PAGE_ENTRIES = 1 << 10;
/** Changed things that wait at most between two calls of `settle`: what a snapshot still has to encode is bounded by it. */
const MAX_WAITING = 256;

/** A thing that is kept in an `EntryLog`. */
export interface Logged {
  /** Number of the entry that holds it as it is; -1: none does. Given by the log alone. */
  entry: number;
}
export const NOT_LOGGED = -1;

/** How things of one kind are written and read. */
export interface EntryFormat<Thing> {
  write(thing: Thing, to: StateWriter): void;
  /** What `write` wrote, the whole of it. */
  read(from: StateReader): Thing;
}

interface Page<Thing> {
  readonly number: number;
  /** By entry; undefined: a newer entry holds the thing, or it is gone. */
  readonly things: (Thing | undefined)[];
  living: number;
  /** Open until it is full. */
  readonly writer: StateWriter | null;
  content: Uint8Array | null;
}

/**
 * Things that change now and then, as a log of pages in memory (a log-structured file system, Rosenblum and Ousterhout 1991): whoever
 * changes a thing says so, its entry is dead from then on, and a new one is written behind all others. Pages are never changed, so each
 * is written to the disk once; which entries live is one bit each. When more than half of the entries are dead, the page with the fewest
 * living ones is cleaned: these are written again, and the page is gone.
 */
export class EntryLog<Thing extends Logged> {
  private readonly pages = new Map<number, Page<Thing>>();
  private readonly waiting = new Set<Thing>();
  private open: Page<Thing> | null = null;
  private nextPage = 0;
  private living = 0;
  private entries = 0;

  constructor(private readonly format: EntryFormat<Thing>) {}

  /** The thing is new, or is no longer what it was. */
  changed(thing: Thing): void {
    this.kill(thing);
    this.waiting.add(thing);
  }

  /** The thing is no more. */
  gone(thing: Thing): void {
    this.kill(thing);
    this.waiting.delete(thing);
  }

  /** The place for work that must not all be left to the snapshot: to be called now and then, when nothing is half done. */
  settle(): void {
    if (this.waiting.size >= MAX_WAITING) this.flush();
  }

  /** Everything that lives, in no order that means anything. */
  *all(): Iterable<Thing> {
    yield* this.waiting;
    for (const { things } of this.pages.values()) for (const thing of things) if (thing !== undefined) yield thing;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { content, writer } of this.pages.values()) bytes += content?.length ?? writer?.length ?? 0;
    return bytes;
  }

  /** Which pages there are, and which of their entries live. After `parts`. */
  write(to: StateWriter): void {
    to.count(this.nextPage).count(this.pages.size);
    for (const { number, things } of this.pages.values()) to.count(number).count(things.length).array(bitsOf(things));
  }

  /** Every page; of those that are full the content never changes. */
  parts(prefix: string): StatePart[] {
    this.flush();
    return [...this.pages.values()].map((page) =>
      rawPart(`${prefix}.${page.number}`, page.things.length, () => page.content ?? page.writer?.copy() ?? new Uint8Array()),
    );
  }

  /** Into a fresh log. */
  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.nextPage = from.count();
    for (let left = from.count(); left > 0; left--) {
      const number = from.count();
      const count = from.count();
      const bits = from.array(Uint8Array);
      const content = parts.read(`${prefix}.${number}`);
      const page: Page<Thing> = { number, things: [], living: 0, writer: null, content: content.copy() };
      for (let i = 0; i < count; i++) {
        const thing = this.format.read(content);
        const lives = ((bits[i >>> 3] ?? 0) & (1 << (i & 7))) !== 0;
        page.things.push(lives ? thing : undefined);
        if (!lives) continue;
        thing.entry = number * PAGE_ENTRIES + i;
        page.living++;
      }
      this.pages.set(number, page);
      this.living += page.living;
      this.entries += count;
    }
  }

  private flush(): void {
    for (const thing of this.waiting) this.append(thing);
    this.waiting.clear();
    this.clean();
  }

  private append(thing: Thing): void {
    const page = (this.open ??= this.newPage());
    const { writer } = page;
    if (writer === null) throw new RangeError(`page ${page.number} is closed`);
    this.format.write(thing, writer);
    thing.entry = page.number * PAGE_ENTRIES + page.things.length;
    page.things.push(thing);
    page.living++;
    this.living++;
    this.entries++;
    if (page.things.length < PAGE_ENTRIES) return;
    this.pages.set(page.number, { ...page, writer: null, content: writer.copy() });
    this.open = null;
  }

  private newPage(): Page<Thing> {
    const page = { number: this.nextPage++, things: [], living: 0, writer: new StateWriter(), content: null };
    this.pages.set(page.number, page);
    return page;
  }

  private kill(thing: Thing): void {
    if (thing.entry === NOT_LOGGED) return;
    const page = this.pages.get(Math.floor(thing.entry / PAGE_ENTRIES));
    if (page === undefined) throw new RangeError(`there is no entry ${thing.entry}`);
    page.things[thing.entry % PAGE_ENTRIES] = undefined;
    thing.entry = NOT_LOGGED;
    page.living--;
    this.living--;
    if (page.living === 0 && page !== this.open) this.drop(page);
  }

  /** Every entry that died pays for at most one that is written again. */
  private clean(): void {
    while (this.entries - this.living > this.living + 2 * PAGE_ENTRIES) {
      let emptiest: Page<Thing> | null = null;
      for (const page of this.pages.values())
        if (page !== this.open && (emptiest === null || page.living < emptiest.living)) emptiest = page;
      if (emptiest === null) return;
      if (emptiest.living === 0) this.drop(emptiest);
      for (const thing of [...emptiest.things]) {
        if (thing === undefined) continue;
        this.kill(thing);
        this.append(thing);
      }
    }
  }

  private drop(page: Page<Thing>): void {
    this.pages.delete(page.number);
    this.entries -= page.things.length;
  }
}

const bitsOf = (things: readonly unknown[]): Uint8Array => {
  const bits = new Uint8Array((things.length + 7) >>> 3);
  for (let i = 0; i < things.length; i++) if (things[i] !== undefined) bits[i >>> 3] = (bits[i >>> 3] ?? 0) | (1 << (i & 7));
  return bits;
};
