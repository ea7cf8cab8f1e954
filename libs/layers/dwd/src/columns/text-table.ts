import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { IdentityIndex, IndexFiller } from './identity-index';

/** Bytes of a chunk: 2 ** 20. An address is a chunk and a place in it. */
const CHUNK_BITS = 20;
const CHUNK_BYTES = 1 << CHUNK_BITS;
const FIRST_BYTES = 1 << 10;
/** Numbers of one part of a snapshot: 2 ** 16. */
const PART_BITS = 16;
const FIRST_NUMBERS = 256;
/** In place of an address: the number is free. */
const FREE = 0xffff_ffff;
/** Bytes before a text: its length in code units * 2, + 1 when each takes two bytes. */
const HEAD_BYTES = 3;
/** A text is made of so many units at a time, and not of one: each more would be a string of its own. */
const UNITS_AT_ONCE = 256;
const LONGEST = (CHUNK_BYTES - HEAD_BYTES) / 2;

interface Chunk {
  /** Tells it from every other chunk of the table: places in the list are used again. */
  readonly serial: number;
  bytes: Uint8Array;
  end: number;
  /** Bytes of texts that have lost their numbers. */
  dead: number;
}

/**
 * Numbers for many strings, all of them outside the JS heap: a Map of millions costs its collector more than the look-ups cost. Texts lie
 * behind one another, a byte for each code unit, two where one of them needs it, and are never changed: so a snapshot takes the bytes as
 * they are. The caller says when a number is free.
 */
export class TextTable {
  private readonly chunks: (Chunk | undefined)[] = [];
  /** The chunk that takes new texts. */
  private open = -1;
  private serials = 0;
  private addresses = new Uint32Array(FIRST_NUMBERS);
  private count = 0;
  private readonly freed: number[] = [];
  /** By part of addresses, how often they changed. */
  private readonly revisions: number[] = [];
  private readonly index = new IdentityIndex((number) => this.hashAt(this.addresses[number] ?? 0));
  /** What was asked for last: one event asks several times, with the same string. */
  private lastText = '';
  private lastNumber = -1;
  private lastHash = hashOf('');

  /** -1 when the text has no number. */
  find(text: string): number {
    if (text === this.lastText) return this.lastNumber;
    const hash = hashOf(text);
    this.lastText = text;
    this.lastHash = hash;
    this.lastNumber = this.sought(text);
    return this.lastNumber;
  }

  intern(text: string): number {
    const held = this.find(text);
    if (held >= 0) return held;
    const number = this.freed.pop() ?? this.count++;
    this.put(number, text);
    this.lastNumber = number;
    return number;
  }

