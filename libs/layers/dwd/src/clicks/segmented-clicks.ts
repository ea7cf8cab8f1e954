import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { Interner } from '../interner';
import { Placements } from '../placements';
import type { Stored } from '../stored';
import type { ClickRef, ClickStore, KeptClick, NewClick } from './click-store';
import { NO_CLICK } from './click-store';
import { IdentityIndex } from './identity-index';
import { Runs } from './runs';
import { Segment } from './segment';
import { compareBytes, equalBytes, writeText } from './text-bytes';
import { compareUtf8 } from '@millrace/ads';

const DAY_MS = 86_400_000;
/** A reference is a slot of 10 bits and an index of 22; one slot less, so that reference + 1 fits 32 bits too. */
const SLOTS = 1023;
const INDEX_BITS = 22;
const INDEX_MASK = (1 << INDEX_BITS) - 1;
/** Times are 32-bit offsets within their segment. */
const MAX_SPAN_MS = 40 * DAY_MS;

const INVALID = 1;
const REPEATED = 2;
const REMOVED = 4;
const NONE = 0;
/** Longest id in UTF-8 bytes that a text of 2^16 code units can need. */
const SCRATCH_BYTES = 3 * 65_536;

/** What else is to be known of a placement: numbers of its merchant and of its ad's id. R8 asks for the same ad, whoever is said to own it. */
interface PlacementNumbers {
  readonly merchant: number;
  readonly ad: number;
}

/** Clicks in time segments of typed arrays (design, State), found through a sorted run per user and an identity index. */
export class SegmentedClicks implements ClickStore, Stored {
  private readonly users = new Interner();
  private readonly sources = new Interner();
  private readonly merchants = new Interner();
  private readonly items = new Interner();
  private readonly placements = new Placements();
  private readonly adIds = new Interner();
  private readonly numbers: (PlacementNumbers | undefined)[] = [];
  private readonly slots: (Segment | undefined)[] = new Array<Segment | undefined>(SLOTS).fill(undefined);
  /** Slots that held a segment since the identity index was last rebuilt: their references may still stand in it. */
  private readonly stale = new Set<number>();
  /** The slot that takes new clicks of a bucket, and all slots of it. */
  private readonly open = new Map<number, number>();
  private readonly slotsOf = new Map<number, number[]>();
  private readonly identities = new IdentityIndex((ref) => this.slots[ref >>> INDEX_BITS] !== undefined);
  private readonly runs = new Runs();
  private readonly span_ms: number;
  private readonly scratch = new Uint8Array(SCRATCH_BYTES);
  private oldestBucket = Infinity;
  private kept = 0;
  /** Dates the changes of segments: no two contents of a slot have the same. */
  private revision = 0;

  /** @param retention_ms how long clicks are kept (W + I + B): it decides how finely they are forgotten. */
  constructor(retention_ms: number) {
    this.span_ms = Math.min(MAX_SPAN_MS, Math.max(DAY_MS, Math.ceil(retention_ms / 128 / DAY_MS) * DAY_MS));
  }

  userOf(user_id: string): number {
    return this.users.find(user_id);
  }
  merchantOf(merchant_id: string): number {
    return this.merchants.find(merchant_id);
  }
  itemOf(item_id: string): number {
    return this.items.find(item_id);
  }

  count(user: number): number {
    return this.runs.length(user);
  }
  at(user: number, index: number): ClickRef {
    return this.runs.click(user, index);
  }
  merchantAt(user: number, index: number): number {
    return this.runs.merchant(user, index);
  }

