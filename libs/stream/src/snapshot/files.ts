import { writerOf } from '../frame';
import { hex, SnapshotEpochError, type SnapshotOwner } from './manifest';

/**
 * Names of a snapshot's files, below the folder of its partition and epoch. Each holds the position and the checksum, so
 * that a file is never written twice with different content: neither after a restart, nor by a zombie in the same store.
 */
const MANIFEST = 'manifest';

export const folderOf = ({ layer, input, epoch }: Pick<SnapshotOwner, 'layer' | 'input' | 'epoch'>): string =>
  `${layer}/${writerOf(input).replace('/', '-')}.${epoch}`;

/** The folders of a partition, whatever the epoch, begin with this. */
export const foldersOf = (owner: Pick<SnapshotOwner, 'layer' | 'input'>): string => folderOf({ ...owner, epoch: 0 }).slice(0, -1);

/** The epoch in whose folder a file of `owner` lies; NaN for a file of another partition. */
export const epochOf = (file: string, owner: Pick<SnapshotOwner, 'layer' | 'input'>): number => {
  const before = foldersOf(owner);
  const epoch = file.startsWith(before) ? file.slice(before.length, file.indexOf('/', before.length)) : '';
  // The name of a topic may begin as that of a folder.
  return /^\d+$/.test(epoch) ? Number(epoch) : NaN;
};

/**
 * Epochs of which there are files, the newest first.
 * @throws SnapshotEpochError when one is beyond that of `owner`: somebody has raised it, and this process does not know
 */
export const epochsIn = (files: readonly string[], owner: SnapshotOwner): number[] => {
  const epochs = files.map((file) => epochOf(file, owner)).filter((epoch) => !Number.isNaN(epoch));
  const newest = Math.max(...epochs, 0);
  if (newest > owner.epoch)
    throw new SnapshotEpochError(
      `there are snapshots of ${owner.layer} for epoch ${newest} of ${owner.input.topic}, and this process works on epoch ${owner.epoch}: ` +
        `give it the epoch that the others have`,
    );
  return [...new Set(epochs)].sort((a, b) => b - a);
};

export const partFile = (folder: string, part: string, position: number, checksum: number): string =>
  `${folder}/${part}@${position}.${hex(checksum)}`;

export const manifestFile = (folder: string, position: number, checksum: number): string =>
  partFile(folder, MANIFEST, position, checksum);

/** Under this name a manifest is written before it counts. */
export const draftFile = (folder: string): string => `${folder}/draft`;

/** Manifests among the files of a folder, the newest first. */
export const manifestsIn = (files: readonly string[]): string[] =>
  files
    // A copy that a crash has cut short is none.
    .filter((file) => fileName(file).startsWith(`${MANIFEST}@`) && !Number.isNaN(positionOf(file)))
    .sort((a, b) => positionOf(b) - positionOf(a) || (a < b ? 1 : -1));

/** Where the log stood when the file was written; NaN for a draft. */
export const positionOf = (file: string): number => Number(/@(\d+)\.[0-9a-f]{8}$/.exec(file)?.[1] ?? NaN);

const fileName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
