import type { Blobs, Checksum, SnapshotStore, SnapshotVolume } from '../ports';
import { RawTask } from '../raw-task';
import { draftFile, epochOf, folderOf, foldersOf, manifestFile, manifestsIn, partFile, positionOf } from '../snapshot/files';
import { encodeManifest, FORMAT, type Manifest, type SnapshotOwner, type StoredPart } from '../snapshot/manifest';
import { inLanes } from './lanes';
import type { Slot } from './slot';
import { asked, StoreFailure } from './store-failure';

/** Where snapshots go. */
export interface SnapshotPlaces {
  readonly volume: SnapshotVolume;
  /** Receives copies. */
  readonly store?: SnapshotStore;
  /** Resolves when the disk has whatever the log has acknowledged. Needed only of a log that acknowledges earlier. */
  readonly settle?: () => Promise<void>;
  readonly checksum: Checksum;
}

/** Snapshots that stay: should the newest be damaged, the one before it is still there. */
const KEPT = 2;

/**
 * Makes a slot's state durable, and only then moves the group's offset (D5): committed ≤ snapshot ≤ acknowledged output.
 * `acknowledged` resolves when whatever came of the records before the present position is in the logs and stores. What a
 * crash costs is never correctness: each line says how much work is done again. `onCopy` hears why the store has no copy, or
 * null when it has; that does not stop anything, since the snapshot on the volume is what counts (D5).
 */
export async function checkpoint(
  slot: Slot,
  owner: SnapshotOwner,
  acknowledged: Promise<void>,
  { volume, store, settle, checksum }: SnapshotPlaces,
  onCopy: (failure: StoreFailure | null) => void,
): Promise<void> {
  const { task, snapshotting } = slot;
  if (task instanceof RawTask || snapshotting === null) throw new TypeError(`${slot.layer} keeps no state to capture`);
  const folder = folderOf(owner);
  // 1. Capture, between two records and at one moment: position, marks and state belong together. It is memory alone. Of what takes
  // longer to write than to copy, the content is made when its turn comes: work goes on between two parts.
  const header = task.state();
  const { position } = header;
  const before = new Map(slot.saved.at(-1)?.parts.map((part) => [part.name, part]));
  const captured = snapshotting.snapshot().map((part) => {
    const written = before.get(part.name);
    const same = written !== undefined && part.revision !== null && written.revision === part.revision;
    if (same) return { part, written };
    if (part.hold !== undefined) return { part, content: part.hold() };
    const chunks = part.capture();
    return { part, content: () => chunks };
  });
  // 2. Wait for what came of it. A crash: the older snapshot stands, and the output is sent again and skipped (D2, D4).
  await acknowledged;
  // A log must never be behind a snapshot of it, whatever stops the machine.
  await settle?.();
  // 3. New parts into new files, each made durable. A crash: files that no manifest names; step 6 of a later run collects them.
  const parts = await inLanes(
    captured,
    async ({ part, written, content }): Promise<StoredPart> => {
      if (written !== undefined) return written;
      const chunks = content();
      const sum = chunks.reduce((previous, chunk) => checksum(chunk, previous), 0);
      const file = partFile(folder, part.name, position, sum);
      await volume.write(file, chunks);
      await volume.sync(file);
      const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0);
      return { name: part.name, revision: part.revision, file, bytes, checksum: sum };
    },
  );
  // 4. The manifest as a draft, durable before it has its name: a name that a crash leaves behind must not be empty.
  const manifest: Manifest = { ...owner, format: FORMAT, layout: snapshotting.layout, header, parts };
  const content = encodeManifest(manifest, checksum);
  await volume.write(draftFile(folder), [content]);
  await volume.sync(draftFile(folder));
  // 5. From here on it is the newest snapshot, once the disk has the names too. A crash before: the older one stands.
  const name = manifestFile(folder, position, checksum(content));
  await volume.rename(draftFile(folder), name);
  await volume.syncFolder(folder);
  // One of the same position is that of other rules, which is replaced.
  const earlier = slot.saved.filter((saved) => positionOf(saved.name) < position);
  slot.saved = [...earlier, { name, parts }].slice(-KEPT);
  // 6. What neither of the kept snapshots names. A crash: it is collected next time.
  await collect(volume, slot, owner, position);
  // 7. Copies outside the machine, the manifest last, and the same collection there. A crash, or a store that is away: it has
  // the older one, and the next checkpoint copies whatever is missing.
  if (store !== undefined) {
    try {
      await copy(folder, parts, name, content, volume, asked(store));
      await collect(asked(store), slot, owner, position);
      onCopy(null);
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      onCopy(error);
    }
  }
  // 8. The group's offset, a hint. A crash: less lag is shown than there is, and nothing else.
  await slot.commit(position);
}

/** Deletes what the kept snapshots do not name, and what was kept of older epochs of the input: `position` is that of a snapshot of this one. */
async function collect(place: Blobs, slot: Slot, owner: SnapshotOwner, position: number): Promise<void> {
  const kept = new Set(slot.saved.flatMap((saved) => [saved.name, ...saved.parts.map(({ file }) => file)]));
  const all = await place.list(foldersOf(owner));
  const there = all.filter((file) => epochOf(file, owner) === owner.epoch);
  // A newer snapshot is another owner's, and may be made of older parts: this one is the zombie, and removes nothing.
  if (manifestsIn(there).some((file) => positionOf(file) > position)) return;
  if (all.some((file) => epochOf(file, owner) > owner.epoch)) return;
  const before = all.filter((file) => epochOf(file, owner) < owner.epoch);
  const old = [...before, ...there.filter((file) => !kept.has(file) && !(positionOf(file) > position))];
  // Manifests first: none may name a file that is gone.
  for (const file of [...manifestsIn(old), ...old.filter((file) => !manifestsIn([file]).length)]) await place.delete(file);
}

async function copy(
  folder: string,
  parts: readonly StoredPart[],
  name: string,
  content: Uint8Array,
  volume: SnapshotVolume,
  store: SnapshotStore,
): Promise<void> {
  const there = new Set(await store.list(`${folder}/`));
  for (const { file } of parts) {
    if (there.has(file)) continue;
    const part = await volume.get(file);
    if (part === null) throw new Error(`${file} vanished from the volume`);
    await store.put(file, part);
  }
  await store.put(name, content);
}
