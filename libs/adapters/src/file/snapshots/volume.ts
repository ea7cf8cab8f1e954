import type { SnapshotStore, SnapshotVolume } from '@millrace/stream';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFile } from '../sync';
import { Directory } from './directory';

/** A directory on the process's own volume. */
export class FileVolume extends Directory implements SnapshotVolume {
  async write(name: string, chunks: readonly Uint8Array[]): Promise<void> {
    const path = this.fileOf(name);
    await this.#makeFolder(dirname(path));
    const file = await open(path, 'w');
    try {
      for (const chunk of chunks) for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
    } finally {
      await file.close();
    }
  }

  async sync(name: string): Promise<void> {
    await syncFile(this.fileOf(name));
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.fileOf(from), this.fileOf(to));
  }

  async syncFolder(folder: string): Promise<void> {
    await syncFile(join(this.path, folder));
  }

  /** A folder that was just made must have its own name on the disk, and so must each that was made above it. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFile(dirname(made));
  }
}

/** A directory that receives copies: a mounted share, another disk. */
export class DirectorySnapshotStore extends Directory implements SnapshotStore {
  readonly #volume = new FileVolume(this.path);

  async put(name: string, content: Uint8Array): Promise<void> {
    const draft = `${name}.draft`;
    await this.#volume.write(draft, [content]);
    await this.#volume.sync(draft);
    await this.#volume.rename(draft, name);
    await this.#volume.syncFolder(dirname(name));
  }
}
