import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { TextTable } from '../columns/text-table';
import { Interner } from '../interner';
import type { Placement } from '../placements';
import { Placements } from '../placements';
import type { Stored } from '../stored';
import type { ClickRef, ClickStore, KeptClick, NewClick } from './click-store';
import { NO_CLICK } from './click-store';
import { IdentityIndex, IndexFiller } from '../columns/identity-index';
import { indexOf, refOf, SEGMENT_CAPACITY, SegmentTable } from '../columns/segment-table';
import { type ByUsers, ClicksOfGroups } from './by-users';
import { ClickSegment, HEX } from './click-segment';
import { IdentityBytes } from './identity-bytes';
import { Runs } from './runs';
import type { OldClick } from './segment-layout-1';
import { readSegmentLayout1 } from './segment-layout-1';
import { readSegmentLayout3 } from './segment-layout-3';
import { compareBytes, readText } from './text-bytes';
import { compareUtf8 } from '@millrace/ads';

const DAY_MS = 86_400_000;
/** Times are 32-bit offsets within their segment. */
const MAX_SPAN_MS = 40 * DAY_MS;

const INVALID = 1;
const REPEATED = 2;
const REMOVED = 4;
const COUNTED = 8;
const NONE = 0;
const NONE_YET = -1;
/** Layouts in which users were names like any other. */
const USERS_INTERNED_UP_TO = 3;

/** Runs hold times in seconds since this instant, of 1935, until 2072; what lies beyond counts as the first or the last, and is looked up. */
const FIRST_SECOND = -(2 ** 30);
const LAST_SECOND = 0xffff_ffff;
const secondOf = (time_ms: number): number => Math.min(LAST_SECOND, Math.max(0, Math.floor(time_ms / 1000) - FIRST_SECOND));

type Slot = readonly [slot: number, segment: ClickSegment];

interface StoredBucket {
  readonly bucket: number;
  /** Undefined in snapshots of layout 2: what the rules said then, and still say. */
  readonly span_ms?: number;
  readonly slots: readonly (readonly [slot: number, serial: number, count: number, flagChanges: number])[];
}

/** Clicks in time segments of typed arrays (design, State), found through a sorted run per user and an identity index. */
export class SegmentedClicks implements ClickStore, Stored {
  private readonly users = new TextTable();
  private readonly sources = new Interner();
  private readonly merchants = new Interner();
  private readonly items = new Interner();
  private readonly placements = new Placements();
  private readonly adIds = new Interner();
  /** By placement, numbers of its merchant and of its ad's id; NONE_YET: ask. R8 asks for the same ad, whoever is said to own it. */
  private merchantNumbers = new Int32Array(64).fill(NONE_YET);
  private adNumbers = new Int32Array(64).fill(NONE_YET);
  private readonly segments = new SegmentTable<ClickSegment>(() => this.identities.rebuild());
  private readonly identities = new IdentityIndex((ref) => {
    const segment = this.segments.at(ref);
    return segment === undefined ? null : identityHash(segment, indexOf(ref));
  });
  private readonly runs = new Runs();
  /** Of all segments, as they were begun: other rules may ask for others. */
  private span_ms: number;
  /** By user, the second up to which the caller has something that clicks may touch. */
  private reaches = new Uint32Array(0);
  /** The identity that was asked for last: most are added next. */
  private readonly id = new IdentityBytes();
  private soughtId: string | null = null;
  private soughtUser = -1;
  private soughtSource = -1;
  private soughtHash = 0;
  /** The click that was added last, and where: it is asked for next. */
  private added = NO_CLICK;
  private addedAt = -1;
  private openSlot = -1;
  private readonly newSegment = (bucket: number): ClickSegment => new ClickSegment(bucket * this.span_ms, ++this.serials);
  private kept = 0;
  private serials = 0;

  /** @param retention_ms how long clicks are kept (W + I + B): it decides how finely they are forgotten. */
  constructor(retention_ms: number) {
    this.span_ms = Math.min(MAX_SPAN_MS, Math.max(DAY_MS, Math.ceil(retention_ms / 128 / DAY_MS) * DAY_MS));
  }