  text(number: number): string {
    const address = number < this.count ? (this.addresses[number] ?? FREE) : FREE;
    const chunk = this.chunkOf(address);
    if (chunk === undefined) throw new RangeError(`no text has the number ${number}`);
    const { bytes } = chunk;
    let at = address & (CHUNK_BYTES - 1);
    const head = headAt(bytes, at);
    at += HEAD_BYTES;
    const units = new Array<number>(Math.min(head >>> 1, UNITS_AT_ONCE));
    let text = '';
    for (let left = head >>> 1; left > 0;) {
      units.length = Math.min(left, UNITS_AT_ONCE);
      for (let i = 0; i < units.length; i++, at += 1 + (head & 1))
        units[i] = (head & 1) === 0 ? (bytes[at] ?? 0) : (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
      text += String.fromCharCode(...units);
      left -= units.length;
    }
    return text;
  }

  holds(number: number): boolean {
    return number < this.count && this.addresses[number] !== FREE;
  }

  /** The number may be given to another text. */
  free(number: number): void {
    const address = this.addresses[number] ?? FREE;
    const chunk = this.chunkOf(address);
    if (chunk === undefined) throw new RangeError(`no text has the number ${number}`);
    chunk.dead += sizeAt(chunk.bytes, address & (CHUNK_BYTES - 1));
    this.index.remove(this.hashAt(address), number);
    this.setAddress(number, FREE);
    this.freed.push(number);
    if (number === this.lastNumber) this.lastNumber = -1;
    if (!isMostlyDead(chunk)) return;
    const place = address >>> CHUNK_BITS;
    if (place === this.open) this.open = -1;
    this.clean(place, chunk);
  }

  /** Every number in use is below this. */
  get limit(): number {
    return this.count;
  }

  get size(): number {
    return this.count - this.freed.length;
  }

  get bytes(): number {
    return this.index.bytes + this.addresses.byteLength + this.chunks.reduce((sum, chunk) => sum + (chunk?.bytes.length ?? 0), 0);
  }

  write(to: StateWriter): void {
    to.count(this.count).count(this.serials).count(this.open + 1).array(Float64Array.from(this.revisions));
    to.value(this.chunks.map((chunk) => (chunk === undefined ? null : [chunk.serial, chunk.dead])));
    to.array(Uint32Array.from(this.freed));
  }

  parts(prefix: string): StatePart[] {
    const chunks = this.chunks.flatMap((chunk, i) =>
      chunk === undefined
        ? []
        : [statePart(`${prefix}.texts.${i}`, `${chunk.serial}.${chunk.end}`, (to) => to.frozen(chunk.bytes.subarray(0, chunk.end)))],
    );
    const addresses = this.revisions.map((revision, part) =>
      statePart(`${prefix}.addresses.${part}`, revision, (to) =>
        to.array(this.addresses.subarray(part << PART_BITS, Math.min(this.count, (part + 1) << PART_BITS))),
      ),
    );
    return [...chunks, ...addresses];
  }

  /** Into a fresh one. What finds the texts is made again. */
  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.count = from.count();
    this.serials = from.count();
    this.open = from.count() - 1;
    this.revisions.push(...from.array(Float64Array));
    for (const [i, held] of (from.value() as ([serial: number, dead: number] | null)[]).entries()) {
      const bytes = held === null ? null : parts.read(`${prefix}.texts.${i}`).array(Uint8Array);
      this.chunks.push(held === null || bytes === null ? undefined : { serial: held[0], bytes, end: bytes.length, dead: held[1] });
    }
    for (const number of from.array(Uint32Array)) this.freed.push(number);
    this.addresses = new Uint32Array(this.count + FIRST_NUMBERS);
    for (let part = 0; part < this.revisions.length; part++)
      this.addresses.set(parts.read(`${prefix}.addresses.${part}`).array(Uint32Array), part << PART_BITS);
    const filler = new IndexFiller(this.size);
    for (let number = 0; number < this.count; number++) {
      const address = this.addresses[number] ?? FREE;
      if (address !== FREE) filler.put(this.hashAt(address), number);
    }
    this.index.take(filler);
    this.lastNumber = this.sought(this.lastText);
  }

  /** Into a fresh one: texts that had numbers elsewhere keep them, and the rest below `limit` are free. */
  take(entries: Iterable<readonly [number: number, text: string]>, limit: number): void {
    const texts: string[] = [];
    for (const [number, text] of entries) texts[number] = text;
    for (let number = 0; number < limit; number++) {
      const text = texts[number];
      this.count = number + 1;
      if (text === undefined) {
        this.setAddress(number, FREE);
        this.freed.push(number);
        continue;
      }
      this.lastText = text;
      this.lastHash = hashOf(text);
      this.lastNumber = number;
      this.put(number, text);
    }
  }

  /** The number of the text whose hash was taken last. */
  private sought(text: string): number {
    let number = this.index.first(this.lastHash);
    while (number >= 0 && !this.isAt(this.addresses[number] ?? FREE, text)) number = this.index.next();
    return number;
  }

  /** `text` is what was sought last. */
  private put(number: number, text: string): void {
    this.setAddress(number, this.append(text));
    this.index.add(this.lastHash, number);
  }

