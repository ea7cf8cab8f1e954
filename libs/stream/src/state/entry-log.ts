import type { StatePart, StateParts } from '../operator';
import { rawPart } from './part';
import { StateReader } from './reader';
import { type Definitions, StateWriter } from './writer';

/** Entries of one page, and so of one part of a snapshot: 2 ** 10. */
export const PAGE_ENTRIES = 1 << 10;
/** Changed things that wait at most between two calls of `settle`: what a snapshot still has to encode is bounded by it. */
const MAX_WAITING = 256;
/** Things that are objects at most, between two calls of `settle`: those of the page that is open, and those that were asked for. */
const MAX_OBJECTS = 2 * PAGE_ENTRIES;
const FIRST_NUMBERS = 256;

/** A thing that is kept in an `EntryLog`. */
export interface Logged {
  /** Tells it from all others that are in the log; -1: it is in none. Given by the log alone, and given again when the thing is gone. */
  number: number;
}
export const NOT_LOGGED = -1;
/** In place of a thing's number: the entry is dead. And in place of an entry: nothing of the thing is written yet. */
const DEAD = -1;
const UNWRITTEN = -1;

/** How things of one kind are written and read. */
export interface EntryFormat<Thing> {
  write(thing: Thing, to: StateWriter): void;
  /** What `write` wrote, the whole of it. */
  read(from: StateReader): Thing;
}

interface Page {
  readonly number: number;
  /** By entry: the number of the thing; -1: a newer entry holds it, or it is gone. */
  readonly things: number[];
  /** By entry: a bit, whether it lives. */
  readonly bits: Uint8Array;
  /** By entry: where it begins. */
  readonly starts: ArrayLike<number>;
  living: number;
  /** Null: it is open. */
  readonly content: Uint8Array | null;
  /** What its entries refer to. */
  readonly defined: Definitions;
}

/** The one that new entries go to, until it is full. */
interface OpenPage extends Page {
  readonly starts: number[];
  readonly content: null;
  readonly writer: StateWriter;
}

/**
 * Things that change now and then, as a log of pages in memory (a log-structured file system, Rosenblum and Ousterhout 1991): whoever
 * changes a thing says so, its entry is dead from then on, and a new one is written behind all others. Pages are never changed, so each
 * is written to the disk once; which entries live is one bit each. When more than half of the entries are dead, the page with the fewest
 * living ones is cleaned: these are written again, and the page is gone.
 *
 * The bytes are all that is kept of a thing that rests: who has its number gets an object when it is needed, which costs the collector
 * nothing until then.
 */
export class EntryLog<Thing extends Logged> {
  private readonly pages = new Map<number, Page>();
  private readonly waiting = new Set<Thing>();
  /** By number, things that are objects just now: those that wait, those of the open page, those that were asked for. */
  private readonly objects = new Map<number, Thing>();
  /** By number: page * `PAGE_ENTRIES` + place in it. */
  private entries = new Float64Array(FIRST_NUMBERS);
  private readonly freed: number[] = [];
  private open: OpenPage | null = null;
  private nextPage = 0;
  private nextNumber = 0;
  private living = 0;
  private written = 0;

  constructor(private readonly format: EntryFormat<Thing>) {}

  /** The thing is new, or is no longer what it was. */
  changed(thing: Thing): void {
    if (thing.number === NOT_LOGGED) this.admit(thing);
    else this.kill(thing.number);
    this.objects.set(thing.number, thing);
    this.waiting.add(thing);
  }

  /** The thing is no more. */
  gone(thing: Thing): void {
    const { number } = thing;
    this.kill(number);
    this.waiting.delete(thing);
    this.objects.delete(number);
    this.freed.push(number);
    thing.number = NOT_LOGGED;
  }

  /** The thing of a number, the same object until `settle` is called next; undefined: nothing has it. */
  get(number: number): Thing | undefined {
    const held = this.objects.get(number);
    if (held !== undefined) return held;
    const entry = this.entries[number] ?? UNWRITTEN;
    const page = this.pages.get(Math.floor(entry / PAGE_ENTRIES));
    const place = entry % PAGE_ENTRIES;
    if (page?.things[place] !== number) return undefined;
    const thing = this.read(page, place);
    this.objects.set(number, thing);
    return thing;
  }

  /** The place for work that must not all be left to the snapshot: to be called now and then, when nothing is half done, and nobody holds an object. */
  settle(): void {
    if (this.waiting.size >= MAX_WAITING || this.objects.size >= MAX_OBJECTS) this.flush();
  }

  get size(): number {
    return this.nextNumber - this.freed.length;
  }

  get bytes(): number {
    let bytes = 0;
    for (const page of this.pages.values()) bytes += page.content?.length ?? this.open?.writer.length ?? 0;
    return bytes;
  }

  /** Which pages there are, and which of their entries live. After `parts`. */
  write(to: StateWriter): void {
    to.count(this.nextPage).count(this.pages.size);
    for (const { number, things, bits } of this.pages.values())
      to.count(number).count(things.length).array(bits.subarray(0, (things.length + 7) >>> 3));
  }

