import type { SnapshotStore, SnapshotVolume } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';

interface File {
  content: Uint8Array;
  /** What the disk surely has of it. */
  durable: Uint8Array | null;
}

/** The system refused. `code` is the system's. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  constructor(
    readonly code: 'EIO' | 'ENOSPC',
    what: string,
  ) {
    super(`${code}: ${what}`);
  }
}

/** The snapshot store did not answer. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';
}

/** A disk, which outlives the processes that write to it. What was not made durable is at the mercy of a power loss. */
export class Disk {
  files = new Map<string, File>();
  /** Files that were harmed after they had been written. */
  readonly damaged = new Set<string>();
  /** Names as the disk surely has them. */
  #durable = new Map<string, File>();

  constructor(private readonly world: Pick<World, 'random'>) {}

  write(name: string, content: Uint8Array): void {
    this.files.set(name, { content, durable: null });
  }

  sync(name: string): void {
    const file = this.found(name);
    file.durable = file.content;
  }

  rename(from: string, to: string): void {
    const file = this.found(from);
    this.files.delete(from);
    this.files.set(to, file);
  }

  syncFolder(folder: string): void {
    const isInside = (name: string): boolean => name.startsWith(`${folder}/`);
    for (const name of this.#durable.keys()) if (isInside(name) && !this.files.has(name)) this.#durable.delete(name);
    for (const [name, file] of this.files) if (isInside(name)) this.#durable.set(name, file);
  }

  /** How often its machine lost its power: what a process was about to do to it then is not done. */
  powerLosses = 0;

  /** Each thing that was not made durable is there, is not there, or is there in part. */
  losePower(): void {
    this.powerLosses++;
    const { random } = this.world;
    const survivors = new Map<string, File>();
    const contents = new Map<File, Uint8Array>();
    for (const name of new Set([...this.#durable.keys(), ...this.files.keys()])) {
      const [before, after] = [this.#durable.get(name), this.files.get(name)];
      const file = before === after || random.chance(5_000) ? after : before;
      if (file === undefined) continue;
      const content = contents.get(file) ?? file.durable ?? torn(file.content, random.below(file.content.length + 1));
      contents.set(file, content);
      survivors.set(name, { content, durable: content });
    }
    this.files = survivors;
    this.#durable = new Map(survivors);
  }

  /** A disk like this one, as of now: another machine's, or what a frozen process goes on writing to. */
  copy(): Disk {
    const copy = new Disk(this.world);
    for (const [name, { content }] of this.files) {
      copy.write(name, Uint8Array.from(content));
      copy.sync(name);
    }
    copy.#durable = new Map(copy.files);
    return copy;
  }

  /** Names that a power loss would surely leave. */
  durableNames(): string[] {
    return [...this.#durable.keys()];
  }

  /** What of a file a power loss would surely leave. */
  durable(name: string): Uint8Array | null {
    return this.#durable.get(name)?.durable ?? null;
  }

  /** A new disk in the old one's place. */
  replace(): void {
    this.powerLosses++;
    this.files = new Map();
    this.#durable = new Map();
  }

  found(name: string): File {
    const file = this.files.get(name);
    if (file === undefined) throw new Error(`${name} does not exist`);
    return file;
  }
}

const torn = (content: Uint8Array, length: number): Uint8Array => Uint8Array.from(content.subarray(0, length));

/** Told of what makes a snapshot count, when it has happened. */
export interface DiskWatch {
  renamed(to: string): void;
  /** The disk has the folder's names. */
  synced(folder: string): void;
}

/** A disk as one life of a process sees it. */
export class SimulatedVolume implements SnapshotVolume {
  constructor(
    private readonly world: World,
    private readonly life: Life,
    private readonly disk: Disk,
    private readonly watch: DiskWatch,
  ) {}

  write(name: string, chunks: readonly Uint8Array[]): Promise<void> {
    const content = new Uint8Array(Buffer.concat(chunks));
    const full = this.world.faults.strikes('disk full');
    return this.#change(`writes ${name}`, () => {
      this.disk.write(name, full ? torn(content, content.length >> 1) : content);
      if (full) throw new DiskError('ENOSPC', name);
    });
  }

  sync(name: string): Promise<void> {
    const fails = this.world.faults.strikes('fsync error');
    return this.#change(`syncs ${name}`, () => {
      if (fails) this.#fail(name);
      this.disk.sync(name);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change(`renames ${from} to ${to}`, () => {
      this.disk.rename(from, to);
      this.watch.renamed(to);
    });
  }

  syncFolder(folder: string): Promise<void> {
    const fails = this.world.faults.strikes('fsync error');
    return this.#change(`syncs ${folder}`, () => {
      if (fails) this.#fail(folder);
      this.disk.syncFolder(folder);
      this.watch.synced(folder);
    });
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.world.ask(this.life, `lists ${prefix}`, () =>
      [...this.disk.files.keys()].filter((name) => name.startsWith(prefix)).sort(),
    );
  }

  get(name: string): Promise<Uint8Array | null> {
    return this.world.ask(this.life, `reads ${name}`, () => this.disk.files.get(name)?.content ?? null);
  }

  delete(name: string): Promise<void> {
    return this.#change(`deletes ${name}`, () => void this.disk.files.delete(name));
  }

  /** A call into the system: a process that dies in it has done it, or not. */
  #change(label: string, effect: () => void): Promise<void> {
    const { powerLosses } = this.disk;
    return this.world.request(this.life, label, () => {
      if (this.disk.powerLosses === powerLosses) effect();
    });
  }

  /** What of it is on the disk, nobody knows from here on: the process must not go on as if it were there. */
  #fail(name: string): never {
    this.life.doom(this.life, 'an error of fsync');
    throw new DiskError('EIO', `fsync of ${name}`);
  }
}

/** A snapshot store, shared by all processes. */
export class SimulatedStore implements SnapshotStore {
  constructor(
    private readonly world: World,
    private readonly life: Life,
    readonly blobs: Map<string, Uint8Array>,
  ) {}

  put(name: string, content: Uint8Array): Promise<void> {
    const copy = Uint8Array.from(content);
    return this.#request(`puts ${name}`, () => void this.blobs.set(name, copy));
  }
  get(name: string): Promise<Uint8Array | null> {
    return this.#request(`gets ${name}`, () => this.blobs.get(name) ?? null);
  }
  list(prefix: string): Promise<readonly string[]> {
    return this.#request(`lists ${prefix} of the store`, () =>
      [...this.blobs.keys()].filter((name) => name.startsWith(prefix)).sort(),
    );
  }
  delete(name: string): Promise<void> {
    return this.#request(`deletes ${name} of the store`, () => void this.blobs.delete(name));
  }

  #request<T>(label: string, effect: () => T): Promise<T> {
    const away = this.world.faults.strikes('snapshot store away');
    return this.world.request(this.life, label, () => {
      if (away) throw new StoreAwayError('the snapshot store is away');
      return effect();
    });
  }
}
