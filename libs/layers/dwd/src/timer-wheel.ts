import type { StateWriter } from '@millrace/stream';

const BUCKET_MS = 60_000;

/** When the next minute begins: until then nothing more falls due. */
export const minuteAfter = (time_ms: number): number => (Math.floor(time_ms / BUCKET_MS) + 1) * BUCKET_MS;

/** Things that fall due in event time, by the minute: what is due in a minute is due when the watermark has left it. */
export class TimerWheel<Thing> {
  private readonly buckets = new Map<number, Thing[]>();
  /** Buckets before this one have been taken. */
  private next = -Infinity;

  /** A time that has already passed is due at the next `takeDue`. */
  add(time_ms: number, thing: Thing): void {
    const bucket = Math.max(Math.floor(time_ms / BUCKET_MS), this.next);
    const things = this.buckets.get(bucket);
    if (things === undefined) this.buckets.set(bucket, [thing]);
    else things.push(thing);
  }

  /** Hands out what the watermark is past, in order of time. Additions made meanwhile wait for the next call. */
  takeDue(watermark_ms: number, take: (thing: Thing) => void): void {
    const end = Math.floor(watermark_ms / BUCKET_MS);
    if (end <= this.next || this.buckets.size === 0) {
      this.next = Math.max(this.next, end);
      return;
    }
    const due: Thing[][] = [];
    for (const bucket of this.dueBuckets(end)) {
      const things = this.buckets.get(bucket);
      if (things === undefined) continue;
      this.buckets.delete(bucket);
      due.push(things);
    }
    this.next = end;
    for (const things of due) for (const thing of things) take(thing);
  }

  /** What waits is written where it belongs, and added again in any order: `arrange` puts it in the one it had. */
  write(to: StateWriter): void {
    to.number(this.next);
  }

  /** Into a fresh wheel: `next` is what was written. */
  restore(next: number): void {
    this.next = next;
  }

  /** Puts what is due in one minute in an order: `arrange` does it in place. */
  arrange(arrange: (things: Thing[]) => void): void {
    for (const things of this.buckets.values()) arrange(things);
  }

  get size(): number {
    let size = 0;
    for (const things of this.buckets.values()) size += things.length;
    return size;
  }

  /** Walks the minutes when they are few, else the buckets that exist. */
  private *dueBuckets(end: number): Iterable<number> {
    if (end - this.next <= this.buckets.size) {
      for (let bucket = this.next; bucket < end; bucket++) yield bucket;
    } else {
      yield* [...this.buckets.keys()].filter((bucket) => bucket < end).sort((a, b) => a - b);
    }
  }
}
