import { writerOf } from '../frame';
import type { TopicPartition } from '../operator';
import type { PartitionTask } from '../task';
import type { SnapshotOwner } from '../snapshot/manifest';
import type { SnapshotPlaces } from './checkpoint';
import { newestSnapshot, type PassedOver, type Snapshot } from './restore';
import type { Slot } from './slot';

/** What recovery did, for logs. */
export type RecoveryEvent = { readonly layer: string; readonly input: TopicPartition } & (
  | { readonly kind: 'restored'; readonly from: 'volume' | 'store'; readonly name: string; readonly position: number }
  | ({ readonly kind: 'passed over'; readonly from: 'volume' | 'store' } & PassedOver)
);

/**
 * The newest snapshot of volume and store that is whole and of these rules, into a fresh task; without one the task stays
 * as it is, to be rebuilt from its log. A volume that was found again may hold an older one than the store.
 */
export async function recover(
  slot: Slot,
  task: PartitionTask,
  owner: SnapshotOwner,
  { volume, store, checksum }: SnapshotPlaces,
  onEvent: (event: RecoveryEvent) => void,
): Promise<void> {
  const { snapshotting, layer, input } = slot;
  if (snapshotting === null) return;
  const newest = (from: 'volume' | 'store', place: typeof volume | typeof store): Promise<Snapshot | null> =>
    place === undefined
      ? Promise.resolve(null)
      : newestSnapshot(place, owner, snapshotting.layout, checksum, (passed) =>
          onEvent({ layer, input, kind: 'passed over', from, ...passed }),
        );
  const held = await newest('volume', volume);
  const copy = await newest('store', store);
  const from = positionOf(copy) > positionOf(held) ? 'store' : 'volume';
  const snapshot = from === 'store' ? copy : held;
  if (snapshot === null) return;
  const { name, manifest, parts } = snapshot;
  task.restore(manifest.header);
  snapshotting.restore(parts, manifest.layout);
  slot.saved_position = task.position;
  // Files that the volume lacks must be written again; so must those of an older layout, whatever their names.
  const rewritten = manifest.layout !== snapshotting.layout;
  if (from === 'volume')
    slot.saved = [{ name, parts: rewritten ? manifest.parts.map((part) => ({ ...part, revision: null })) : manifest.parts }];
  onEvent({ layer, input, kind: 'restored', from, name, position: task.position });
}

const positionOf = (snapshot: Snapshot | null): number => snapshot?.manifest.header.position ?? -1;

/**
 * The log no longer reaches to where the state stands (D7): what lies between is lost, or the log is another one. Nothing is
 * skipped in silence; the message says what an operator may do.
 */
export class ContinuityError extends Error {
  override readonly name = 'ContinuityError';
  constructor(
    readonly layer: string,
    readonly input: TopicPartition,
    /** What stands at the position: a snapshot, or a group's committed offset. */
    readonly what: 'snapshot' | 'committed offset',
    readonly position: number,
    readonly start: number,
    readonly end: number,
  ) {
    super(
      `the ${what} of ${layer} stands at offset ${position} of ${writerOf(input)}, which holds [${start}, ${end}). ` +
        (position < start
          ? `Records ${position} to ${start - 1} are gone. Bring them back; or, knowing that they will be missing, remove the snapshots of ` +
            `this partition, and its state is made from what the log still holds.`
          : `The log has lost its end, or was made anew. Bring it back; or, if it was made anew, raise the topic's epoch, so that nothing ` +
            `of the old one is used.`),
    );
  }
}
