import type { StatePart, StateParts, StateReader, StateWriter } from '@millrace/stream';
import { enlarged, fixedPart, statePart } from '@millrace/stream';
import { Column } from '../columns/column';
import type { Range } from '../columns/ranges';
import { rangeName, rangesOf } from '../columns/ranges';
import { SEGMENT_CAPACITY } from '../columns/segment-table';
import type { IdentityBytes } from './identity-bytes';
import { hexText } from './identity-bytes';
import { readText } from './text-bytes';

const FIRST_CAPACITY = 64;
/** Where an id begins is stored as the distance from where the first of its group does: 2 ** 5 of them. */
const GROUP_BITS = 5;
const COLUMNS = ['user', 'source', 'placement', 'item', 'time', 'cost', 'version'] as const;
/** Of the id: its bytes are pairs of hexadecimal digits. The other flags are the store's. */
export const HEX = 0x80;

/** What a click is besides its id, by numbers. */
export interface ClickNumbers {
  readonly user: number;
  readonly source: number;
  readonly placement: number;
  /** Item number + 1; 0: none. */
  readonly item: number;
  readonly time_ms: number;
  readonly cost: number;
  readonly version: number;
}

/**
 * The clicks of one span of event time as columns outside the JS heap: append only, dropped as a whole; flags alone change. Ids are
 * bytes in one arena, and while all are of one length nothing says where each begins.
 */
export class ClickSegment {
  count = 0;
  /** Raised by every flag that changes. */
  flagChanges = 0;
  readonly user = new Column();
  readonly source = new Column();
  readonly placement = new Column();
  /** Item number + 1; 0: none. */
  readonly item = new Column();
  readonly cost = new Column();
  /** Milliseconds since `start_ms`. */
  readonly time = new Column();
  private readonly version = new Column();
  /** Bytes of every id; -1: they differ, and `groups` and `idFrom` say where each begins. */
  private idWidth = 0;
  private readonly idFrom = new Column();
  private groups: Uint32Array = new Uint32Array(0);
  flags: Uint8Array = new Uint8Array(0);
  ids: Uint8Array = new Uint8Array(0);
  private idEnd = 0;

  constructor(
    readonly start_ms: number,
    /** Tells it from every other segment of this partition: names of slots are used again. */
    readonly serial: number,
  ) {}

  get full(): boolean {
    return this.count === SEGMENT_CAPACITY;
  }

  get bytes(): number {
    const columns = COLUMNS.reduce((sum, name) => sum + this[name].bytes, this.idFrom.bytes);
    return columns + this.groups.byteLength + this.flags.length + this.ids.length;
  }

  /** Adds an entry; returns its index. */
  add(click: ClickNumbers, id: IdentityBytes): number {
    const i = this.count++;
    if (i >= this.flags.length) this.flags = enlarged(this.flags, new Uint8Array(Math.max(FIRST_CAPACITY, i + (i >>> 2))));
    if (this.idEnd + id.length > this.ids.length)
      this.ids = enlarged(this.ids, new Uint8Array(Math.max(FIRST_CAPACITY * 16, Math.ceil(this.ids.length * 1.25), this.idEnd + id.length)));
    this.user.set(i, click.user);
    this.source.set(i, click.source);
    this.placement.set(i, click.placement);
    this.item.set(i, click.item);
    this.time.set(i, click.time_ms - this.start_ms);
    this.cost.set(i, click.cost);
    this.version.set(i, click.version);
    const at = this.idEnd;
    this.placeNext(i, id.length);
    this.flags[i] = id.isHex ? HEX : 0;
    const { ids } = this;
    for (let k = 0; k < id.length; k++) ids[at + k] = id.bytes[k] ?? 0;
    return i;
  }

  timeAt(i: number): number {
    return this.start_ms + this.time.get(i);
  }
  versionAt(i: number): number {
    return this.version.get(i);
  }
  idAt(i: number): number {
    return this.idWidth >= 0 ? i * this.idWidth : (this.groups[i >>> GROUP_BITS] ?? 0) + this.idFrom.get(i);
  }
  idLengthAt(i: number): number {
    return this.idWidth >= 0 ? this.idWidth : (i + 1 < this.count ? this.idAt(i + 1) : this.idEnd) - this.idAt(i);
  }
  idTextAt(i: number): string {
    return this.hasFlag(i, HEX) ? hexText(this.ids, this.idAt(i), this.idLengthAt(i)) : readText(this.ids, this.idAt(i), this.idLengthAt(i));
  }
  hasId(i: number, { bytes, length, isHex }: IdentityBytes): boolean {
    if (this.idLengthAt(i) !== length || this.hasFlag(i, HEX) !== isHex) return false;
    const { ids } = this;
    const at = this.idAt(i);
    for (let k = 0; k < length; k++) if (ids[at + k] !== bytes[k]) return false;
    return true;
  }

