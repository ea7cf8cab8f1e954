import { type Append, type Fetched, LogGapError, type TopicPartition, writerOf } from '@millrace/stream';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBatch, sizeOf } from './batch';
import { readIfPresent, replaceFile } from './replace-file';
import { Segment } from './segment';

export interface PartitionOptions {
  readonly now_ms: () => number;
  /** Whether an append waits until the disk has it; without, it survives the death of the process, but not of the machine. */
  readonly durable: boolean;
  readonly segment_bytes: number;
  readonly warn: (message: string) => void;
}

/** Larger appends are cut into batches of about this size, so that a read can stop between them. */
const BATCH_BYTES = 1 << 18;

/** First offset still held, where that is not the first of a segment. */
const START_FILE = 'start';

/** One partition: a directory of segments. */
export class PartitionFiles {
  readonly #segments: Segment[] = [];
  #start = 0;
  #end = 0;
  #timestamp_ms = 0;
  /** Appends follow one another. */
  #last: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(
    private readonly at: TopicPartition,
    private readonly directory: string,
    private readonly options: PartitionOptions,
  ) {}

  static async open(at: TopicPartition, directory: string, options: PartitionOptions): Promise<PartitionFiles> {
    const partition = new PartitionFiles(at, directory, options);
    try {
      await partition.#open();
    } catch (error) {
      await partition.close();
      throw error;
    }
    return partition;
  }

  get bounds(): { start: number; end: number } {
    return { start: this.#start, end: this.#end };
  }

  append(records: Append['records']): Promise<void> {
    const appended = this.#last.then(() => this.#write(records));
    this.#last = appended.catch((failure: unknown) => {
      this.#failure ??= failure;
    });
    return appended;
  }

  async read(offset: number, max_bytes: number): Promise<Fetched> {
    const { start, end } = this.bounds;
    if (offset < start || offset > end) throw new LogGapError(this.at, offset, start, end);
    if (offset === end) return { records: [], end };
    const segment = this.#segments.findLast(({ base }) => base <= offset);
    return { records: (await segment?.read(offset, max_bytes)) ?? [], end };
  }

  /** Retention: whole segments before `offset` are removed, and nothing before it is served. */
  async truncate(offset: number): Promise<void> {
    if (offset <= this.#start) return;
    if (offset > this.#end) throw new LogGapError(this.at, offset, this.#start, this.#end);
    await replaceFile(join(this.directory, START_FILE), String(offset));
    this.#start = offset;
    while ((this.#segments[1]?.base ?? Infinity) <= offset) {
      const segment = this.#segments.shift();
      if (segment === undefined) return;
      await rm(segment.path);
      await segment.retire();
    }
  }

  /** Resolves when the disk has what was appended until now. */
  async sync(): Promise<void> {
    await this.#last;
    // A segment that is full was made durable before the next one was begun.
    await this.#segments.at(-1)?.sync();
  }

  async close(): Promise<void> {
    await this.#last;
    for (const segment of this.#segments) await segment.retire();
  }

  async #open(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    const names = (await readdir(this.directory)).filter((name) => name.endsWith('.log')).sort();
    for (const name of names) this.#segments.push(await Segment.open(this.directory, Number.parseInt(name, 10)));
    const last = this.#segments.at(-1) ?? (await this.#roll());
    const recovered = await last.recover();
    if (recovered.torn_bytes > 0) {
      this.options.warn(`${writerOf(this.at)}: cut ${recovered.torn_bytes} bytes of an unfinished append from ${last.path}`);
    }
    this.#end = recovered.last === null ? last.base : recovered.last.base + recovered.last.records;
    this.#timestamp_ms = recovered.last?.timestamp_ms ?? 0;
    const start = await readIfPresent(join(this.directory, START_FILE));
    this.#start = Math.max(this.#segments[0]?.base ?? 0, Number(start ?? 0));
  }

  async #write(records: Append['records']): Promise<void> {
    // What stands behind a failed write is unknown until the log is opened again.
    if (this.#failure !== undefined)
      throw new Error(`${writerOf(this.at)} takes no appends after one has failed`, { cause: this.#failure });
    this.#timestamp_ms = Math.max(this.#timestamp_ms, this.options.now_ms());
    const batches: Buffer[] = [];
    let end = this.#end;
    for (const batch of cut(records)) {
      batches.push(encodeBatch(end, this.#timestamp_ms, batch));
      end += batch.length;
    }
    const last = this.#segments.at(-1);
    const segment = last === undefined || last.size >= this.options.segment_bytes ? await this.#roll() : last;
    await segment.append(
      batches.length === 1 && batches[0] ? batches[0] : Buffer.concat(batches),
      this.#end,
      this.options.durable,
    );
    this.#end = end;
  }

  async #roll(): Promise<Segment> {
    await this.#segments.at(-1)?.sync();
    const segment = await Segment.open(this.directory, this.#end);
    this.#segments.push(segment);
    return segment;
  }
}

function* cut(records: Append['records']): Generator<Append['records']> {
  let first = 0;
  let bytes = 0;
  for (const [i, record] of records.entries()) {
    bytes += sizeOf(record);
    if (bytes < BATCH_BYTES) continue;
    yield records.slice(first, i + 1);
    first = i + 1;
    bytes = 0;
  }
  if (first < records.length) yield first === 0 ? records : records.slice(first);
}