  private append(text: string): number {
    const { length } = text;
    if (length > LONGEST) throw new RangeError(`a text of ${length} code units`);
    let wide = 0;
    for (let i = 0; i < length && wide === 0; i++) if (text.charCodeAt(i) > 0xff) wide = 1;
    const size = HEAD_BYTES + (length << wide);
    const chunk = this.roomFor(size);
    const { bytes, end } = chunk;
    const head = length * 2 + wide;
    bytes[end] = head;
    bytes[end + 1] = head >>> 8;
    bytes[end + 2] = head >>> 16;
    let at = end + HEAD_BYTES;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      bytes[at++] = unit;
      if (wide === 1) bytes[at++] = unit >>> 8;
    }
    chunk.end = at;
    return addressOf(this.open, end);
  }

  private roomFor(size: number): Chunk {
    const chunk = this.chunks[this.open];
    if (chunk === undefined || chunk.end + size > CHUNK_BYTES) {
      const gap = this.chunks.indexOf(undefined);
      this.open = gap < 0 ? this.chunks.length : gap;
      this.chunks[this.open] = { serial: ++this.serials, bytes: new Uint8Array(FIRST_BYTES), end: 0, dead: 0 };
      return this.roomFor(size);
    }
    if (chunk.end + size > chunk.bytes.length) {
      const grown = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(chunk.bytes.length * 2, chunk.end + size)));
      grown.set(chunk.bytes.subarray(0, chunk.end));
      chunk.bytes = grown;
    }
    return chunk;
  }

  /** Moves what lives of a chunk behind all others: each text that has died pays for less than one that is moved. */
  private clean(place: number, chunk: Chunk): void {
    const { bytes, end } = chunk;
    for (let at = 0; at < end;) {
      const size = sizeAt(bytes, at);
      const address = addressOf(place, at);
      let number = this.index.first(this.hashAt(address));
      while (number >= 0 && this.addresses[number] !== address) number = this.index.next();
      if (number >= 0) {
        const to = this.roomFor(size);
        to.bytes.set(bytes.subarray(at, at + size), to.end);
        this.setAddress(number, addressOf(this.open, to.end));
        to.end += size;
      }
      at += size;
    }
    this.chunks[place] = undefined;
  }

  private setAddress(number: number, address: number): void {
    if (number >= this.addresses.length) {
      const grown = new Uint32Array(this.addresses.length + (this.addresses.length >>> 1));
      grown.set(this.addresses);
      this.addresses = grown;
    }
    this.addresses[number] = address;
    const part = number >>> PART_BITS;
    this.revisions[part] = (this.revisions[part] ?? 0) + 1;
  }

  private chunkOf(address: number): Chunk | undefined {
    return address === FREE ? undefined : this.chunks[address >>> CHUNK_BITS];
  }

  private isAt(address: number, text: string): boolean {
    const chunk = this.chunkOf(address);
    if (chunk === undefined) return false;
    const { bytes } = chunk;
    let at = address & (CHUNK_BYTES - 1);
    const head = headAt(bytes, at);
    const { length } = text;
    if (head >>> 1 !== length) return false;
    at += HEAD_BYTES;
    if ((head & 1) === 0) {
      for (let i = 0; i < length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
      return true;
    }
    for (let i = 0; i < length; i++, at += 2) if (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) !== text.charCodeAt(i)) return false;
    return true;
  }

  private hashAt(address: number): number {
    const bytes = this.chunks[address >>> CHUNK_BITS]?.bytes ?? NOTHING;
    let at = address & (CHUNK_BYTES - 1);
    const head = headAt(bytes, at);
    at += HEAD_BYTES;
    let hash = FIRST_HASH;
    if ((head & 1) === 0) for (const end = at + (head >>> 1); at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FACTOR);
    else for (const end = at + (head & ~1); at < end; at += 2) hash = Math.imul(hash ^ ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)), FACTOR);
    return mixed(hash);
  }
}

const isMostlyDead = ({ dead, end }: Chunk): boolean => dead * 2 > end;

const NOTHING = new Uint8Array(0);
const FIRST_HASH = 0x811c_9dc5 | 0;
const FACTOR = 0x0100_0193;

/** Of the code units, however they are stored. */
const hashOf = (text: string): number => {
  let hash = FIRST_HASH;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FACTOR);
  return mixed(hash);
};

const mixed = (sum: number): number => {
  let hash = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const addressOf = (chunk: number, at: number): number => ((chunk << CHUNK_BITS) | at) >>> 0;

const headAt = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);

/** Of a text with its head. */
const sizeAt = (bytes: Uint8Array, at: number): number => {
  const head = headAt(bytes, at);
  return HEAD_BYTES + ((head >>> 1) << (head & 1));
};
