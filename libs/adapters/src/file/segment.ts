import type { RawRecord } from '@millrace/stream';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BatchHeader, HEADER_BYTES, decodeBatch, isIntact, readHeader } from './batch';
import { LogCorruptionError } from './errors';
import { syncFolder } from './sync';

/** One system call reads about this much. */
const CHUNK_BYTES = 1 << 20;
/** Distance of two index entries: what a read at a random offset has to pass over at most. */
const INDEX_BYTES = 1 << 16;

/** One file of consecutive batches, named by its first offset. */
export class Segment {
  /** Bytes that readers may see: whole batches only. */
  #size = 0;
  /**
   * Sparse, offset → byte position, both rising. It is learnt from appends and reads: whoever goes beyond its last entry
   * has come from there, so it is always complete up to that point and need not be built when the log is opened.
   */
  readonly #offsets: number[];
  readonly #positions: number[] = [0];
  #reading = 0;
  #retired = false;
  /** Something was appended that the disk may not have. */
  #unsynced = false;
  /** The disk has the file's name. */
  #named = false;

  private constructor(
    readonly base: number,
    readonly path: string,
    readonly file: FileHandle,
  ) {
    this.#offsets = [base];
  }

  static async open(directory: string, base: number): Promise<Segment> {
    const path = join(directory, `${String(base).padStart(16, '0')}.log`);
    const file = await open(path, 'a+');
    const segment = new Segment(base, path, file);
    segment.#size = (await file.stat()).size;
    return segment;
  }

  get size(): number {
    return this.#size;
  }

  /** Writes whole batches; readers see them once they lie in the file. */
  async append(bytes: Buffer, first_offset: number, durable: boolean): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      written += (await this.file.write(bytes, written, bytes.length - written)).bytesWritten;
    }
    this.#unsynced = true;
    if (durable) await this.sync();
    this.#learn(first_offset, this.#size);
    this.#size += bytes.length;
  }

  /** Resolves when the disk has what was appended until now, and the file's name. After an error nobody knows what it has. */
  async sync(): Promise<void> {
    if (!this.#unsynced || this.#retired) return;
    // What is appended from here on is the next one's concern.
    this.#unsynced = false;
    this.#reading++;
    try {
      await this.file.datasync();
      if (!this.#named) await syncFolder(dirname(this.path));
      this.#named = true;
    } finally {
      await this.#release();
    }
  }

  /** Records from `offset` on, about `max_bytes` of them, at least one. Every batch read is checked. */
  async read(offset: number, max_bytes: number): Promise<RawRecord[]> {
    const records: RawRecord[] = [];
    let taken = 0;
    await this.#scan(this.#positionBefore(offset), Math.min(max_bytes + INDEX_BYTES, CHUNK_BYTES), (chunk, at, header) => {
      if (header.base + header.records <= offset) return true;
      for (const record of decodeBatch(chunk, at, header)) {
        if (record.offset < offset || (taken >= max_bytes && records.length > 0)) continue;
        records.push(record);
        taken += (record.key?.length ?? 0) + (record.value?.length ?? 0);
      }
      return taken < max_bytes;
    });
    return records;
  }

  /**
   * After a crash the last segment may end in a half-written batch, which nobody was told is there: it is cut off.
   * Damage with intact batches behind it is something else, and is refused. Returns the last batch and what was cut.
   */
  async recover(): Promise<{ last: BatchHeader | null; torn_bytes: number }> {
    let last: BatchHeader | null = null;
    const end = await this.#scan(0, CHUNK_BYTES, (_chunk, _at, header) => {
      last = header;
      return true;
    }).catch((error: unknown) => {
      if (error instanceof LogCorruptionError) return error.position;
      throw error;
    });
    const torn_bytes = this.#size - end;
    if (torn_bytes > 0) {
      const tail = await this.#chunk(end, torn_bytes);
      if (holdsIntactBatch(tail)) throw new LogCorruptionError(this.path, end);
      await this.file.truncate(end);
      this.#size = end;
    }
    return { last, torn_bytes };
  }

  /** Closes the file when the last read is over. */
  async retire(): Promise<void> {
    this.#retired = true;
    if (this.#reading === 0) await this.file.close();
  }

  /** Visits intact batches from a byte position on until `visit` has enough; returns where it stopped. */
  async #scan(
    from: number,
    chunk_bytes: number,
    visit: (chunk: Buffer, at: number, header: BatchHeader) => boolean,
  ): Promise<number> {
    const size = this.#size;
    let position = from;
    let wanted = chunk_bytes;
    this.#reading++;
    try {
      while (position < size) {
        const chunk = await this.#chunk(position, Math.min(wanted, size - position));
        wanted = chunk_bytes;
        let at = 0;
        while (at < chunk.length) {
          const header = at + HEADER_BYTES <= chunk.length ? readHeader(chunk, at) : undefined;
          if (header === null) throw new LogCorruptionError(this.path, position + at);
          const bytes = header?.bytes ?? HEADER_BYTES;
          if (position + at + bytes > size) throw new LogCorruptionError(this.path, position + at);
          if (header === undefined || at + bytes > chunk.length) {
            wanted = Math.max(chunk_bytes, bytes);
            break;
          }
          if (!isIntact(chunk, at, header)) throw new LogCorruptionError(this.path, position + at);
          this.#learn(header.base, position + at);
          const more = visit(chunk, at, header);
          at += bytes;
          if (!more) return position + at;
        }
        position += at;
      }
      return position;
    } finally {
      await this.#release();
    }
  }

  async #release(): Promise<void> {
    this.#reading--;
    if (this.#retired && this.#reading === 0) await this.file.close();
  }

  async #chunk(position: number, bytes: number): Promise<Buffer> {
    const chunk = Buffer.allocUnsafe(bytes);
    let filled = 0;
    while (filled < bytes) {
      const { bytesRead } = await this.file.read(chunk, filled, bytes - filled, position + filled);
      if (bytesRead === 0) throw new LogCorruptionError(this.path, position + filled);
      filled += bytesRead;
    }
    return chunk;
  }

  #learn(offset: number, position: number): void {
    if (position - (this.#positions[this.#positions.length - 1] ?? 0) < INDEX_BYTES) return;
    this.#offsets.push(offset);
    this.#positions.push(position);
  }

  #positionBefore(offset: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#offsets[middle] ?? Infinity) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#positions[low] ?? 0;
  }
}

/** Whether an intact batch begins anywhere in these bytes. */
function holdsIntactBatch(bytes: Buffer): boolean {
  for (let at = 0; at + HEADER_BYTES <= bytes.length; at++) {
    const header = readHeader(bytes, at);
    if (header !== null && isIntact(bytes, at, header)) return true;
  }
  return false;
}
