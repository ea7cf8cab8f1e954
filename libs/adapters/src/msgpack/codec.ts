import type { Frame, FrameCodec, Tick, TopicPartition } from '@millrace/stream';
import { Packr } from 'msgpackr';
import { differences, sums } from './differences';

/** "MF" and the version of the layout of `Body`. */
const MAGIC = 0x4d46;
const VERSION = 1;
const HEADER_BYTES = 3;

/** What stands behind the header. Arrays of positions are stored as differences: mostly one byte each. */
interface Body {
  readonly source: TopicPartition;
  readonly rows: object[];
  readonly offsets: (number | null)[];
  readonly ordinals: number[];
  readonly clocks: (number | null)[];
  readonly tick?: Tick;
}

/** Bytes that are no frame, or one of a version that this process does not know. */
export class FrameFormatError extends Error {
  override readonly name = 'FrameFormatError';
}

/**
 * Frames in MessagePack. Rows of one shape share a record definition that stands inside the frame, so a frame is read
 * without anything beside it. The choice and its numbers: docs/adr/0002-frame-encoding.md.
 */
export class MsgpackFrameCodec implements FrameCodec {
  readonly #packr = new Packr({ useRecords: true });

  encode({ source, rows, offsets, ordinals, clocks, tick }: Frame): Uint8Array {
    const body: Body = {
      source,
      rows,
      offsets: differences(offsets),
      ordinals,
      clocks: differences(clocks),
      ...(tick && { tick }),
    };
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
    if (bytes[2] !== VERSION) throw new FrameFormatError(`frame of version ${bytes[2]}; this process reads version ${VERSION}`);
    const { source, rows, offsets, ordinals, clocks, tick } = this.#unpack(bytes.subarray(HEADER_BYTES));
    return { source, rows, offsets: sums(offsets), ordinals, clocks: sums(clocks), ...(tick && { tick }) };
  }

  #unpack(bytes: Uint8Array): Body {
    let body: Body;
    try {
      body = this.#packr.unpack(bytes);
    } catch (cause) {
      throw new FrameFormatError('damaged frame', { cause });
    }
    const columns = [body?.rows, body?.offsets, body?.ordinals, body?.clocks];
    const whole = columns.every((column) => Array.isArray(column) && column.length === body.rows.length);
    if (!whole || typeof body.source?.topic !== 'string')
      throw new FrameFormatError('damaged frame: columns of different lengths');
    return body;
  }
}
