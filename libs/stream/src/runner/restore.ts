import type { Blobs, Checksum } from '../ports';
import { epochsIn, folderOf, foldersOf, manifestsIn, positionOf } from '../snapshot/files';
import {
  checkOwner,
  decodeManifest,
  type Manifest,
  SnapshotDamagedError,
  SnapshotMismatchError,
  type SnapshotOwner,
  type SnapshotStaleError,
  SnapshotVersionError,
  type StoredPart,
} from '../snapshot/manifest';
import { LoadedParts } from '../snapshot/parts';
import { inLanes } from './lanes';

/** A snapshot that may be used, read as a whole. */
export interface Snapshot {
  readonly name: string;
  readonly manifest: Manifest;
  readonly parts: LoadedParts;
}

/** A snapshot that could not be used, and why; the next older one was tried. */
export interface PassedOver {
  readonly name: string;
  readonly reason: SnapshotDamagedError | SnapshotMismatchError | SnapshotStaleError;
}

/**
 * The newest snapshot in a place that is whole and of `owner`, or of an older epoch of it; null if there is none. A damaged one is removed, so that it
 * is not taken for the newest again. Throws a SnapshotVersionError for one that only another version of the program reads.
 */
export async function newestSnapshot(
  place: Blobs,
  owner: SnapshotOwner,
  layout: number,
  checksum: Checksum,
  onPassedOver: (passed: PassedOver) => void,
): Promise<Snapshot | null> {
  const files = await place.list(foldersOf(owner));
  for (const epoch of epochsIn(files, owner)) {
    const found = await newestOf(place, files, { ...owner, epoch }, layout, checksum, onPassedOver);
    if (found !== null) return found;
  }
  return null;
}

async function newestOf(
  place: Blobs,
  files: readonly string[],
  owner: SnapshotOwner,
  layout: number,
  checksum: Checksum,
  onPassedOver: (passed: PassedOver) => void,
): Promise<Snapshot | null> {
  const folder = `${folderOf(owner)}/`;
  let found: Snapshot | null = null;
  for (const name of manifestsIn(files.filter((file) => file.startsWith(folder)))) {
    if (found !== null && positionOf(name) < positionOf(found.name)) break;
    try {
      const snapshot = await load(place, name, owner, layout, checksum);
      // Of two of one position, one is that of other rules which had just been taken up: it is replaced, and was not yet removed.
      if (snapshot.manifest.fingerprint === owner.fingerprint) return snapshot;
      found ??= snapshot;
    } catch (error) {
      if (error instanceof SnapshotVersionError)
        throw new SnapshotVersionError(`the snapshot ${name} cannot be read: ${error.message}`);
      if (!(error instanceof SnapshotDamagedError || error instanceof SnapshotMismatchError)) throw error;
      onPassedOver({ name, reason: error });
      if (error instanceof SnapshotDamagedError) await place.delete(name);
    }
  }
  return found;
}

async function load(place: Blobs, name: string, owner: SnapshotOwner, layout: number, checksum: Checksum): Promise<Snapshot> {
  const content = await place.get(name);
  if (content === null) throw new SnapshotDamagedError('it is gone');
  const manifest = decodeManifest(content, checksum);
  checkOwner(manifest, owner);
  if (manifest.layout > layout)
    throw new SnapshotVersionError(`its state has layout ${manifest.layout}, and this version of Millrace reads up to ${layout}`);
  const room = new Room(manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0));
  const parts = await inLanes(manifest.parts, async (part) => [part.name, await loadPart(place, part, room, checksum)] as const);
  return { name, manifest, parts: new LoadedParts(new Map(parts)) };
}

async function loadPart(
  place: Blobs,
  { file, bytes, checksum: expected }: StoredPart,
  room: Room,
  checksum: Checksum,
): Promise<Uint8Array> {
  const content = await place.get(file, room.of(bytes));
  if (content === null) throw new SnapshotDamagedError(`its part ${file} is gone`);
  if (content.length !== bytes || checksum(content) !== expected)
    throw new SnapshotDamagedError(`its part ${file} is not what was written`);
  return content;
}

/** Memory for all parts, in blocks: large ones are cheaper than one for each part, and those whose parts were read need not wait for the rest. */
class Room {
  private block = new Uint8Array(0);
  private end = 0;

  /** @param left bytes that are still to come */
  constructor(private left: number) {}

  of(bytes: number): Uint8Array {
    if (this.end + bytes > this.block.length) {
      this.block = new Uint8Array(Math.max(bytes, Math.min(this.left, BLOCK_BYTES)));
      this.end = 0;
    }
    this.left -= bytes;
    this.end += bytes;
    return this.block.subarray(this.end - bytes, this.end);
  }
}

const BLOCK_BYTES = 1 << 25;
