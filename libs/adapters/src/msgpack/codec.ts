import type { Frame, FrameCodec, Tick } from '@millrace/stream';
import { Packr } from 'msgpackr';
import type { Column } from './column';
import { GroupReader } from './group-reader';
import type { GroupWriter } from './group-writer';
import { PositionsWriter, readPositions } from './numbers';
import { Shape, shapeOf } from './shape';
import { Scratch } from './scratch';
import { readVersion1 } from './version-1';

/** "MF" and the version of the layout of `Body`. */
const MAGIC = 0x4d46;
const VERSION = 2;
const HEADER_BYTES = 3;

/** Shapes that a codec remembers, and at most so many groups in a frame: a group's number is a byte. */
const MAX_SHAPES = 64;
/** The group of the rows that have no shape, or one that was not worth remembering. */
const LOOSE = 255;
/** More rows than any frame has: a damaged count must not be believed. */
const MAX_ROWS = 1 << 22;
/** In a frame of fewer rows the names of one more group weigh more than what its columns save. */
const PARTED_ROWS = 128;
/** With so many groups in a frame no shape is parted any more: with those that are whole, they are fewer than `LOOSE`. */
const MAX_PARTED = LOOSE - MAX_SHAPES - 1;
/** Names of a shape, told apart from those of another. */
const SEPARATOR = ' ';

/** What stands behind the header, a MessagePack list. */
type Body = readonly [
  topic: string,
  partition: number,
  epoch: number,
  tick: readonly [writer: string, next_offset: number, clock_ms: number | null, known: readonly string[]] | null,
  count: number,
  offsets: Column,
  ordinals: Column,
  clocks: Column,
  /** The rows of one shape, column by column. */
  groups: readonly (readonly [names: string, count: number, columns: readonly Column[]])[],
  /** Rows without a shape. */
  loose: readonly object[],
  /** The group of each row; null when all are of the first. */
  order: Uint8Array | null,
];

/** Bytes that are no frame, or one of a version that this process does not know. */
export class FrameFormatError extends Error {
  override readonly name = 'FrameFormatError';
}

/**
 * Frames in MessagePack, rows of one shape as columns: text behind text, numbers as distances from the least, what repeats
 * once. A frame is read without anything beside it. The choice and its numbers: docs/adr/0008-columns-in-frames.md.
 */
export class MsgpackFrameCodec implements FrameCodec {
  readonly #packr = new Packr({ useRecords: true });
  readonly #scratch = new Scratch();
  readonly #shapes: Shape[] = [];
  readonly #readers = new Map<string, GroupReader>();
  readonly #positions = new PositionsWriter();

