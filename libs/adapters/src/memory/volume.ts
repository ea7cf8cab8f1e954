import type { SnapshotStore, SnapshotVolume } from '@millrace/stream';

interface File {
  content: Uint8Array;
  /** What the disk has of it; null: nothing that could be relied on. */
  durable: Uint8Array | null;
}

/** A volume that forgets in a crash what was not made durable: content without `sync`, names without `syncFolder`. */
export class MemoryVolume implements SnapshotVolume {
  #files = new Map<string, File>();
  /** Names as the disk has them. */
  #durable = new Map<string, File>();

  async write(name: string, chunks: readonly Uint8Array[]): Promise<void> {
    this.#files.set(name, { content: Buffer.concat(chunks), durable: null });
  }

  async sync(name: string): Promise<void> {
    const file = this.#found(name);
    file.durable = file.content;
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.#found(from);
    this.#files.delete(from);
    this.#files.set(to, file);
  }

  async syncFolder(folder: string): Promise<void> {
    const inFolder = (name: string): boolean => name.startsWith(`${folder}/`);
    for (const name of this.#durable.keys()) if (inFolder(name) && !this.#files.has(name)) this.#durable.delete(name);
    for (const [name, file] of this.#files) if (inFolder(name)) this.#durable.set(name, file);
  }

  async list(prefix: string): Promise<readonly string[]> {
    return [...this.#files.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  async get(name: string): Promise<Uint8Array | null> {
    return this.#files.get(name)?.content ?? null;
  }

  async delete(name: string): Promise<void> {
    this.#files.delete(name);
  }

  /** The machine stops: content that was not synced is torn in the middle. */
  crash(): void {
    for (const file of this.#durable.values()) {
      file.content = file.durable ?? file.content.subarray(0, file.content.length >> 1);
      file.durable = file.content;
    }
    this.#files = new Map(this.#durable);
  }

  #found(name: string): File {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`${name} does not exist`);
    return file;
  }
}

/** A snapshot store in the process itself. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #blobs = new Map<string, Uint8Array>();

  async put(name: string, content: Uint8Array): Promise<void> {
    this.#blobs.set(name, Uint8Array.from(content));
  }
  async get(name: string): Promise<Uint8Array | null> {
    return this.#blobs.get(name) ?? null;
  }
  async list(prefix: string): Promise<readonly string[]> {
    return [...this.#blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
  }
  async delete(name: string): Promise<void> {
    this.#blobs.delete(name);
  }
}
