const FIRST_BYTES = 1 << 16;

/** Memory for the columns of one frame, used again for the next: a frame is copied out of it before that begins. */
export class Scratch {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;

  /** Before a frame: what was taken for the last one is given back. */
  begin(): void {
    this.#end = 0;
  }

  /** So many bytes, of any content, at a place where numbers may begin. */
  take(length: number): Buffer {
    const from = this.#end;
    this.#end = (from + length + 7) & ~7;
    if (this.#end <= this.#bytes.length) return this.#bytes.subarray(from, from + length);
    // What was taken from the old ones stays where it is.
    this.#bytes = Buffer.allocUnsafeSlow(2 * this.#end);
    this.#end = (length + 7) & ~7;
    return this.#bytes.subarray(0, length);
  }
}
