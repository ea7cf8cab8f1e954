import type { StatePart, StateParts } from '@millrace/stream';
import { fixedPart, statePart } from '@millrace/stream';
import { Column } from '../columns/column';
import { rangeName, rangesOf } from '../columns/ranges';
import { SEGMENT_CAPACITY } from '../columns/segment-table';

const HASH_WORDS = 4;
const FIRST_CAPACITY = 64;
const COLUMNS = ['time', 'placement', 'item', 'cost'] as const;

/** Exposures of one day of event time: append only, but for whether they are taken back. */
export class ExposureSegment {
  count = 0;
  /** Raised by every exposure that is taken back. */
  takenBack = 0;
  hashes = new Uint32Array(0);
  readonly time = new Column();
  readonly placement = new Column();
  readonly item = new Column();
  readonly cost = new Column();
  private flags = new Uint8Array(0);

  constructor(
    readonly start_ms: number,
    /** Tells it from every other segment of this partition: names of slots are used again. */
    readonly serial: number,
  ) {}

  get full(): boolean {
    return this.count === SEGMENT_CAPACITY;
  }

  get bytes(): number {
    return this.hashes.byteLength + this.flags.byteLength + COLUMNS.reduce((sum, name) => sum + this[name].bytes, 0);
  }

  add(hash: Uint32Array, time_ms: number, placement: number, item: number, cost: number, takenBack: boolean): number {
    const i = this.count++;
    if (i >= this.flags.length) this.resize(Math.max(FIRST_CAPACITY, this.flags.length * 2));
    this.hashes.set(hash, i * HASH_WORDS);
    this.time.set(i, time_ms - this.start_ms);
    this.placement.set(i, placement);
    this.item.set(i, item);
    this.cost.set(i, cost);
    this.flags[i] = takenBack ? 1 : 0;
    return i;
  }

  hasHash(i: number, hash: Uint32Array): boolean {
    const { hashes } = this;
    const at = i * HASH_WORDS;
    return hashes[at] === hash[0] && hashes[at + 1] === hash[1] && hashes[at + 2] === hash[2] && hashes[at + 3] === hash[3];
  }

  isTakenBack(i: number): boolean {
    return this.flags[i] === 1;
  }

  takeBack(i: number): void {
    this.flags[i] = 1;
    this.takenBack++;
  }

  trim(): void {
    this.resize(this.count);
    for (const name of COLUMNS) this[name].trim(this.count);
  }

  parts(prefix: string): StatePart[] {
    const { serial, count } = this;
    const flags = statePart(`${prefix}.flags`, `${serial}.${count}.${this.takenBack}`, (to) => to.array(this.flags.subarray(0, count)));
    const ranges = rangesOf(count).map((range) =>
      fixedPart(`${prefix}.${rangeName(range)}`, serial, (to) => {
        to.frozen(this.hashes.subarray(range.from * HASH_WORDS, range.end * HASH_WORDS));
        for (const name of COLUMNS) this[name].write(to, range.from, range.end);
      }),
    );
    return [...ranges, flags];
  }

  restore(count: number, prefix: string, parts: StateParts): void {
    this.resize(count);
    for (const range of rangesOf(count)) {
      const from = parts.read(`${prefix}.${rangeName(range)}`);
      this.hashes.set(from.array(Uint32Array), range.from * HASH_WORDS);
      for (const name of COLUMNS) this[name].read(from, range.from);
    }
    this.flags.set(parts.read(`${prefix}.flags`).array(Uint8Array));
    this.count = count;
  }

  private resize(capacity: number): void {
    const [hashes, flags] = [new Uint32Array(capacity * HASH_WORDS), new Uint8Array(capacity)];
    hashes.set(this.hashes.subarray(0, this.count * HASH_WORDS));
    flags.set(this.flags.subarray(0, this.count));
    this.hashes = hashes;
    this.flags = flags;
  }
}
