import type { StatePart, StateParts } from '@millrace/stream';
import { statePart } from '@millrace/stream';
import { Column } from '../columns/column';
import { rangeName, rangesOf } from '../columns/ranges';
import { SEGMENT_CAPACITY } from '../columns/segment-table';
import { readText } from './text-bytes';

const FIRST_CAPACITY = 64;
/** Where an id begins is stored as the distance from where the first of its group does: 2 ** 5 of them. */
const GROUP_BITS = 5;
const COLUMNS = ['user', 'source', 'placement', 'item', 'time', 'cost', 'version'] as const;

/**
 * The clicks of one span of event time as columns outside the JS heap: append only, dropped as a whole; flags alone change. Ids are UTF-8
 * bytes in one arena.
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
  private readonly version = new Column();
  private readonly time = new Column();
  private readonly idFrom = new Column();
  private groups: Uint32Array = new Uint32Array(2);
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

  /** Adds an entry whose id is `idLength` bytes of `id` from `at`; returns its index. */
  add(user: number, source: number, placement: number, item: number, time_ms: number, cost: number, version: number, id: Uint8Array, at: number, idLength: number): number {
    const i = this.count++;
    if (i >= this.flags.length) this.flags = enlarged(this.flags, new Uint8Array(Math.max(FIRST_CAPACITY, i * 2)));
    if (this.idEnd + idLength > this.ids.length)
      this.ids = enlarged(this.ids, new Uint8Array(Math.max(FIRST_CAPACITY * 16, Math.ceil(this.ids.length * 1.5), this.idEnd + idLength)));
    this.user.set(i, user);
    this.source.set(i, source);
    this.placement.set(i, placement);
    this.item.set(i, item);
    this.time.set(i, time_ms - this.start_ms);
    this.cost.set(i, cost);
    this.version.set(i, version);
    this.place(i, this.idEnd);
    for (let k = 0; k < idLength; k++) this.ids[this.idEnd + k] = id[at + k] ?? 0;
    this.idEnd += idLength;
    return i;
  }

  timeAt(i: number): number {
    return this.start_ms + this.time.get(i);
  }
  versionAt(i: number): number {
    return this.version.get(i);
  }
  idAt(i: number): number {
    return (this.groups[i >>> GROUP_BITS] ?? 0) + this.idFrom.get(i);
  }
  idLengthAt(i: number): number {
    return (i + 1 < this.count ? this.idAt(i + 1) : this.idEnd) - this.idAt(i);
  }
  idTextAt(i: number): string {
    return readText(this.ids, this.idAt(i), this.idLengthAt(i));
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
    this.flags = this.flags.slice(0, this.count);
    this.ids = this.ids.slice(0, this.idEnd);
  }

  parts(prefix: string): StatePart[] {
    const { serial, count } = this;
    const flags = statePart(`${prefix}.flags`, `${serial}.${count}.${this.flagChanges}`, (to) => to.array(this.flags.subarray(0, count)));
    const ranges = rangesOf(count).map((range) =>
      statePart(`${prefix}.${rangeName(range)}`, serial, (to) => {
        const { from, end } = range;
        for (const name of COLUMNS) this[name].write(to, from, end);
        const lengths = new Uint16Array(end - from);
        let longest = 0;
        for (let i = from, at = this.idAt(from); i < end; i++) {
          const next = i + 1 < count ? this.idAt(i + 1) : this.idEnd;
          lengths[i - from] = next - at;
          longest = Math.max(longest, next - at);
          at = next;
        }
        const short = longest <= 0xff;
        to.value(short).frozen(short ? Uint8Array.from(lengths) : lengths);
        to.frozen(this.ids.subarray(this.idAt(from), end < count ? this.idAt(end) : this.idEnd));
      }),
    );
    return [...ranges, flags];
  }

  restore(count: number, prefix: string, parts: StateParts): void {
    for (const range of rangesOf(count)) {
      const from = parts.read(`${prefix}.${rangeName(range)}`);
      for (const name of COLUMNS) this[name].read(from, range.from);
      const lengths = (from.value() as boolean) ? from.array(Uint8Array) : from.array(Uint16Array);
      let at = this.idEnd;
      for (let k = 0; k < lengths.length; k++) {
        this.place(range.from + k, at);
        at += lengths[k] ?? 0;
      }
      const ids = from.array(Uint8Array);
      this.ids = this.idEnd === 0 ? ids : concatenated(this.ids.subarray(0, this.idEnd), ids);
      this.idEnd = at;
    }
    this.flags = parts.read(`${prefix}.flags`).array(Uint8Array);
    this.count = count;
  }

  private place(i: number, at: number): void {
    const group = i >>> GROUP_BITS;
    if (group >= this.groups.length) this.groups = enlarged(this.groups, new Uint32Array(this.groups.length * 2));
    if (i % (1 << GROUP_BITS) === 0) this.groups[group] = at;
    this.idFrom.set(i, at - (this.groups[group] ?? 0));
  }
}

const enlarged = <A extends Uint8Array | Uint32Array>(from: A, into: A): A => {
  into.set(from);
  return into;
};

const concatenated = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};