  countUpTo(user: number, time_ms: number): number {
    let low = 0;
    let high = this.runs.length(user);
    // Most look-ups ask for now: try the end before halving.
    if (high === 0 || this.timeOf(this.runs.click(user, high - 1)) <= time_ms) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeOf(this.runs.click(user, middle)) <= time_ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  indexOf(user: number, click: ClickRef): number {
    const index = this.placeOf(user, click);
    return index < this.runs.length(user) && this.runs.click(user, index) === click ? index : -1;
  }

  timeOf(click: ClickRef): number {
    return this.segmentOf(click).timeAt(click & INDEX_MASK);
  }
  adOf(click: ClickRef): number {
    return this.numbers[this.segmentOf(click).placement[click & INDEX_MASK] ?? 0]?.ad ?? 0;
  }
  itemNumberOf(click: ClickRef): number {
    return (this.segmentOf(click).item[click & INDEX_MASK] ?? NONE) - 1;
  }
  versionOf(click: ClickRef): number {
    return this.segmentOf(click).versionAt(click & INDEX_MASK);
  }
  isInvalid(click: ClickRef): boolean {
    return this.hasFlag(click, INVALID);
  }
  setInvalid(click: ClickRef, invalid: boolean): void {
    this.setFlag(click, INVALID, invalid);
  }
  isRepeated(click: ClickRef): boolean {
    return this.hasFlag(click, REPEATED);
  }
  setRepeated(click: ClickRef, repeated: boolean): void {
    this.setFlag(click, REPEATED, repeated);
  }

  read(click: ClickRef): KeptClick {
    const segment = this.segmentOf(click);
    const i = click & INDEX_MASK;
    const { merchant_id, campaign_id, ad_id, currency } = this.placements.get(segment.placement[i] ?? 0);
    const item = segment.item[i] ?? NONE;
    return {
      user_id: this.users.text(segment.user[i] ?? 0),
      source: this.sources.text(segment.source[i] ?? 0),
      event_id: segment.idTextAt(i),
      time: segment.timeAt(i),
      event_version: segment.versionAt(i),
      merchant_id,
      campaign_id,
      ad_id,
      item_id: item === NONE ? null : this.items.text(item - 1),
      cost_minor: segment.costAt(i),
      currency,
    };
  }

  find(user_id: string, source: string, event_id: string): ClickRef {
    const user = this.users.find(user_id);
    const from = this.sources.find(source);
    if (user < 0 || from < 0) return NO_CLICK;
    const length = writeText(event_id, this.scratch, 0);
    return this.identities.find(hashOf(user, from, this.scratch, 0, length), (ref) => {
      const segment = this.segmentOf(ref);
      const i = ref & INDEX_MASK;
      return (
        segment.user[i] === user &&
        segment.source[i] === from &&
        segment.idLength[i] === length &&
        ((segment.flags[i] ?? 0) & REMOVED) === 0 &&
        equalBytes(segment.ids, segment.idAt[i] ?? 0, this.scratch, 0, length)
      );
    });
  }

  add(click: NewClick): ClickRef {
    const bucket = Math.floor(click.time / this.span_ms);
    const user = this.users.intern(click.user_id, bucket);
    const source = this.sources.intern(click.source, bucket);
    const placement = this.placements.intern(click, bucket);
    const { merchant, ad } = (this.numbers[placement] ??= {
      merchant: this.merchants.intern(click.merchant_id, bucket),
      ad: this.adIds.intern(click.ad_id, bucket),
    });
    this.merchants.touch(merchant, bucket);
    this.adIds.touch(ad, bucket);
    const item = click.item_id === null ? NONE : this.items.intern(click.item_id, bucket) + 1;
    const length = writeText(click.event_id, this.scratch, 0);
    const slot = this.slotFor(bucket);
    const segment = this.slots[slot];
    if (segment === undefined) throw new RangeError(`slot ${slot} holds no segment`);
    const index = segment.add(user, source, placement, item, click.time, click.cost_minor, click.event_version, this.scratch, length);
    segment.revision = ++this.revision;
    const ref = ((slot << INDEX_BITS) | index) >>> 0;
    this.identities.add(hashOf(user, source, this.scratch, 0, length), ref);
    this.runs.insert(user, this.placeOf(user, ref), ref, merchant);
    this.kept++;
    return ref;
  }

  remove(user: number, click: ClickRef): void {
    const index = this.indexOf(user, click);
    if (index < 0) throw new RangeError(`click ${click} is not of user ${user}`);
    this.runs.remove(user, index, 1);
    this.setFlag(click, REMOVED, true);
    this.kept--;
  }

  forget(time_ms: number): void {
    const end = Math.floor(time_ms / this.span_ms);
    if (end <= this.oldestBucket) return;
    let dropped = false;
    for (const [bucket, slots] of this.slotsOf) {
      if (bucket >= end) continue;
      for (const slot of slots) {
        this.slots[slot] = undefined;
        this.stale.add(slot);
      }
      this.slotsOf.delete(bucket);
      this.open.delete(bucket);
      dropped = true;
    }
    this.oldestBucket = Math.min(...this.slotsOf.keys());
    if (dropped) this.forgetNames(end - 1);
  }

  get entries(): number {
    return this.kept;
  }

  get bytes(): number {
    let bytes = this.runs.bytes + this.identities.bytes;
    for (const segment of this.slots) bytes += segment?.bytes ?? 0;
    return bytes;
  }

  write(to: StateWriter): void {
    for (const names of this.names()) names.write(to);
    to.count(this.revision).count(this.slotsOf.size);
    for (const [bucket, slots] of this.slotsOf) {
      to.value(bucket).value(slots.map((slot) => [slot, this.slots[slot]?.revision ?? 0]));
    }
  }

  /** A segment that takes no more clicks and keeps its flags is written once. */
  parts(prefix: string): StatePart[] {
    const segments = this.slots.flatMap((segment, slot) =>
      segment === undefined ? [] : [statePart(`${prefix}.segment.${slot}`, segment.revision, (to) => segment.write(to))],
    );
    return [...this.names().flatMap((names, i) => names.parts(`${prefix}.${i}`)), ...segments];
  }

  /** Runs and identities are not stored: they are made again from the segments. */
  restore(from: StateReader, prefix: string, parts: StateParts): void {
    this.names().forEach((names, i) => names.restore(from, `${prefix}.${i}`, parts));
    for (const [placement, { merchant_id, ad_id }] of this.placements.entries())
      this.numbers[placement] = { merchant: this.merchants.find(merchant_id), ad: this.adIds.find(ad_id) };
    this.revision = from.count();
    for (let buckets = from.count(); buckets > 0; buckets--) {
      const bucket = from.value() as number;
      const slots = from.value() as [slot: number, revision: number][];
      for (const [slot, revision] of slots) {
        const segment = Segment.restored(bucket * this.span_ms, parts.read(`${prefix}.segment.${slot}`));
        segment.revision = revision;
        this.put(slot, bucket, segment);
        this.index(slot, segment);
      }
    }
  }

  private names(): readonly Stored[] {
    return [this.users, this.sources, this.merchants, this.items, this.placements, this.adIds];
  }

  /** Makes the clicks of a segment findable. */
  private index(slot: number, segment: Segment): void {
    for (let i = 0; i < segment.count; i++) {
      if (((segment.flags[i] ?? 0) & REMOVED) !== 0) continue;
      const ref = ((slot << INDEX_BITS) | i) >>> 0;
      const user = segment.user[i] ?? 0;
      const hash = hashOf(user, segment.source[i] ?? 0, segment.ids, segment.idAt[i] ?? 0, segment.idLength[i] ?? 0);
      this.identities.add(hash, ref);
      this.runs.insert(user, this.placeOf(user, ref), ref, this.numbers[segment.placement[i] ?? 0]?.merchant ?? -1);
      this.kept++;
    }
  }

  private forgetNames(bucket: number): void {
    // Runs are in the order of time, so what was dropped is a prefix.
    const trim = (user: number): void => {
      const length = this.runs.length(user);
      let gone = 0;
      while (gone < length && this.slots[this.runs.click(user, gone) >>> INDEX_BITS] === undefined) gone++;
      this.kept -= gone;
      this.runs.remove(user, 0, gone);
    };
    for (let user = 0; user < this.users.limit; user++) trim(user);
    for (const names of [this.users, this.sources, this.merchants, this.items, this.adIds]) names.sweep(bucket);
    this.placements.sweep(bucket, (placement) => (this.numbers[placement] = undefined));
  }

  private slotFor(bucket: number): number {
    const current = this.open.get(bucket);
    if (current !== undefined && this.slots[current]?.full === false) return current;
    const slot = this.freeSlot();
    this.put(slot, bucket, new Segment(bucket * this.span_ms));
    return slot;
  }

  private put(slot: number, bucket: number, segment: Segment): void {
    this.slots[slot] = segment;
    this.open.set(bucket, slot);
    const slots = this.slotsOf.get(bucket);
    if (slots === undefined) this.slotsOf.set(bucket, [slot]);
    else slots.push(slot);
    this.oldestBucket = Math.min(this.oldestBucket, bucket);
  }

  /** A slot without stale references if there is one; else the identity index is rebuilt, which leaves them all behind. */
  private freeSlot(): number {
    for (let slot = 0; slot < SLOTS; slot++) if (this.slots[slot] === undefined && !this.stale.has(slot)) return slot;
    this.identities.rebuild();
    this.stale.clear();
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) throw new RangeError(`more than ${SLOTS} segments of ${1 << INDEX_BITS} clicks in one partition: use more partitions`);
    return slot;
  }

