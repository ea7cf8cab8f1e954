/** A reference to an entry is a slot of 16 bits and an index of 16; one slot less, so that reference + 1 fits 32 bits too. */
const INDEX_BITS = 16;
const SLOTS = 0xffff;
export const SEGMENT_CAPACITY = 1 << INDEX_BITS;
const INDEX_MASK = SEGMENT_CAPACITY - 1;

export const indexOf = (ref: number): number => ref & INDEX_MASK;
export const refOf = (slot: number, index: number): number => ((slot << INDEX_BITS) | index) >>> 0;

export interface Segment {
  readonly full: boolean;
  /** No more entries are expected for now. */
  trim(): void;
}

/** Which segments there are, by bucket of event time and by slot: what refers to an entry holds the slot. */
export class SegmentTable<S extends Segment> {
  private readonly slots: (S | undefined)[] = [];
  /** Slots that held a segment since the references were last rebuilt: theirs may still stand somewhere. */
  private readonly stale = new Set<number>();
  private readonly slotsOf = new Map<number, number[]>();
  private newest = -Infinity;
  oldest = Infinity;

  /** @param dropReferences makes those to forgotten segments vanish from wherever they stand */
  constructor(private readonly dropReferences: () => void) {}

  at(ref: number): S | undefined {
    return this.slots[ref >>> INDEX_BITS];
  }

  inSlot(slot: number): S | undefined {
    return this.slots[slot];
  }

  /** The segments of a bucket, by slot. */
  *ofBucket(bucket: number): Iterable<[slot: number, segment: S]> {
    for (const slot of this.slotsOf.get(bucket) ?? []) {
      const segment = this.slots[slot];
      if (segment !== undefined) yield [slot, segment];
    }
  }

  buckets(): Iterable<number> {
    return this.slotsOf.keys();
  }

  /** Every segment, by slot, in the order of buckets as they came. */
  *all(): Iterable<[slot: number, segment: S]> {
    for (const bucket of this.slotsOf.keys()) yield* this.ofBucket(bucket);
  }

  /** The slot that takes new entries of a bucket. */
  slotFor(bucket: number, create: (bucket: number) => S): number {
    const open = this.slotsOf.get(bucket)?.at(-1);
    if (open !== undefined && this.slots[open]?.full === false) return open;
    const slot = this.freeSlot();
    this.put(slot, bucket, create(bucket));
    return slot;
  }

  put(slot: number, bucket: number, segment: S): void {
    if (bucket > this.newest) {
      // Disorder still brings entries to the one before: it grows again as it must, and is trimmed once more with the next.
      for (const late of [this.newest - 1, this.newest]) for (const [, before] of this.ofBucket(late)) before.trim();
      this.newest = bucket;
    }
    while (this.slots.length <= slot) this.slots.push(undefined);
    this.slots[slot] = segment;
    const slots = this.slotsOf.get(bucket);
    if (slots === undefined) this.slotsOf.set(bucket, [slot]);
    else slots.push(slot);
    this.oldest = Math.min(this.oldest, bucket);
  }

  /** Drops every bucket before `end`. True when there was one. */
  forget(end: number): boolean {
    if (end <= this.oldest) return false;
    let dropped = false;
    for (const [bucket, slots] of this.slotsOf) {
      if (bucket >= end) continue;
      for (const slot of slots) {
        this.slots[slot] = undefined;
        this.stale.add(slot);
      }
      this.slotsOf.delete(bucket);
      dropped = true;
    }
    this.oldest = Math.min(...this.slotsOf.keys());
    return dropped;
  }

  private freeSlot(): number {
    if (this.slots.length < SLOTS) return this.slots.length;
    const free = (): number => this.slots.findIndex((segment, slot) => segment === undefined && !this.stale.has(slot));
    let slot = free();
    if (slot < 0) {
      this.dropReferences();
      this.stale.clear();
      slot = free();
    }
    if (slot < 0)
      throw new RangeError(`more than ${SLOTS} segments of ${SEGMENT_CAPACITY} entries in one partition: use more partitions`);
    return slot;
  }
}
