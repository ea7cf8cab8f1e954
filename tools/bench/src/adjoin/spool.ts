import { closeSync, openSync, writeSync } from 'node:fs';

/** Keeps frames in a file, each behind its length, for a check after the run. */
export class Spool {
  readonly #file: number;
  readonly #length = Buffer.alloc(4);

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(frame: Uint8Array): void {
    this.#length.writeUInt32LE(frame.length);
    writeSync(this.#file, this.#length);
    writeSync(this.#file, frame);
  }

  close(): void {
    closeSync(this.#file);
  }
}