  /**
   * How many clicks of the user precede this one in the order of events: where it stands, or belongs. Halving goes by the
   * whole order, not by time alone: a user may have any number of clicks in one millisecond.
   */
  private placeOf(user: number, click: ClickRef): number {
    let low = 0;
    let high = this.runs.length(user);
    if (high === 0 || this.compare(this.runs.click(user, high - 1), click) < 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.runs.click(user, middle), click) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The order of events. */
  private compare(a: ClickRef, b: ClickRef): number {
    return this.timeOf(a) - this.timeOf(b) || this.compareIdentity(a, b);
  }

  private compareIdentity(a: ClickRef, b: ClickRef): number {
    const x = this.segmentOf(a);
    const y = this.segmentOf(b);
    const i = a & INDEX_MASK;
    const j = b & INDEX_MASK;
    if (x.source[i] !== y.source[j]) {
      const bySource = compareUtf8(this.sources.text(x.source[i] ?? 0), this.sources.text(y.source[j] ?? 0));
      if (bySource !== 0) return bySource;
    }
    return compareBytes(x.ids, x.idAt[i] ?? 0, x.idLength[i] ?? 0, y.ids, y.idAt[j] ?? 0, y.idLength[j] ?? 0);
  }

  private segmentOf(click: ClickRef): Segment {
    const segment = this.slots[click >>> INDEX_BITS];
    if (segment === undefined) throw new RangeError(`click ${click} was forgotten`);
    return segment;
  }

  private hasFlag(click: ClickRef, flag: number): boolean {
    return ((this.segmentOf(click).flags[click & INDEX_MASK] ?? 0) & flag) !== 0;
  }

  private setFlag(click: ClickRef, flag: number, on: boolean): void {
    const segment = this.segmentOf(click);
    const { flags } = segment;
    const i = click & INDEX_MASK;
    if (((flags[i] ?? 0) & flag) !== 0 === on) return;
    segment.revision = ++this.revision;
    flags[i] = on ? (flags[i] ?? 0) | flag : (flags[i] ?? 0) & ~flag;
  }
}

const hashOf = (user: number, source: number, id: Uint8Array, at: number, length: number): number => {
  let hash = Math.imul(user + 1, 0x9e3779b1) ^ Math.imul(source + 1, 0x85ebca6b);
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ (id[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
};
