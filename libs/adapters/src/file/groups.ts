import { type TopicPartition, writerOf } from '@millrace/stream';
import { dirname } from 'node:path';
import { readIfPresent, replaceFile } from './replace-file';
import { syncFile, syncFolder } from './sync';

/** Positions of all groups, in one small file that is replaced as a whole whenever the log is made durable. */
export class Groups {
  #offsets: Record<string, number> = {};
  #stored = '{}';
  /** One after another: they write the same file. */
  #storing: Promise<void> = Promise.resolve();

  private constructor(private readonly path: string) {}

  static async open(path: string): Promise<Groups> {
    const groups = new Groups(path);
    const stored = await readIfPresent(path);
    if (stored !== null) {
      groups.#offsets = JSON.parse(stored) as Record<string, number>;
      groups.#stored = stored;
    }
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

  /** Counts at once for this process, and for the next when it has been stored. */
  commit(group: string, of: TopicPartition, offset: number): void {
    this.#offsets[nameOf(group, of)] = offset;
  }

  /**
   * Stores what was committed until now, when `logged` has resolved: the disk must not have a position before it has the
   * records that were read, and those that came of them. Resolves when the disk has the positions.
   */
  store(logged: () => Promise<void>): Promise<void> {
    const stored = this.#storing.then(async () => {
      const content = JSON.stringify(this.#offsets);
      await logged();
      if (content === this.#stored) return;
      await replaceFile(this.path, content, syncFile);
      await syncFolder(dirname(this.path));
      this.#stored = content;
    });
    // Whoever comes next hears of his own failure.
    this.#storing = stored.catch(() => undefined);
    return stored;
  }
}

const nameOf = (group: string, of: TopicPartition): string => `${group} ${writerOf(of)}`;
