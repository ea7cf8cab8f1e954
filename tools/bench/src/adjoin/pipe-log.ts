import {
  type Append,
  type Fetched,
  type Log,
  type Member,
  type Membership,
  type RawRecord,
  type TopicPartition,
  writerOf,
} from '@millrace/stream';
import { setImmediate as turn } from 'node:timers/promises';
import { partFile } from './input';
import { LineReader } from './lines';

/** After every event of any input: nothing is dated ahead. */
const RECEIVED_MS = Date.UTC(2035, 0, 1);
/** Rows that are on their way from one layer to the next are young objects, and copied by each collection: there are few of them. */
const FETCH_BYTES = 1 << 18;

export interface PipeLogOptions {
  readonly folder: string;
  readonly parts: number;
  /** The topic whose partitions are the files. */
  readonly raw: string;
  /** Hears every frame that is appended; what it spends is not the engine's. */
  readonly onAppend: (to: TopicPartition, value: Uint8Array) => void;
  /** How many events have been read in all. */
  readonly onRead: (events: number) => void;
}

/**
 * The log of one process that reads files and keeps nothing: partitions of the raw topic are files, read once from the
 * beginning; inside topics have one partition, whose records are gone when they have been read.
 */
export class PipeLog implements Log {
  readonly #files: LineReader[];
  readonly #offsets: number[];
  readonly #pipes = new Map<string, { start: number; records: RawRecord[] }>();
  #read = 0;

  constructor(private readonly options: PipeLogOptions) {
    this.#files = Array.from({ length: options.parts }, (_, part) => new LineReader(partFile(options.folder, part), FETCH_BYTES));
    this.#offsets = this.#files.map(() => 0);
  }

  async ensure(): Promise<void> {
    // Whatever is asked for is there.
  }

  partitions(topic: string): number {
    return topic === this.options.raw ? this.#files.length : 1;
  }

  async append(batch: readonly Append[]): Promise<void> {
    for (const { to, records } of batch) {
      const pipe = this.#pipes.get(to.topic);
      for (const { value } of records) {
        this.options.onAppend(to, value);
        // Topics that nobody has joined for are only written.
        pipe?.records.push({ offset: pipe.start + pipe.records.length, timestamp_ms: RECEIVED_MS, key: null, value });
      }
    }
  }

  async read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    // As from a real log: others get their turn.
    await turn();
    return from.topic === this.options.raw ? this.#lines(from.partition, offset) : this.#records(from.topic, offset, max_bytes);
  }

  async bounds(of: TopicPartition): Promise<{ start: number; end: number }> {
    if (of.topic === this.options.raw) return { start: 0, end: this.#offsets[of.partition] ?? 0 };
    const { start, records } = this.#pipe(of.topic);
    return { start: 0, end: start + records.length };
  }

  async commit(): Promise<void> {
    // The process ends with the input.
  }
  async committed(): Promise<number> {
    return 0;
  }
  async groups(): Promise<readonly string[]> {
    return [];
  }

  async join({ topics, onAssigned }: Member): Promise<Membership> {
    for (const topic of topics) if (topic !== this.options.raw) this.#pipe(topic);
    onAssigned(
      topics.flatMap((topic) => Array.from({ length: this.partitions(topic) }, (_, partition) => ({ topic, partition }))),
    );
    return {
      read: (from, offset, max_bytes) => this.read(from, offset, max_bytes),
      commit: async () => undefined,
      leave: async () => undefined,
    };
  }

  async close(): Promise<void> {
    // Files are closed at their ends.
  }

  #lines(part: number, offset: number): Fetched {
    const [file, position] = [this.#files[part], this.#offsets[part]];
    if (file === undefined || offset !== position)
      throw new Error(`${writerOf({ topic: this.options.raw, partition: part })} is read once`);
    if (file.ended) return { records: [], end: position };
    const records = file
      .next()
      .map((value, at): RawRecord => ({ offset: position + at, timestamp_ms: RECEIVED_MS, key: null, value }));
    this.#offsets[part] = position + records.length;
    this.#read += records.length;
    this.options.onRead(this.#read);
    return { records, end: position + records.length + (file.ended ? 0 : 1) };
  }

  #records(topic: string, offset: number, max_bytes: number): Fetched {
    const pipe = this.#pipe(topic);
    const { records } = pipe;
    const end = pipe.start + records.length;
    let last = offset - pipe.start;
    for (let bytes = 0; last < records.length && bytes < max_bytes; last++) bytes += records[last]?.value?.byteLength ?? 0;
    const fetched = records.splice(0, last);
    pipe.start += fetched.length;
    return { records: fetched, end };
  }

  #pipe(topic: string): { start: number; records: RawRecord[] } {
    const found = this.#pipes.get(topic) ?? { start: 0, records: [] };
    this.#pipes.set(topic, found);
    return found;
  }
}
