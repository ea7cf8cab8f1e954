import type { StatePart, StateParts, StateReader, StateStore, StateWriter } from '@millrace/stream';
import { IdentityIndex, IndexFiller } from '../columns/identity-index';
import { indexOf, refOf, SegmentTable } from '../columns/segment-table';
import type { Stored } from '../stored';
import { ExposureSegment } from './exposure-segment';
import { hashIdentity } from './identity-hash';

const DAY_MS = 86_400_000;

/**
 * Identities of exposures with what an invalidation takes back, until they are forgotten by time: in segments by day, found through an
 * index of 128-bit hashes. Placements and items are the caller's numbers.
 */
export class ExposureIdentities implements StateStore, Stored {
  private readonly segments = new SegmentTable<ExposureSegment>(() => this.index.rebuild());
  private readonly index = new IdentityIndex((ref) => {
    const segment = this.segments.at(ref);
    return segment === undefined ? null : (segment.hashes[indexOf(ref) * 4] ?? 0);
  });
  private horizon_ms = -Infinity;
  private held = 0;
  private serials = 0;
  private readonly hash = new Uint32Array(4);
  /** Reference to a held identity, or -1. */
  find(user_id: string, source: string, event_id: string): number {
    hashIdentity(user_id, source, event_id, this.hash);
    let ref = this.index.first(this.hash[0] ?? 0);
    while (ref >= 0 && !this.isIt(ref)) ref = this.index.next();
    return ref;
  }

  /** Puts the identity that `find` was last asked for, and did not find. */
  add(time_ms: number, placement: number, item: number, cost_minor: number, takenBack: boolean): void {
    this.put(this.hash, time_ms, placement, item, cost_minor, takenBack);
  }

  timeAt(ref: number): number {
    const segment = this.segmentOf(ref);
    return segment.start_ms + segment.time.get(indexOf(ref));
  }
  costAt(ref: number): number {
    return this.segmentOf(ref).cost.get(indexOf(ref));
  }
  placementAt(ref: number): number {
    return this.segmentOf(ref).placement.get(indexOf(ref));
  }
  itemAt(ref: number): number {
    return this.segmentOf(ref).item.get(indexOf(ref));
  }
  isTakenBack(ref: number): boolean {
    return this.segmentOf(ref).isTakenBack(indexOf(ref));
  }
  takeBack(ref: number): void {
    this.segmentOf(ref).takeBack(indexOf(ref));
  }

  forget(time_ms: number): void {
    if (time_ms <= this.horizon_ms) return;
    this.horizon_ms = time_ms;
    if (!this.segments.forget(Math.floor(time_ms / DAY_MS))) return;
    this.held = 0;
    for (const [, { count }] of this.segments.all()) this.held += count;
  }

  get entries(): number {
    return this.held;
  }
  get bytes(): number {
    let { bytes } = this.index;
    for (const [, segment] of this.segments.all()) bytes += segment.bytes;
    return bytes;
  }

  write(to: StateWriter): void {
    to.number(this.horizon_ms).count(this.serials);
    to.value(
      [...this.segments.buckets()].map((bucket) => ({
        bucket,
        slots: [...this.segments.ofBucket(bucket)].map(([slot, { serial, count, takenBack }]) => [slot, serial, count, takenBack]),
      })),
    );
  }

  /** A segment that takes no more exposures is written once. */
  parts(prefix: string): StatePart[] {
    return [...this.segments.all()].flatMap(([slot, segment]) => segment.parts(`${prefix}.${slot}`));
  }

  /** The index is not stored: it is made again from the segments. */
  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.horizon_ms = from.number();
    this.serials = from.count();
    for (const { bucket, slots } of from.value() as { bucket: number; slots: [number, number, number, number][] }[]) {
      for (const [slot, serial, count, takenBack] of slots) {
        const segment = new ExposureSegment(bucket * DAY_MS, serial);
        segment.restore(count, `${prefix}.${slot}`, parts);
        segment.takenBack = takenBack;
        this.segments.put(slot, bucket, segment);
        this.held += count;
      }
    }
    const filler = new IndexFiller(this.held);
    for (const [slot, { hashes, count }] of this.segments.all())
      for (let i = 0; i < count; i++) filler.put(hashes[i * 4] ?? 0, refOf(slot, i));
    this.index.take(filler);
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    this.horizon_ms = from.number();
    from.count();
    from.count();
    const words = parts.read(prefix).array(Uint32Array);
    for (let at = 0; at < words.length; at += OLD_WORDS) {
      const [placement = 0, item = 0, state = 0] = words.subarray(at + 8, at + 11);
      const time_ms = oldNumber(words, at + 4);
      if (state === 0 || time_ms < this.horizon_ms) continue;
      this.put(words.subarray(at, at + 4), time_ms, placement, item, oldNumber(words, at + 6), state > 1);
    }
  }

  /** Whether it has the identity of `hash`, and is kept. */
  private isIt(ref: number): boolean {
    const segment = this.segments.at(ref);
    return segment !== undefined && segment.hasHash(indexOf(ref), this.hash) && this.timeAt(ref) >= this.horizon_ms;
  }

  private put(hash: Uint32Array, time_ms: number, placement: number, item: number, cost_minor: number, takenBack: boolean): void {
    const bucket = Math.floor(time_ms / DAY_MS);
    const slot = this.segments.slotFor(bucket, () => new ExposureSegment(bucket * DAY_MS, ++this.serials));
    const segment = this.segments.inSlot(slot);
    if (segment === undefined) throw new RangeError(`slot ${slot} holds no segment`);
    this.index.add(hash[0] ?? 0, refOf(slot, segment.add(hash, time_ms, placement, item, cost_minor, takenBack)));
    this.held++;
  }

  private segmentOf(ref: number): ExposureSegment {
    const segment = this.segments.at(ref);
    if (segment === undefined) throw new RangeError(`exposure ${ref} was forgotten`);
    return segment;
  }
}

/** Layout 1 was a table of four words of hash, time and cost (low, high), placement, item, state. */
const OLD_WORDS = 11;
const oldNumber = (words: Uint32Array, at: number): number => ((words[at + 1] ?? 0) - 0x8000_0000) * 0x1_0000_0000 + (words[at] ?? 0);