  /** Every page; of those that are full the content never changes. */
  parts(prefix: string): StatePart[] {
    this.flush();
    return [...this.pages.values()].map((page) =>
      rawPart(`${prefix}.${page.number}`, page.things.length, () => page.content ?? this.open?.writer.copy() ?? new Uint8Array()),
    );
  }

  /** Into a fresh log. `take` is given each thing once, in no order that means anything; those who need not hold on to it have its number. */
  restore(from: StateReader, prefix: string, parts: StateParts, take: (thing: Thing) => void): void {
    this.nextPage = from.count();
    for (let left = from.count(); left > 0; left--) {
      const number = from.count();
      const count = from.count();
      const bits = from.array(Uint8Array);
      const content = parts.read(`${prefix}.${number}`);
      const starts = new Int32Array(count);
      const page: Page = { ...emptyPage(number), starts, content: content.copy(), defined: content.defined };
      for (let i = 0; i < count; i++) {
        starts[i] = content.at;
        const thing = this.format.read(content);
        page.things.push(DEAD);
        if (((bits[i >>> 3] ?? 0) & (1 << (i & 7))) === 0) continue;
        this.admit(thing);
        this.place(thing.number, page, i);
        take(thing);
      }
      this.pages.set(number, packed(page));
      this.written += count;
    }
  }

  private admit(thing: Thing): void {
    const number = this.freed.pop() ?? this.nextNumber++;
    if (number >= this.entries.length) {
      const entries = new Float64Array(this.entries.length * 2);
      entries.set(this.entries);
      this.entries = entries;
    }
    this.entries[number] = UNWRITTEN;
    thing.number = number;
  }

  private flush(): void {
    for (const thing of this.waiting) this.append(thing);
    this.waiting.clear();
    this.clean();
    const first = (this.open?.number ?? this.nextPage) * PAGE_ENTRIES;
    for (const number of this.objects.keys()) if ((this.entries[number] ?? 0) < first) this.objects.delete(number);
  }

  private append(thing: Thing): void {
    const page = (this.open ??= this.newPage());
    const { writer, things, starts } = page;
    starts.push(writer.length);
    this.format.write(thing, writer);
    things.push(DEAD);
    this.place(thing.number, page, things.length - 1);
    this.objects.set(thing.number, thing);
    this.written++;
    if (things.length < PAGE_ENTRIES) return;
    this.pages.set(page.number, packed({ ...page, content: writer.copy() }));
    this.open = null;
  }

  private newPage(): OpenPage {
    const writer = new StateWriter();
    const page = { ...emptyPage(this.nextPage++), starts: [], writer, content: null, defined: writer.defined };
    this.pages.set(page.number, page);
    return page;
  }

  private read(page: Page, place: number): Thing {
    const at = page.starts[place];
    if (page.content === null || at === undefined) throw new RangeError(`page ${page.number} has no entry ${place} to read`);
    const thing = this.format.read(new StateReader(page.content, { at, defined: page.defined }));
    thing.number = page.things[place] ?? NOT_LOGGED;
    return thing;
  }

  private place(number: number, page: Page, place: number): void {
    page.things[place] = number;
    page.bits[place >>> 3] = (page.bits[place >>> 3] ?? 0) | (1 << (place & 7));
    page.living++;
    this.entries[number] = page.number * PAGE_ENTRIES + place;
    this.living++;
  }

  private kill(number: number): void {
    const entry = this.entries[number] ?? UNWRITTEN;
    if (entry === UNWRITTEN) return;
    const page = this.pages.get(Math.floor(entry / PAGE_ENTRIES));
    if (page === undefined) throw new RangeError(`there is no entry ${entry}`);
    const place = entry % PAGE_ENTRIES;
    page.things[place] = DEAD;
    page.bits[place >>> 3] = (page.bits[place >>> 3] ?? 0) & ~(1 << (place & 7));
    this.entries[number] = UNWRITTEN;
    page.living--;
    this.living--;
    if (page.living === 0 && page !== this.open) this.drop(page);
  }

  /** Every entry that died pays for at most one that is written again. */
  private clean(): void {
    while (this.written - this.living > this.living + 2 * PAGE_ENTRIES) {
      let emptiest: Page | null = null;
      for (const page of this.pages.values())
        if (page !== this.open && (emptiest === null || page.living < emptiest.living)) emptiest = page;
      if (emptiest === null) return;
      if (emptiest.living === 0) this.drop(emptiest);
      for (const [place, number] of emptiest.things.entries()) {
        if (number === DEAD) continue;
        const thing = this.objects.get(number) ?? this.read(emptiest, place);
        this.kill(number);
        this.append(thing);
      }
    }
  }

  private drop(page: Page): void {
    this.pages.delete(page.number);
    this.written -= page.things.length;
  }
}

const emptyPage = (number: number) => ({ number, things: new Array<number>(), bits: new Uint8Array(PAGE_ENTRIES >>> 3), living: 0 });

/** A page that is full, in few bytes. */
const packed = ({ number, things, bits, starts, living, content, defined: { texts, shapes } }: Page): Page => ({
  ...{ number, things, bits, starts: Int32Array.from(starts), living, content },
  defined: { texts: Int32Array.from(texts), shapes: Int32Array.from(shapes) },
});
