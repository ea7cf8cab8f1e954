import type { Frame, FrameCodec } from '@millrace/stream';

/** Stands where bytes do, and has none. */
class FrameReference extends Uint8Array {
  constructor(readonly frame: Frame) {
    super(0);
  }
}

/**
 * Hands frames on by reference, where writer and reader are one process and the log keeps nothing: no byte is made of them. What a reader
 * gets is what its writer made, so neither may change a row. Throws on bytes: they come from a log that does keep them.
 */
export class FrameReferences implements FrameCodec {
  encode(frame: Frame): Uint8Array {
    return new FrameReference(frame);
  }

  decode(bytes: Uint8Array): Frame {
    if (bytes instanceof FrameReference) return bytes.frame;
    throw new TypeError(`${bytes.length} bytes where a frame was handed on by reference: this log's frames were encoded`);
  }
}
