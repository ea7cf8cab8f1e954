import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { Stored } from './stored';

/** Texts of one part of a snapshot: 2 ** 13; and buckets: 2 ** 16. */
const TEXT_BITS = 13;
const BUCKET_BITS = 16;
/** In place of a bucket: the number is free. And the earliest of all. */
const FREE = 0x7fff_ffff;
const NEVER = -0x8000_0000;

/**
 * Numbers for strings, so that state holds 4 bytes where the name has 20. A number stays valid while something that was
 * interned with the same or a later `bucket` (of event time) is kept; `sweep` takes back the rest, so the table grows
 * with what is kept, not with time.
 */
export class Interner implements Stored {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];
  /** By number, in which bucket it was last used. */
  private lastBucket = new Int32Array(64);
  private readonly free: number[] = [];
  /** Dates the changes; by chunk, when its texts changed last, and its buckets. */
  private revision = 0;
  private readonly textRevisions: number[] = [];
  private readonly bucketRevisions: number[] = [];
  /** One event asks for the same text several times, and it is the same string: comparing it costs nothing. */
  private lastText = '';
  private lastNumber = -1;

  intern(text: string, bucket: number): number {
    let number = this.find(text);
    if (number < 0) {
      number = this.free.pop() ?? this.texts.length;
      this.numbers.set(text, number);
      this.texts[number] = text;
      this.textRevisions[number >>> TEXT_BITS] = ++this.revision;
      this.setBucket(number, Math.max(bucket, NEVER));
      this.lastText = text;
      this.lastNumber = number;
    } else {
      this.touch(number, bucket);
    }
    return number;
  }

  /** The number is used again in `bucket`. */
  touch(number: number, bucket: number): void {
    if (bucket > (this.lastBucket[number] ?? FREE)) this.setBucket(number, bucket);
  }

  /** -1 when the text has no number. */
  find(text: string): number {
    if (text === this.lastText) return this.lastNumber;
    const number = this.numbers.get(text) ?? -1;
    this.lastText = text;
    this.lastNumber = number;
    return number;
  }

  text(number: number): string {
    const text = this.texts[number];
    if (text === undefined) throw new RangeError(`no text has the number ${number}`);
    return text;
  }

  /** Takes back every number that was last used in `bucket` or before. */
  sweep(bucket: number, onFree?: (number: number) => void): void {
    for (let number = 0; number < this.texts.length; number++) {
      const last = this.lastBucket[number] ?? FREE;
      if (last > bucket) continue;
      // The text itself stays until the number is used again: so the part that holds it need not be written.
      this.numbers.delete(this.texts[number] ?? '');
      this.setBucket(number, FREE);
      this.free.push(number);
      onFree?.(number);
    }
    this.lastText = '';
    this.lastNumber = this.numbers.get('') ?? -1;
  }

  write(to: StateWriter): void {
    to.count(this.texts.length).count(this.revision);
    to.array(Float64Array.from(this.textRevisions)).array(Float64Array.from(this.bucketRevisions));
  }

  parts(prefix: string): StatePart[] {
    const count = this.texts.length;
    const texts = this.textRevisions.map((revision, chunk) =>
      statePart(`${prefix}.texts.${chunk}`, revision, (to) => {
        const end = Math.min(count, (chunk + 1) << TEXT_BITS);
        for (let number = chunk << TEXT_BITS; number < end; number++) to.string(this.texts[number] ?? '');
      }),
    );
    const buckets = this.bucketRevisions.map((revision, chunk) =>
      statePart(`${prefix}.buckets.${chunk}`, revision, (to) =>
        to.array(this.lastBucket.subarray(chunk << BUCKET_BITS, Math.min(count, (chunk + 1) << BUCKET_BITS))),
      ),
    );
    return [...texts, ...buckets];
  }

  restore(from: StateReader, prefix: string, parts: StateParts): void {
    const count = from.count();
    this.revision = from.count();
    this.textRevisions.push(...from.array(Float64Array));
    this.bucketRevisions.push(...from.array(Float64Array));
    this.lastBucket = new Int32Array(count + 64);
    for (let chunk = 0; chunk < this.bucketRevisions.length; chunk++)
      this.lastBucket.set(parts.read(`${prefix}.buckets.${chunk}`).array(Int32Array), chunk << BUCKET_BITS);
    for (let chunk = 0; chunk < this.textRevisions.length; chunk++) {
      const texts = parts.read(`${prefix}.texts.${chunk}`);
      for (let left = Math.min(count, (chunk + 1) << TEXT_BITS) - (chunk << TEXT_BITS); left > 0; left--) this.texts.push(texts.string());
    }
    this.number();
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    const buckets = from.array(Float64Array);
    from.array(Uint32Array);
    from.count();
    for (let chunk = 0, chunks = from.array(Float64Array).length; chunk < chunks; chunk++) {
      const texts = parts.read(`${prefix}.${chunk}`);
      for (let left = texts.count(); left > 0; left--) {
        this.textRevisions[this.texts.length >>> TEXT_BITS] = ++this.revision;
        this.texts.push(texts.string());
      }
    }
    buckets.forEach((bucket, number) => this.setBucket(number, Math.min(FREE, Math.max(NEVER, bucket))));
    this.number();
  }

  /** Finds the texts that were read, and which numbers are free. */
  private number(): void {
    for (const [number, text] of this.texts.entries()) {
      if (this.lastBucket[number] === FREE) this.free.push(number);
      else this.numbers.set(text, number);
    }
    this.lastNumber = this.numbers.get(this.lastText) ?? -1;
  }

  private setBucket(number: number, bucket: number): void {
    if (number >= this.lastBucket.length) {
      const grown = new Int32Array(this.lastBucket.length * 2);
      grown.set(this.lastBucket);
      this.lastBucket = grown;
    }
    this.lastBucket[number] = bucket;
    this.bucketRevisions[number >>> BUCKET_BITS] = ++this.revision;
  }

  /** Those in use. */
  *entries(): Iterable<[number: number, text: string]> {
    for (const [text, number] of this.numbers) yield [number, text];
  }

  /** Every number in use is below this. */
  get limit(): number {
    return this.texts.length;
  }

  get size(): number {
    return this.numbers.size;
  }
}
