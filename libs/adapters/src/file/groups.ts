import { type TopicPartition, writerOf } from '@millrace/stream';
import { dirname } from 'node:path';
import { readIfPresent, replaceFile } from './replace-file';
import { syncFile, syncFolder } from './sync';

/** Positions of all groups, in one small file that is replaced as a whole; commits made during a write share the next. */
export class Groups {
  #offsets: Record<string, number> = {};
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  private constructor(private readonly path: string) {}

  static async open(path: string): Promise<Groups> {
    const groups = new Groups(path);
    const stored = await readIfPresent(path);
    if (stored !== null) groups.#offsets = JSON.parse(stored) as Record<string, number>;
    return groups;
  }

  committed(group: string, of: TopicPartition): number {
    return this.#offsets[nameOf(group, of)] ?? 0;
  }

  /** Names that begin with `prefix`. The name of a partition holds no space. */
  names(prefix: string): string[] {
    const names = Object.keys(this.#offsets).map((name) => name.slice(0, name.lastIndexOf(' ')));
    return [...new Set(names)].filter((name) => name.startsWith(prefix)).sort();
  }

  /** Resolves when a file that holds this position is in place. */
  commit(group: string, of: TopicPartition, offset: number): Promise<void> {
    this.#offsets[nameOf(group, of)] = offset;
    this.#next ??= this.#writing.then(() => {
      this.#next = null;
      this.#writing = replaceFile(this.path, JSON.stringify(this.#offsets));
      return this.#writing;
    });
    return this.#next;
  }

  /** Resolves when the disk has the positions that were committed until now. Those of what it lacks itself must not be among them. */
  async sync(): Promise<void> {
    await this.settled();
    if ((await readIfPresent(this.path)) === null) return;
    await syncFile(this.path);
    await syncFolder(dirname(this.path));
  }

  async settled(): Promise<void> {
    await this.#next;
    await this.#writing;
  }
}

const nameOf = (group: string, of: TopicPartition): string => `${group} ${writerOf(of)}`;