  encode({ source, epoch = 1, rows, offsets, ordinals, clocks, tick }: Frame): Uint8Array {
    const count = rows.length;
    this.#scratch.begin();
    const { groups, loose, order } = this.#group(rows);
    const positions = this.#positions;
    const body: Body = [
      source.topic,
      source.partition,
      epoch,
      tick === undefined ? null : [tick.writer, tick.next_offset, nullOrFinite(tick.clock_ms), tick.known],
      count,
      positions.write(offsets, this.#scratch),
      positions.write(ordinals, this.#scratch),
      positions.write(clocks, this.#scratch),
      groups,
      loose,
      order,
    ];
    const packed = this.#packr.pack(body);
    const bytes = Buffer.allocUnsafe(HEADER_BYTES + packed.length);
    bytes.writeUInt16BE(MAGIC, 0);
    bytes.writeUInt8(VERSION, 2);
    packed.copy(bytes, HEADER_BYTES);
    return bytes;
  }

  decode(bytes: Uint8Array): Frame {
    if (bytes.length < HEADER_BYTES || ((bytes[0] ?? 0) << 8) + (bytes[1] ?? 0) !== MAGIC)
      throw new FrameFormatError('these bytes are no frame');
    const version = bytes[2];
    if (version !== VERSION && version !== 1)
      throw new FrameFormatError(`frame of version ${version}; this process reads versions 1 and ${VERSION}`);
    try {
      const body: unknown = this.#packr.unpack(bytes.subarray(HEADER_BYTES));
      return version === 1 ? readVersion1(body) : this.#read(body as Body);
    } catch (cause) {
      throw new FrameFormatError(`damaged frame: ${cause instanceof Error ? cause.message : ''}`, { cause });
    }
  }

  #group(rows: readonly object[]): { groups: Body[8]; loose: object[]; order: Uint8Array | null } {
    const shapes = this.#shapes;
    const inParts = rows.length >= PARTED_ROWS;
    const used: GroupWriter[] = [];
    const loose: object[] = [];
    const order = new Uint8Array(rows.length);
    let at = 0;
    for (let i = 0; i < rows.length; ) {
      const row = rows[i] as object;
      let taken = shapes[at]?.span(rows, i, inParts) ?? 0;
      for (let other = 0; taken === 0 && other < shapes.length; other++) {
        at = other;
        taken = shapes[at]?.span(rows, i, inParts) ?? 0;
      }
      if (taken === 0) {
        at = this.#learn(row);
        taken = shapes[at]?.span(rows, i, inParts) ?? 0;
      }
      const writer = shapes[at]?.writerOf(row, inParts && used.length < MAX_PARTED);
      if (taken === 0 || writer === undefined) {
        loose.push(row);
        order[i++] = LOOSE;
        continue;
      }
      if (writer.count === 0) used.push(writer);
      writer.take(i, taken);
      order.fill(used.indexOf(writer), i, i + taken);
      i += taken;
    }
    const groups = used.map((writer) => [writer.names.join(SEPARATOR), writer.count, writer.write(rows)] as const);
    return { groups, loose, order: used.length === 1 && loose.length === 0 ? null : order };
  }

  /** The number of a new shape, the row's; -1 when it has none. */
  #learn(row: object): number {
    const names = this.#shapes.length < MAX_SHAPES ? shapeOf(row) : null;
    if (names === null) return -1;
    return this.#shapes.push(new Shape(names, this.#scratch)) - 1;
  }

  #read([topic, partition, epoch, tick, count, offsets, ordinals, clocks, groups, loose, order]: Body): Frame {
    if (!(count <= MAX_ROWS) || groups.some(([, size]) => !(size <= count))) throw new RangeError(`${count} rows`);
    this.#scratch.begin();
    const made = groups.map(([names, size, columns]) => this.#readerOf(names).read(columns, size, this.#scratch));
    const rows = order === null ? (made[0] ?? []) : inOrder(order, made, loose);
    if (rows.length !== count) throw new RangeError(`${rows.length} rows instead of ${count}`);
    const [writer, next_offset, clock_ms, known] = tick ?? [];
    return {
      source: { topic, partition },
      ...(epoch !== 1 && { epoch }),
      rows,
      offsets: readPositions(offsets, count, this.#scratch),
      ordinals: readPositions(ordinals, count, this.#scratch),
      clocks: readPositions(clocks, count, this.#scratch),
      ...(tick !== null && { tick: { writer, next_offset, clock_ms: clock_ms ?? -Infinity, known } as Tick }),
    };
  }

  #readerOf(names: string): GroupReader {
    const known = this.#readers.get(names);
    if (known !== undefined) return known;
    const reader = new GroupReader(names.split(SEPARATOR));
    this.#readers.set(names, reader);
    return reader;
  }
}

/** No distance can be taken from -Infinity: null stands for it. */
const nullOrFinite = (clock_ms: number): number | null => (clock_ms === -Infinity ? null : clock_ms);

/** Puts the groups together again. */
function inOrder(order: Uint8Array, groups: readonly (readonly object[])[], loose: readonly object[]): object[] {
  const next = new Int32Array(LOOSE + 1);
  const rows: object[] = [];
  for (let i = 0; i < order.length; i++) {
    const group = order[i] as number;
    const row = (group === LOOSE ? loose : groups[group])?.[next[group] as number];
    if (row === undefined) throw new RangeError('a group with too few rows');
    next[group] = (next[group] as number) + 1;
    rows.push(row);
  }
  return rows;
}
