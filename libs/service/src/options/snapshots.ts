import { checksum, DirectorySnapshotStore, FileVolume } from '@millrace/adapters/file';
import { optional, type Settings, text } from '@millrace/boot';
import type { SnapshotPlaces } from '@millrace/stream';
import { duration } from './duration';

export const SNAPSHOT_OPTIONS = {
  'snapshots.directory': text({
    description: "where the state is kept: a folder on the process's own volume",
    expected: 'the path of a folder',
    default: 'data/snapshots',
  }),
  'snapshots.storeDirectory': optional(
    text({
      description: 'a second place for copies, for when the volume is lost: a mounted share',
      expected: 'the path of a folder',
    }),
  ),
  'snapshots.interval': duration({ description: 'how often the state is kept', default: '10s', least_ms: 100 }),
};

export const snapshotPlacesOf = (settings: Settings<typeof SNAPSHOT_OPTIONS>): SnapshotPlaces => ({
  volume: new FileVolume(settings['snapshots.directory']),
  ...(settings['snapshots.storeDirectory'] !== null && {
    store: new DirectorySnapshotStore(settings['snapshots.storeDirectory']),
  }),
  checksum,
});
