import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import type { Stored } from './stored';

/** Texts of one part of a snapshot: 2 ** 16. */
const CHUNK_BITS = 16;

/**
 * Numbers for strings, so that state holds 4 bytes where the name has 20. A number stays valid while something that was
 * interned with the same or a later `bucket` (of event time) is kept; `sweep` takes back the rest, so the table grows
 * with what is kept, not with time.
 */
export class Interner implements Stored {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [];
  private readonly lastBucket: number[] = [];
  private readonly free: number[] = [];
  /** Dates the changes; by chunk, when its texts changed last. */
  private revision = 0;
  private readonly revisions: number[] = [];
  /** One event asks for the same text several times, and it is the same string: comparing it costs nothing. */
  private lastText = '';
  private lastNumber = -1;

  intern(text: string, bucket: number): number {
    let number = this.find(text);
    if (number < 0) {
      number = this.free.pop() ?? this.texts.length;
      this.numbers.set(text, number);
      this.texts[number] = text;
      this.revisions[number >>> CHUNK_BITS] = ++this.revision;
      this.lastBucket[number] = bucket;
      this.lastText = text;
      this.lastNumber = number;
    } else if (bucket > (this.lastBucket[number] ?? -Infinity)) {
      this.lastBucket[number] = bucket;
    }
    return number;
  }

  /** The number is used again in `bucket`. */
  touch(number: number, bucket: number): void {
    if (bucket > (this.lastBucket[number] ?? Infinity)) this.lastBucket[number] = bucket;
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
      if ((this.lastBucket[number] ?? Infinity) > bucket) continue;
      this.numbers.delete(this.texts[number] ?? '');
      this.texts[number] = '';
      this.revisions[number >>> CHUNK_BITS] = ++this.revision;
      this.lastBucket[number] = Infinity;
      this.free.push(number);
      onFree?.(number);
    }
    this.lastText = '';
    this.lastNumber = this.numbers.get('') ?? -1;
  }

  write(to: StateWriter): void {
    to.array(Float64Array.from(this.lastBucket)).array(Uint32Array.from(this.free)).count(this.revision);
    to.array(Float64Array.from(this.revisions));
  }

  parts(prefix: string): StatePart[] {
    return this.revisions.map((revision, chunk) =>
      statePart(`${prefix}.${chunk}`, revision, (to) => {
        const texts = this.texts.slice(chunk << CHUNK_BITS, (chunk + 1) << CHUNK_BITS);
        to.count(texts.length);
        for (const text of texts) to.string(text);
      }),
    );
  }

  restore(from: StateReader, prefix: string, parts: StateParts): void {
    for (const bucket of from.array(Float64Array)) this.lastBucket.push(bucket);
    for (const number of from.array(Uint32Array)) this.free.push(number);
    this.revision = from.count();
    for (const revision of from.array(Float64Array)) this.revisions.push(revision);
    for (let chunk = 0; chunk < this.revisions.length; chunk++) {
      const texts = parts.read(`${prefix}.${chunk}`);
      for (let left = texts.count(); left > 0; left--) this.texts.push(texts.string());
    }
    this.texts.forEach((text, number) => {
      if (this.lastBucket[number] !== Infinity) this.numbers.set(text, number);
    });
    this.lastNumber = this.numbers.get(this.lastText) ?? -1;
  }

  /** Every number in use is below this. */
  get limit(): number {
    return this.texts.length;
  }

  get size(): number {
    return this.numbers.size;
  }
}
