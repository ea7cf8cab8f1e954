import type { StateReader, StateWriter } from '@millrace/stream';
import { readText } from './text-bytes';

/** Entries of one segment; its position and a reference's index are 10 + 22 bits. */
export const SEGMENT_CAPACITY = 1 << 22;

const LARGE = 0xffffffff;
const LARGE_VERSION = 0xffff;

/**
 * The clicks of one span of event time as columns outside the JS heap: fixed width, append only, dropped as a whole.
 * Ids are UTF-8 bytes in one arena. Values that do not fit their column stand in `large`.
 */
export class Segment {
  count = 0;
  /** Rises with every change; the store gives it out. */
  revision = 0;
  user: Uint32Array;
  source: Uint32Array;
  placement: Uint32Array;
  /** Item number + 1; 0: none. */
  item: Uint32Array;
  flags: Uint8Array;
  idAt: Uint32Array;
  idLength: Uint16Array;
  ids: Uint8Array;
  private time: Uint32Array;
  private cost: Uint32Array;
  private version: Uint16Array;
  private idEnd = 0;
  private readonly large = new Map<string, number>();

  constructor(
    readonly start_ms: number,
    capacity = 1024,
  ) {
    this.user = new Uint32Array(capacity);
    this.source = new Uint32Array(capacity);
    this.placement = new Uint32Array(capacity);
    this.item = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
    this.idAt = new Uint32Array(capacity);
    this.idLength = new Uint16Array(capacity);
    this.time = new Uint32Array(capacity);
    this.cost = new Uint32Array(capacity);
    this.version = new Uint16Array(capacity);
    this.ids = new Uint8Array(capacity * 16);
  }

  get full(): boolean {
    return this.count === SEGMENT_CAPACITY || this.idEnd > 0xf0000000;
  }

  get bytes(): number {
    return this.user.length * (4 * 7 + 2 * 2 + 1) + this.ids.length;
  }

  /** Adds an entry whose id is `idLength` bytes of `id`; returns its index. */
  add(user: number, source: number, placement: number, item: number, time_ms: number, cost: number, version: number, id: Uint8Array, idLength: number): number {
    if (this.count === this.user.length) this.grow();
    while (this.idEnd + idLength > this.ids.length) this.ids = enlarged(this.ids, new Uint8Array(this.ids.length * 2 + 16));
    const i = this.count++;
    this.user[i] = user;
    this.source[i] = source;
    this.placement[i] = placement;
    this.item[i] = item;
    this.time[i] = time_ms - this.start_ms;
    this.setNumber(this.cost, 'cost', LARGE, i, cost);
    this.setNumber(this.version, 'version', LARGE_VERSION, i, version);
    this.idAt[i] = this.idEnd;
    this.idLength[i] = idLength;
    for (let k = 0; k < idLength; k++) this.ids[this.idEnd + k] = id[k] ?? 0;
    this.idEnd += idLength;
    return i;
  }

  write(to: StateWriter): void {
    const { count } = this;
    to.count(count).value([...this.large]);
    for (const words of [this.user, this.source, this.placement, this.item, this.idAt, this.time, this.cost])
      to.array(words.subarray(0, count));
    to.array(this.idLength.subarray(0, count)).array(this.version.subarray(0, count)).array(this.flags.subarray(0, count));
    to.array(this.ids.subarray(0, this.idEnd));
  }

  static restored(start_ms: number, from: StateReader): Segment {
    const segment = new Segment(start_ms, 0);
    segment.count = from.count();
    for (const [name, value] of from.value() as [string, number][]) segment.large.set(name, value);
    for (const column of ['user', 'source', 'placement', 'item', 'idAt', 'time', 'cost'] as const)
      segment[column] = from.array(Uint32Array);
    segment.idLength = from.array(Uint16Array);
    segment.version = from.array(Uint16Array);
    segment.flags = from.array(Uint8Array);
    segment.ids = from.array(Uint8Array);
    segment.idEnd = segment.ids.length;
    return segment;
  }

  timeAt(i: number): number {
    return this.start_ms + (this.time[i] ?? 0);
  }
  costAt(i: number): number {
    return this.getNumber(this.cost, 'cost', LARGE, i);
  }
  versionAt(i: number): number {
    return this.getNumber(this.version, 'version', LARGE_VERSION, i);
  }
  idTextAt(i: number): string {
    return readText(this.ids, this.idAt[i] ?? 0, this.idLength[i] ?? 0);
  }

  private setNumber(column: Uint32Array | Uint16Array, name: string, large: number, i: number, value: number): void {
    if (value < large) {
      column[i] = value;
    } else {
      column[i] = large;
      this.large.set(`${name} ${i}`, value);
    }
  }

  private getNumber(column: Uint32Array | Uint16Array, name: string, large: number, i: number): number {
    const value = column[i] ?? 0;
    return value === large ? (this.large.get(`${name} ${i}`) ?? 0) : value;
  }

  private grow(): void {
    const capacity = this.user.length * 2 + 1;
    this.user = enlarged(this.user, new Uint32Array(capacity));
    this.source = enlarged(this.source, new Uint32Array(capacity));
    this.placement = enlarged(this.placement, new Uint32Array(capacity));
    this.item = enlarged(this.item, new Uint32Array(capacity));
    this.flags = enlarged(this.flags, new Uint8Array(capacity));
    this.idAt = enlarged(this.idAt, new Uint32Array(capacity));
    this.idLength = enlarged(this.idLength, new Uint16Array(capacity));
    this.time = enlarged(this.time, new Uint32Array(capacity));
    this.cost = enlarged(this.cost, new Uint32Array(capacity));
    this.version = enlarged(this.version, new Uint16Array(capacity));
  }
}

const enlarged = <A extends Uint8Array | Uint16Array | Uint32Array>(from: A, into: A): A => {
  into.set(from);
  return into;
};
