import type { Blobs } from '@millrace/stream';
import { open, readdir, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { hasCode } from '../errors';

/** Blobs as the files below a directory. */
export class Directory implements Blobs {
  constructor(readonly path: string) {}

  async list(prefix: string): Promise<readonly string[]> {
    // Only the prefix's own folder is walked.
    const folder = join(this.path, prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const names: string[] = [];
    for (const entry of await entriesOf(folder)) {
      if (!entry.isFile()) continue;
      names.push(relative(this.path, join(entry.parentPath, entry.name)).split(sep).join('/'));
    }
    return names.filter((name) => name.startsWith(prefix)).sort();
  }

  async get(name: string, into?: Uint8Array): Promise<Uint8Array | null> {
    try {
      const file = await open(this.fileOf(name));
      try {
        if (into === undefined || (await file.stat()).size !== into.length) return await file.readFile();
        let end = 0;
        for (let read = -1; end < into.length && read !== 0; end += read) read = (await file.read(into, end)).bytesRead;
        return into.subarray(0, end);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  async delete(name: string): Promise<void> {
    await rm(this.fileOf(name), { force: true });
  }

  protected fileOf(name: string): string {
    return join(this.path, name);
  }
}

const entriesOf = async (folder: string) => {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
};
