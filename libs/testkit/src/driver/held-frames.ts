import type { Frame, FrameCodec } from '@millrace/stream';

/** Frames by reference: what stands for one is its number. Tests of layers are not tests of an encoding. */
export class HeldFrames implements FrameCodec {
  readonly #frames: Frame[] = [];

  encode(frame: Frame): Uint8Array {
    return new Uint8Array(Uint32Array.of(this.#frames.push(frame) - 1).buffer);
  }

  decode(bytes: Uint8Array): Frame {
    const frame = this.#frames[new DataView(bytes.buffer).getUint32(0, true)];
    if (frame === undefined) throw new Error('no frame of this driver');
    return frame;
  }
}