  userOf(user_id: string): number {
    return this.users.find(user_id);
  }
  isWithinReach(user: number, time_ms: number): boolean {
    return user >= 0 && user < this.reaches.length && secondOf(time_ms) <= (this.reaches[user] ?? 0);
  }
  setReach(user: number, time_ms: number): void {
    if (user >= this.reaches.length) {
      const grown = new Uint32Array(user + 1 + (user >>> 1));
      grown.set(this.reaches);
      this.reaches = grown;
    }
    this.reaches[user] = secondOf(time_ms);
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
    return this.merchantNumbers[this.runs.placement(user, index)] ?? NONE_YET;
  }
  adAt(user: number, index: number): number {
    return this.adNumbers[this.runs.placement(user, index)] ?? NONE_YET;
  }
  lastOfMerchant(user: number, from: number, merchant: number): number {
    const { runs, merchantNumbers } = this;
    let index = from;
    while (index >= 0 && merchantNumbers[runs.placement(user, index)] !== merchant) index--;
    return index;
  }
  isBefore(user: number, index: number, time_ms: number): boolean {
    const second = this.runs.time(user, index);
    const other = secondOf(time_ms);
    return second === other ? this.timeOf(this.runs.click(user, index)) < time_ms : second < other;
  }

  countUpTo(user: number, time_ms: number): number {
    let low = 0;
    let high = this.runs.length(user);
    // Most look-ups ask for now: try the end before halving.
    if (high === 0 || this.isBefore(user, high - 1, time_ms + 1)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isBefore(user, middle, time_ms + 1)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  indexOf(user: number, click: ClickRef): number {
    if (click === this.added && this.addedAt < this.runs.length(user) && this.runs.click(user, this.addedAt) === click) return this.addedAt;
    const index = this.placeOf(user, click);
    return index < this.runs.length(user) && this.runs.click(user, index) === click ? index : -1;
  }

  timeOf(click: ClickRef): number {
    return this.segmentOf(click).timeAt(indexOf(click));
  }
  placementOf(click: ClickRef): Placement {
    return this.placements.get(this.segmentOf(click).placement.get(indexOf(click)));
  }
  itemNumberOf(click: ClickRef): number {
    return this.segmentOf(click).item.get(indexOf(click)) - 1;
  }
  itemTextOf(click: ClickRef): string | null {
    const item = this.segmentOf(click).item.get(indexOf(click));
    return item === NONE ? null : this.items.text(item - 1);
  }
  versionOf(click: ClickRef): number {
    return this.segmentOf(click).versionAt(indexOf(click));
  }
  isInvalid(click: ClickRef): boolean {
    return this.segmentOf(click).hasFlag(indexOf(click), INVALID);
  }
  setInvalid(click: ClickRef, invalid: boolean): void {
    this.segmentOf(click).setFlag(indexOf(click), INVALID, invalid);
  }
  isRepeated(click: ClickRef): boolean {
    return this.segmentOf(click).hasFlag(indexOf(click), REPEATED);
  }
  setRepeated(click: ClickRef, repeated: boolean): void {
    this.segmentOf(click).setFlag(indexOf(click), REPEATED, repeated);
  }
  isCounted(click: ClickRef): boolean {
    return this.segmentOf(click).hasFlag(indexOf(click), COUNTED);
  }
  setCounted(click: ClickRef, counted: boolean): void {
    this.segmentOf(click).setFlag(indexOf(click), COUNTED, counted);
  }

  read(click: ClickRef): KeptClick {
    const segment = this.segmentOf(click);
    const i = indexOf(click);
    const { merchant_id, campaign_id, ad_id, currency } = this.placements.get(segment.placement.get(i));
    const item = segment.item.get(i);
    return {
      user_id: this.users.text(segment.user.get(i)),
      source: this.sources.text(segment.source.get(i)),
      event_id: segment.idTextAt(i),
      event_time: segment.timeAt(i),
      event_version: segment.versionAt(i),
      merchant_id,
      campaign_id,
      ad_id,
      item_id: item === NONE ? null : this.items.text(item - 1),
      cost_minor: segment.cost.get(i),
      currency,
    };
  }

  find(user_id: string, source: string, event_id: string): ClickRef {
    const user = this.users.find(user_id);
    const from = this.sources.find(source);
    if (user < 0 || from < 0) return NO_CLICK;
    for (let ref = this.identities.first(this.seek(user, from, event_id)); ref >= 0; ref = this.identities.next()) {
      const segment = this.segments.at(ref);
      if (segment === undefined) continue;
      const i = indexOf(ref);
      if (segment.hasId(i, this.id) && segment.user.get(i) === user && segment.source.get(i) === from && !segment.hasFlag(i, REMOVED)) return ref;
    }
    return NO_CLICK;
  }

  add(click: NewClick): ClickRef {
    const time_ms = click.event_time;
    const bucket = Math.floor(time_ms / this.span_ms);
    const user = this.users.intern(click.user_id);
    const source = this.sources.intern(click.source, bucket);
    const placement = this.placements.intern(click, bucket);
    if (placement >= this.merchantNumbers.length || this.merchantNumbers[placement] === NONE_YET)
      this.setNumbers(placement, this.merchants.intern(click.merchant_id, bucket), this.adIds.intern(click.ad_id, bucket));
    this.merchants.touch(this.merchantNumbers[placement] ?? NONE_YET, bucket);
    this.adIds.touch(this.adNumbers[placement] ?? NONE_YET, bucket);
    const item = click.item_id === null ? NONE : this.items.intern(click.item_id, bucket) + 1;
    const hash = this.seek(user, source, click.event_id);
    const segment = this.openSegment(bucket);
    const numbers = { user, source, placement, item, time_ms, cost: click.cost_minor, version: click.event_version };
    const ref = refOf(this.openSlot, segment.add(numbers, this.id));
    this.identities.add(hash, ref);
    const second = secondOf(time_ms);
    const index = this.placeAt(user, ref, second);
    this.runs.insert(user, index, ref, second, placement);
    this.kept++;
    this.added = ref;
    this.addedAt = index;
    return ref;
  }

  /** The hash of an identity, whose bytes stand in `id` then. */
  private seek(user: number, source: number, event_id: string): number {
    if (event_id !== this.soughtId) {
      this.id.set(event_id);
      this.soughtId = event_id;
    } else if (user === this.soughtUser && source === this.soughtSource) return this.soughtHash;
    this.soughtUser = user;
    this.soughtSource = source;
    this.soughtHash = hashOf(user, source, this.id.bytes, 0, this.id.length);
    return this.soughtHash;
  }

  remove(user: number, click: ClickRef): void {
    const index = this.indexOf(user, click);
    if (index < 0) throw new RangeError(`click ${click} is not of user ${user}`);
    this.runs.remove(user, index, 1);
    this.segmentOf(click).setFlag(indexOf(click), REMOVED, true);
    this.kept--;
  }

  forget(time_ms: number): void {
    const end = Math.floor(time_ms / this.span_ms);
    if (this.segments.forget(end)) this.forgetNames(end - 1);
  }

  get entries(): number {
    return this.kept;
  }

  get bytes(): number {
    let bytes = this.runs.bytes + this.identities.bytes + this.users.bytes + this.reaches.byteLength;
    for (const names of [this.sources, this.merchants, this.items, this.adIds]) bytes += names.bytes;
    for (const [, segment] of this.segments.all()) bytes += segment.bytes;
    return bytes;
  }

  write(to: StateWriter): void {
    this.users.write(to);
    for (const names of this.names()) names.write(to);
    to.count(this.serials).value(
      [...this.segments.buckets()].map((bucket) => ({
        bucket,
        span_ms: this.span_ms,
        slots: [...this.segments.ofBucket(bucket)].map(([slot, { serial, count, flagChanges }]) => [slot, serial, count, flagChanges]),
      })),
    );
  }

  /** What a segment holds is written once, but for its flags. */
  parts(prefix: string): StatePart[] {
    const segments = [...this.segments.all()].flatMap(([slot, segment]) => segment.parts(`${prefix}.segment.${slot}`));
    return [...this.users.parts(`${prefix}.users`), ...this.names().flatMap((names, i) => names.parts(`${prefix}.${i + 1}`)), ...segments];
  }

  /** Runs and identities are not stored: they are made again from the segments. */
  restore(from: StateReader, prefix: string, parts: StateParts, layout: number): void {
    if (layout <= USERS_INTERNED_UP_TO) this.takeUsers((users) => users.restore(from, `${prefix}.0`, parts, layout));
    else this.users.restore(from, `${prefix}.users`, parts);
    this.names().forEach((names, i) => names.restore(from, `${prefix}.${i + 1}`, parts, layout));
    this.serials = from.count();
    for (const { bucket, span_ms, slots } of from.value() as StoredBucket[]) {
      this.span_ms = span_ms ?? this.span_ms;
      for (const [slot, serial, count, flagChanges] of slots) {
        const segment = new ClickSegment(bucket * this.span_ms, serial);
        if (layout <= USERS_INTERNED_UP_TO) this.addOld(segment, readSegmentLayout3(count, `${prefix}.segment.${slot}`, parts));
        else segment.restore(count, `${prefix}.segment.${slot}`, parts);
        segment.flagChanges = flagChanges;
        this.segments.put(slot, bucket, segment);
      }
    }
    this.indexAll();
  }

  restoreLayout1(from: StateReader, prefix: string, parts: StateParts): void {
    this.takeUsers((users) => users.restoreLayout1(from, `${prefix}.0`, parts));
    this.names().forEach((names, i) => names.restoreLayout1(from, `${prefix}.${i + 1}`, parts));
    from.count();
    for (let buckets = from.count(); buckets > 0; buckets--) {
      const bucket = from.value() as number;
      for (const [old] of from.value() as [slot: number, revision: number][])
        for (const click of readSegmentLayout1(parts.read(`${prefix}.segment.${old}`))) this.addOld(this.openSegment(bucket), [click]);
    }
    this.indexAll();
  }

  /** Users with the numbers that they had when they were names like any other. */
  private takeUsers(restore: (users: Interner) => void): void {
    const users = new Interner();
    restore(users);
    this.users.take(users.entries(), users.limit);
  }

  /** What counted did so by its flags alone, and ids were texts. */
  private addOld(segment: ClickSegment, clicks: Iterable<OldClick>): void {
    for (const { user, source, placement, item, time, cost, version, flags, id } of clicks) {
      this.id.set(readText(id, 0, id.length));
      const i = segment.add({ user, source, placement, item, time_ms: segment.start_ms + time, cost, version }, this.id);
      segment.flags[i] = (segment.flags[i] ?? 0) | flags | ((flags & (INVALID | REPEATED | REMOVED)) === 0 ? COUNTED : 0);
    }
    this.soughtId = null;
  }

  private names(): readonly Stored[] {
    return [this.sources, this.merchants, this.items, this.placements, this.adIds];
  }

  /** Makes all clicks findable. */
  private indexAll(): void {
    for (const [placement, { merchant_id, ad_id }] of this.placements.entries())
      this.setNumbers(placement, this.merchants.find(merchant_id), this.adIds.find(ad_id));
    // In the order of buckets, so a user's clicks mostly come in the order of events.
    const buckets = [...this.segments.buckets()].sort((a, b) => a - b);
    const slots = buckets.flatMap((bucket) => [...this.segments.ofBucket(bucket)]);
    const expected = new ClicksOfGroups(this.users.limit);
    const users = new Uint32Array(SEGMENT_CAPACITY);
    for (const [, { user, flags, count }] of slots) {
      user.read32(users, count);
      for (let i = 0; i < count; i++) {
        if (((flags[i] ?? 0) & REMOVED) !== 0) continue;
        expected.add(users[i] ?? 0);
        this.kept++;
      }
    }
    this.fillIdentities(slots);
    this.runs.expect(this.users.limit, this.kept);
    for (const batch of expected.batches()) this.fillRuns(slots, batch);
  }

  private fillIdentities(slots: readonly Slot[]): void {
    const filler = new IndexFiller(this.kept);
    const [users, sources] = [new Uint32Array(SEGMENT_CAPACITY), new Uint32Array(SEGMENT_CAPACITY)];
    for (const [slot, segment] of slots) {
      const { flags, ids, count } = segment;
      segment.user.read32(users, count);
      segment.source.read32(sources, count);
      for (let i = 0; i < count; i++) {
        if (((flags[i] ?? 0) & REMOVED) !== 0) continue;
        filler.put(hashOf(users[i] ?? 0, sources[i] ?? 0, ids, segment.idAt(i), segment.idLengthAt(i)), refOf(slot, i));
      }
    }
    this.identities.take(filler);
  }

  private fillRuns(slots: readonly Slot[], batch: ByUsers): void {
    const { from, end } = batch.users;
    const [users, times, placements] = [new Uint32Array(SEGMENT_CAPACITY), new Uint32Array(SEGMENT_CAPACITY), new Uint32Array(SEGMENT_CAPACITY)];
    for (const [slot, { user, time, placement, start_ms, flags, count }] of slots) {
      user.read32(users, count);
      time.read32(times, count);
      placement.read32(placements, count);
      for (let i = 0; i < count; i++) {
        const of = users[i] ?? 0;
        if (of < from || of >= end || ((flags[i] ?? 0) & REMOVED) !== 0) continue;
        batch.put(of, refOf(slot, i), secondOf(start_ms + (times[i] ?? 0)), placements[i] ?? 0);
      }
    }
    batch.into(this.runs, (user, click, second) => this.placeAt(user, click, second));
  }

  private setNumbers(placement: number, merchant: number, ad: number): void {
    const held = this.merchantNumbers.length;
    if (placement >= held) {
      const [merchants, ads] = [this.merchantNumbers, this.adNumbers];
      this.merchantNumbers = new Int32Array(Math.max(placement + 1, held * 2)).fill(NONE_YET);
      this.merchantNumbers.set(merchants);
      this.adNumbers = new Int32Array(this.merchantNumbers.length).fill(NONE_YET);
      this.adNumbers.set(ads);
    }
    this.merchantNumbers[placement] = merchant;
    this.adNumbers[placement] = ad;
  }

  private forgetNames(bucket: number): void {
    // Runs are in the order of time, so what was dropped is a prefix.
    const trim = (user: number): void => {
      const length = this.runs.length(user);
      let gone = 0;
      while (gone < length && this.segments.at(this.runs.click(user, gone)) === undefined) gone++;
      this.kept -= gone;
      this.runs.remove(user, 0, gone);
    };
    for (let user = 0; user < this.users.limit; user++) {
      if (!this.users.holds(user)) continue;
      trim(user);
      if (this.runs.length(user) > 0) continue;
      this.users.free(user);
      if (user < this.reaches.length) this.reaches[user] = 0;
    }
    for (const names of [this.sources, this.merchants, this.items, this.adIds]) names.sweep(bucket);
    this.placements.sweep(bucket, (placement) => this.setNumbers(placement, NONE_YET, NONE_YET));
    this.soughtId = null;
  }

  /** The segment that takes new clicks of a bucket; `openSlot` says where it stands. */
  private openSegment(bucket: number): ClickSegment {
    this.openSlot = this.segments.slotFor(bucket, this.newSegment);
    const segment = this.segments.inSlot(this.openSlot);
    if (segment === undefined) throw new RangeError(`slot ${this.openSlot} holds no segment`);
    return segment;
  }

  /**
   * How many clicks of the user precede this one in the order of events: where it stands, or belongs. Halving goes by the
   * whole order, not by time alone: a user may have any number of clicks in one millisecond.
   */
  private placeOf(user: number, click: ClickRef): number {
    return this.placeAt(user, click, secondOf(this.timeOf(click)));
  }

  private placeAt(user: number, click: ClickRef, second: number): number {
    let low = 0;
    let high = this.runs.length(user);
    if (high === 0) return 0;
    const last = this.runs.time(user, high - 1);
    if (last < second || (last === second && this.compare(this.runs.click(user, high - 1), click) < 0)) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.runs.time(user, middle);
      if (at === second ? this.compare(this.runs.click(user, middle), click) < 0 : at < second) low = middle + 1;
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
    const i = indexOf(a);
    const j = indexOf(b);
    const [source, other] = [x.source.get(i), y.source.get(j)];
    if (source !== other) {
      const bySource = compareUtf8(this.sources.text(source), this.sources.text(other));
      if (bySource !== 0) return bySource;
    }
    if (x.hasFlag(i, HEX) !== y.hasFlag(j, HEX)) return compareUtf8(x.idTextAt(i), y.idTextAt(j));
    return compareBytes(x.ids, x.idAt(i), x.idLengthAt(i), y.ids, y.idAt(j), y.idLengthAt(j));
  }

  private segmentOf(click: ClickRef): ClickSegment {
    const segment = this.segments.at(click);
    if (segment === undefined) throw new RangeError(`click ${click} was forgotten`);
    return segment;
  }
}

const identityHash = (segment: ClickSegment, i: number): number =>
  hashOf(segment.user.get(i), segment.source.get(i), segment.ids, segment.idAt(i), segment.idLengthAt(i));

const hashOf = (user: number, source: number, id: Uint8Array, at: number, length: number): number => {
  let hash = Math.imul(user + 1, 0x9e3779b1) ^ Math.imul(source + 1, 0x85ebca6b);
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ (id[i] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
};
