import { closeSync, openSync, readSync } from 'node:fs';
import { partFile } from './input';

const NEWLINE = 10;

/** Whole lines of a file, as many as fit a buffer that is used again for the next ones. */
export class LineReader {
  readonly #file: number;
  readonly #buffer: Buffer;
  /** Read, but no whole line yet. */
  #rest = 0;
  #from = 0;
  ended = false;

  constructor(path: string, bytes: number) {
    this.#file = openSync(path, 'r');
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
  }

  /** The next lines, without their ends; none at the file's end. They stand until the next call. */
  next(): Buffer[] {
    const buffer = this.#buffer;
    buffer.copyWithin(0, this.#from, this.#rest);
    const kept = this.#rest - this.#from;
    const read = readSync(this.#file, buffer, kept, buffer.length - kept, null);
    const end = kept + read;
    const lines: Buffer[] = [];
    let from = 0;
    for (let at = buffer.indexOf(NEWLINE, from); at >= 0 && at < end; at = buffer.indexOf(NEWLINE, from)) {
      lines.push(buffer.subarray(from, at));
      from = at + 1;
    }
    this.#from = from;
    this.#rest = end;
    if (read === 0) {
      if (from < end) throw new Error('a line longer than the buffer, or one without an end');
      this.ended = true;
      closeSync(this.#file);
    }
    return lines;
  }
}

/** Every event of an input in the order of delivery: line 0 of each part, line 1 of each … */
export function* deliveries(folder: string, parts: number): Generator<string> {
  const files = Array.from({ length: parts }, (_, part) => linesOf(partFile(folder, part)));
  for (;;) {
    for (const file of files) {
      const line = file.next();
      if (line.done === true) return;
      yield line.value;
    }
  }
}

function* linesOf(path: string): Generator<string> {
  for (const reader = new LineReader(path, 1 << 20); ;) {
    const lines = reader.next();
    if (reader.ended) return;
    for (const line of lines) yield line.toString('utf8');
  }
}
