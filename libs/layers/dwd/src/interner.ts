import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { TextTable } from './columns/text-table';
import type { Stored } from './stored';

/** Buckets of one part of a snapshot: 2 ** 16. */
const BUCKET_BITS = 16;
/** Texts of one part, up to layout 3: 2 ** 13. */
const TEXT_BITS = 13;
const TEXTS_APART_UP_TO = 3;
/** In place of a bucket: the number is free. And the earliest of all. */
const FREE = 0x7fff_ffff;
const NEVER = -0x8000_0000;

/**
 * Numbers for strings, so that state holds 4 bytes where the name has 20. A number stays valid while something that was
 * interned with the same or a later `bucket` (of event time) is kept; `sweep` takes back the rest, so the table grows
 * with what is kept, not with time.
 */
export class Interner implements Stored {
  private readonly table = new TextTable();
  /** Strings that have been asked for. */
  private readonly texts: (string | undefined)[] = [];
  /** By number, in which bucket it was last used. */
  private lastBucket = new Int32Array(64);
  /** By chunk, how often its buckets changed. */
  private readonly bucketRevisions: number[] = [];

  intern(text: string, bucket: number): number {
    let number = this.table.find(text);
    if (number < 0) {
      number = this.table.intern(text);
      this.setBucket(number, Math.max(bucket, NEVER));
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
    return this.table.find(text);
  }

  text(number: number): string {
    return (this.texts[number] ??= this.table.text(number));
  }

  /** Takes back every number that was last used in `bucket` or before. */
  sweep(bucket: number, onFree?: (number: number) => void): void {
    for (let number = 0; number < this.table.limit; number++) {
      const last = this.lastBucket[number] ?? FREE;
      if (last > bucket) continue;
      this.table.free(number);
      this.texts[number] = undefined;
      this.setBucket(number, FREE);
      onFree?.(number);
    }
  }

  write(to: StateWriter): void {
    this.table.write(to);
    to.array(Float64Array.from(this.bucketRevisions));
  }

  parts(prefix: string): StatePart[] {
    const buckets = this.bucketRevisions.map((revision, chunk) =>
      statePart(`${prefix}.buckets.${chunk}`, revision, (to) =>
        to.array(this.lastBucket.subarray(chunk << BUCKET_BITS, Math.min(this.table.limit, (chunk + 1) << BUCKET_BITS))),
      ),
    );
    return [...this.table.parts(prefix), ...buckets];
  }

  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void {
    if (layout <= TEXTS_APART_UP_TO) return this.restoreLayout3(from, prefix, parts);
    this.table.restore(from, prefix, parts);
    this.bucketRevisions.push(...from.array(Float64Array));
    this.readBuckets(this.table.limit, prefix, parts);
  }

  private restoreLayout3(from: StateReader, prefix: string, parts: StateParts): void {
    const count = from.count();
    from.count();
    const chunks = from.array(Float64Array).length;
    this.bucketRevisions.push(...from.array(Float64Array));
    this.readBuckets(count, prefix, parts);
    const texts: string[] = [];
    for (let chunk = 0; chunk < chunks; chunk++) {
      const part = parts.read(`${prefix}.texts.${chunk}`);
      for (let left = Math.min(count, (chunk + 1) << TEXT_BITS) - (chunk << TEXT_BITS); left > 0; left--) texts.push(part.string());
    }
    this.table.take([...texts.entries()].filter(([number]) => this.lastBucket[number] !== FREE), count);
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    const buckets = from.array(Float64Array);
    from.array(Uint32Array);
    from.count();
    const texts: string[] = [];
    for (let chunk = 0, chunks = from.array(Float64Array).length; chunk < chunks; chunk++) {
      const part = parts.read(`${prefix}.${chunk}`);
      for (let left = part.count(); left > 0; left--) texts.push(part.string());
    }
    buckets.forEach((bucket, number) => this.setBucket(number, Math.min(FREE, Math.max(NEVER, bucket))));
    this.table.take([...texts.entries()].filter(([number]) => this.lastBucket[number] !== FREE), texts.length);
  }

  private readBuckets(count: number, prefix: string, parts: StateParts): void {
    this.lastBucket = new Int32Array(count + 64);
    for (let chunk = 0; chunk < this.bucketRevisions.length; chunk++)
      this.lastBucket.set(parts.read(`${prefix}.buckets.${chunk}`).array(Int32Array), chunk << BUCKET_BITS);
  }

  private setBucket(number: number, bucket: number): void {
    if (number >= this.lastBucket.length) {
      const grown = new Int32Array(this.lastBucket.length * 2);
      grown.set(this.lastBucket);
      this.lastBucket = grown;
    }
    this.lastBucket[number] = bucket;
    const chunk = number >>> BUCKET_BITS;
    this.bucketRevisions[chunk] = (this.bucketRevisions[chunk] ?? 0) + 1;
  }

  /** Those in use. */
  *entries(): Iterable<[number: number, text: string]> {
    for (let number = 0; number < this.limit; number++) if (this.table.holds(number)) yield [number, this.text(number)];
  }

  /** Every number in use is below this. */
  get limit(): number {
    return this.table.limit;
  }

  get size(): number {
    return this.table.size;
  }

  get bytes(): number {
    return this.table.bytes + this.lastBucket.byteLength;
  }
}
