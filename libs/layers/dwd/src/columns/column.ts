import type { StateReader, StateWriter } from '@millrace/stream';

type Words = Uint8Array | Uint16Array | Uint32Array;

/** Values from here on stand beside the column. */
const BESIDE = 0xffff_ffff;
const FIRST_CAPACITY = 64;

/**
 * Whole numbers from 0 to 2^53 in the fewest bytes per entry, 0, 1, 2 or 4, that hold all of them so far: none while all are the same; what
 * needs more than 4 stands beside. Most columns of real traffic are narrow: one source, one version, few ads, small amounts.
 */
export class Column {
  private words: Words = new Uint8Array(0);
  private most = 0xff;
  private readonly beside = new Map<number, number>();
  /** What every entry is, while they are all the same. */
  private only = 0;
  private varies = false;

  get(i: number): number {
    if (!this.varies) return this.only;
    const word = this.words[i] ?? 0;
    return word === BESIDE ? (this.beside.get(i) ?? 0) : word;
  }

  /** The first `count` entries, all at once; none may need more than 32 bits. */
  read32(into: Uint32Array, count: number): void {
    if (this.beside.size > 0) throw new RangeError(`${this.beside.size} entries need more than 32 bits`);
    if (this.varies) into.set(this.words.subarray(0, count));
    else into.fill(this.only, 0, count);
  }

  /** `i` is the one behind the last that was set. */
  set(i: number, value: number): void {
    if (!this.varies) {
      if (i === 0) this.only = value;
      if (value === this.only) return;
      this.vary(i);
    }
    this.put(i, value);
  }

  private put(i: number, value: number): void {
    if (value > this.most && this.most < BESIDE) this.widen(value);
    if (i >= this.words.length) this.grow();
    if (value < BESIDE) {
      this.words[i] = value;
    } else {
      this.words[i] = BESIDE;
      this.beside.set(i, value);
    }
  }

  /** Gives back what was kept for further entries. */
  trim(count: number): void {
    if (this.words.length > count) this.words = this.words.slice(0, count);
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  /** As narrow as these entries allow, whatever stands around them. */
  write(to: StateWriter, from: number, end: number): void {
    const first = from < end ? this.get(from) : 0;
    if (this.isOnly(first, from, end)) return void to.count(0).count(end - from).value(first);
    let most = 0;
    const beside: [number, number][] = [];
    const part = this.words.subarray(from, end);
    for (let i = 0; i < part.length; i++) {
      const word = part[i] ?? 0;
      if (word > most) most = word;
      if (word === BESIDE) beside.push([from + i, this.beside.get(from + i) ?? 0]);
    }
    const narrow = narrowest(most);
    to.count(narrow.BYTES_PER_ELEMENT)
      .frozen(part instanceof narrow ? part : new narrow(part))
      .value(beside);
  }

  /** The next entries, `count` of them so far. */
  read(from: StateReader, count: number): void {
    const size = from.count();
    if (size === 0) return this.readOnly(from.count(), from.value() as number, count);
    if (!this.varies) this.vary(count);
    const part = size === 1 ? from.array(Uint8Array) : size === 2 ? from.array(Uint16Array) : from.array(Uint32Array);
    if (part.BYTES_PER_ELEMENT > this.words.BYTES_PER_ELEMENT) this.widen(size === 2 ? 0xffff : BESIDE);
    if (count === 0 && part.BYTES_PER_ELEMENT === this.words.BYTES_PER_ELEMENT) {
      this.words = part;
    } else {
      const words = emptyLike(this.words, count + part.length);
      words.set(this.words.subarray(0, count));
      words.set(part, count);
      this.words = words;
    }
    for (const [i, value] of from.value() as [number, number][]) this.beside.set(i, value);
  }

  private readOnly(length: number, value: number, count: number): void {
    if (!this.varies && count === 0) this.only = value;
    if (!this.varies && value === this.only) return;
    for (let i = count; i < count + length; i++) this.set(i, value);
  }

  private isOnly(value: number, from: number, end: number): boolean {
    if (!this.varies) return true;
    for (let i = from + 1; i < end; i++) if (this.get(i) !== value) return false;
    return true;
  }

  /** From now on every entry has words of its own: the first `count` too. */
  private vary(count: number): void {
    this.varies = true;
    for (let i = 0; i < count; i++) this.put(i, this.only);
  }

  private widen(value: number): void {
    const wide = narrowest(value);
    this.words = new wide(this.words);
    this.most = wide === Uint32Array ? BESIDE : 0xffff;
  }

  private grow(): void {
    const words = emptyLike(this.words, Math.max(FIRST_CAPACITY, this.words.length + (this.words.length >>> 2)));
    words.set(this.words);
    this.words = words;
  }
}

const narrowest = (most: number): typeof Uint8Array | typeof Uint16Array | typeof Uint32Array =>
  most <= 0xff ? Uint8Array : most <= 0xffff ? Uint16Array : Uint32Array;

const emptyLike = (words: Words, length: number): Words =>
  words instanceof Uint8Array
    ? new Uint8Array(length)
    : words instanceof Uint16Array
      ? new Uint16Array(length)
      : new Uint32Array(length);
