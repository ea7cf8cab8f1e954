import type { Append, Clock, Fetched, Log, Member, Membership, TopicPartition } from '@millrace/stream';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Members } from '../members/members';
import { Groups } from './groups';
import { lock } from './lock';
import { PartitionFiles, type PartitionOptions } from './partition';

export interface FileLogOptions {
  readonly clock: Pick<Clock, 'now_ms'>;
  /**
   * `never` (default): an acknowledged append survives the death of the process (kill -9), but not of the machine, until `sync`.
   * A committed position, which must not survive what it speaks of, counts for the next process after `sync` or `close`.
   * `always`: both are on the disk.
   */
  readonly fsync?: 'always' | 'never';
  readonly segment_bytes?: number;
  readonly warn?: (message: string) => void;
}

const SEGMENT_BYTES = 64 << 20;
const TOPIC_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** The partitioned log in a directory of files, for one process: `topics/<topic>/<partition>/<first offset>.log`. */
export class FileLog implements Log {
  readonly #topics = new Map<string, readonly PartitionFiles[]>();
  readonly #members = new Members(this);

  private constructor(
    private readonly directory: string,
    private readonly positions: Groups,
    private readonly unlock: () => Promise<void>,
    private readonly options: PartitionOptions,
  ) {}

  /** Opens what the directory holds, and cuts off what a crash left unfinished. */
  static async open(
    directory: string,
    { clock, fsync = 'never', segment_bytes = SEGMENT_BYTES, warn = () => undefined }: FileLogOptions,
  ): Promise<FileLog> {
    const topics = join(directory, 'topics');
    await mkdir(topics, { recursive: true });
    const unlock = await lock(directory);
    const groups = await Groups.open(join(directory, 'groups.json'));
    const log = new FileLog(topics, groups, unlock, {
      now_ms: () => clock.now_ms(),
      durable: fsync === 'always',
      segment_bytes,
      warn,
    });
    try {
      for (const topic of await readdir(topics)) if (TOPIC_NAME.test(topic)) await log.#open(topic);
    } catch (error) {
      await log.close();
      throw error;
    }
    return log;
  }

  /** Removes a log that nobody has open, as a whole. */
  static async erase(directory: string): Promise<void> {
    await mkdir(directory, { recursive: true });
    const unlock = await lock(directory);
    await rm(directory, { recursive: true, force: true });
    await unlock();
  }

  async ensure(topic: string, partitions: number): Promise<void> {
    if (!TOPIC_NAME.test(topic)) throw new Error(`"${topic}" is no name for a topic: letters, digits, ".", "_" and "-"`);
    const existing = this.#topics.get(topic)?.length ?? partitions;
    if (existing !== partitions) throw new Error(`topic ${topic} has ${existing} partitions, not ${partitions}`);
    if (this.#topics.has(topic)) return;
    // All partitions appear at once: a crash in between must not leave a topic with fewer. A name that begins with "." is no topic.
    const draft = join(this.directory, `.${topic}`);
    await rm(draft, { recursive: true, force: true });
    for (let partition = 0; partition < partitions; partition++) await mkdir(join(draft, String(partition)), { recursive: true });
    await rename(draft, join(this.directory, topic));
    await this.#open(topic);
  }

  partitions(topic: string): number {
    const partitions = this.#topics.get(topic);
    if (partitions === undefined) throw new Error(`topic ${topic} does not exist`);
    return partitions.length;
  }

  /** Topics that the directory holds, those of earlier runs included. */
  topics(): string[] {
    return [...this.#topics.keys()].sort();
  }

  async append(batch: readonly Append[]): Promise<void> {
    await Promise.all(batch.map(({ to, records }) => this.#partition(to).append(records)));
  }

  async read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    return this.#partition(from).read(offset, max_bytes);
  }

  async bounds(of: TopicPartition): Promise<{ start: number; end: number }> {
    return this.#partition(of).bounds;
  }

  async commit(group: string, of: TopicPartition, offset: number): Promise<void> {
    this.positions.commit(group, of, offset);
    if (this.options.durable) await this.sync();
  }

  async committed(group: string, of: TopicPartition): Promise<number> {
    return this.positions.committed(group, of);
  }

  async groups(prefix: string): Promise<readonly string[]> {
    return this.positions.names(prefix);
  }

  /** One process has the directory (`lock`): the members are its own. */
  async join(member: Member): Promise<Membership> {
    return this.#members.join(member);
  }

  /** Resolves when the disk has whatever was appended and committed until now: the records first, then the positions. */
  async sync(): Promise<void> {
    await this.positions.store(async () => {
      await Promise.all([...this.#topics.values()].flatMap((partitions) => partitions.map((partition) => partition.sync())));
    });
  }

  /** Retention: forgets what lies before `offset`. */
  async truncate(of: TopicPartition, offset: number): Promise<void> {
    await this.#partition(of).truncate(offset);
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      for (const partitions of this.#topics.values()) for (const partition of partitions) await partition.close();
      this.#topics.clear();
      await this.unlock();
    }
  }

  async #open(topic: string): Promise<void> {
    const numbers = (await readdir(join(this.directory, topic))).map(Number).sort((a, b) => a - b);
    const partitions: PartitionFiles[] = [];
    // Known from the start, so that what is open is closed if the next one is damaged.
    this.#topics.set(topic, partitions);
    for (const partition of numbers) {
      partitions.push(
        await PartitionFiles.open({ topic, partition }, join(this.directory, topic, String(partition)), this.options),
      );
    }
  }

  #partition({ topic, partition }: TopicPartition): PartitionFiles {
    const found = this.#topics.get(topic)?.[partition];
    if (found === undefined) throw new Error(`${topic}/${partition} does not exist`);
    return found;
  }
}