  hasFlag(i: number, flag: number): boolean {
    return ((this.flags[i] ?? 0) & flag) !== 0;
  }
  setFlag(i: number, flag: number, on: boolean): void {
    if (this.hasFlag(i, flag) === on) return;
    this.flagChanges++;
    this.flags[i] = on ? (this.flags[i] ?? 0) | flag : (this.flags[i] ?? 0) & ~flag;
  }

  trim(): void {
    for (const name of COLUMNS) this[name].trim(this.count);
    this.idFrom.trim(this.count);
    if (this.flags.length > this.count) this.flags = this.flags.slice(0, this.count);
    if (this.ids.length > this.idEnd) this.ids = this.ids.slice(0, this.idEnd);
  }

  parts(prefix: string): StatePart[] {
    const { serial, count, idEnd } = this;
    const flags = statePart(`${prefix}.flags`, `${serial}.${count}.${this.flagChanges}`, (to) => to.array(this.flags.subarray(0, count)));
    const ranges = rangesOf(count).map((range) =>
      fixedPart(`${prefix}.${rangeName(range)}`, serial, (to) => {
        const { from, end } = range;
        for (const name of COLUMNS) this[name].write(to, from, end);
        this.writeLengths(to, from, end);
        to.frozen(this.ids.subarray(this.idAt(from), end < count ? this.idAt(end) : idEnd));
      }),
    );
    return [...ranges, flags];
  }

  restore(count: number, prefix: string, parts: StateParts): void {
    const ids: Uint8Array[] = [];
    for (const range of rangesOf(count)) {
      const from = parts.read(`${prefix}.${rangeName(range)}`);
      for (const name of COLUMNS) this[name].read(from, range.from);
      this.readLengths(from, range);
      ids.push(from.array(Uint8Array));
    }
    this.ids = concatenated(ids);
    this.flags = parts.read(`${prefix}.flags`).array(Uint8Array);
    this.count = count;
  }

  /** One number when all ids of the range are of one length, else a byte or two for each. */
  private writeLengths(to: StateWriter, from: number, end: number): void {
    if (this.idWidth >= 0) return void to.count(LENGTHS.same).count(this.idWidth);
    const lengths = new Uint16Array(end - from);
    let longest = 0;
    let shortest = 0xffff;
    for (let i = from; i < end; i++) {
      const length = this.idLengthAt(i);
      lengths[i - from] = length;
      longest = Math.max(longest, length);
      shortest = Math.min(shortest, length);
    }
    if (shortest === longest) to.count(LENGTHS.same).count(longest);
    else if (longest <= 0xff) to.count(LENGTHS.short).frozen(Uint8Array.from(lengths));
    else to.count(LENGTHS.long).frozen(lengths);
  }

  /** Of the entries that come next. */
  private readLengths(from: StateReader, range: Range): void {
    const count = range.end - range.from;
    const kind = from.count();
    if (kind === LENGTHS.same) {
      const length = from.count();
      if (range.from === 0) this.idWidth = length;
      // The usual case: nothing says where each begins.
      if (this.idWidth === length) this.idEnd += count * length;
      else for (let i = range.from; i < range.end; i++) this.placeNext(i, length);
      return;
    }
    const lengths = kind === LENGTHS.short ? from.array(Uint8Array) : from.array(Uint16Array);
    if (lengths.length !== count) throw new RangeError(`${lengths.length} lengths of ${count} ids`);
    for (let i = 0; i < count; i++) this.placeNext(range.from + i, lengths[i] ?? 0);
  }

  private placeNext(i: number, length: number): void {
    this.place(i, length);
    this.idEnd += length;
  }

  /** The id of the next entry begins where the one before ended. */
  private place(i: number, length: number): void {
    if (i === 0) this.idWidth = length;
    if (this.idWidth === length) return;
    if (this.idWidth >= 0) {
      const width = this.idWidth;
      this.idWidth = -1;
      for (let k = 0; k < i; k++) this.placeAt(k, k * width);
    }
    this.placeAt(i, this.idEnd);
  }

  private placeAt(i: number, at: number): void {
    const group = i >>> GROUP_BITS;
    if (group >= this.groups.length) this.groups = enlarged(this.groups, new Uint32Array(Math.max(2, this.groups.length * 2)));
    if (i % (1 << GROUP_BITS) === 0) this.groups[group] = at;
    this.idFrom.set(i, at - (this.groups[group] ?? 0));
  }
}

/** How the lengths of the ids of a range are written. */
const LENGTHS = { same: 0, short: 1, long: 2 } as const;

const concatenated = ([first = new Uint8Array(), ...more]: readonly Uint8Array[]): Uint8Array => {
  if (more.length === 0) return first;
  const all = new Uint8Array(more.reduce((sum, { length }) => sum + length, first.length));
  all.set(first);
  let at = first.length;
  for (const each of more) {
    all.set(each, at);
    at += each.length;
  }
  return all;
};
