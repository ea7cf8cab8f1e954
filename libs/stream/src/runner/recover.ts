import type { TopicPartition } from '../operator';
import { type Manifest, type SnapshotOwner, type SnapshotRulesError, SnapshotStaleError } from '../snapshot/manifest';
import type { PartitionTask } from '../task';
import type { SnapshotPlaces } from './checkpoint';
import type { ContinuityError } from './continuity';
import { newestSnapshot, type PassedOver, type Snapshot } from './restore';
import type { Slot } from './slot';
import type { StoreFailure } from './store-failure';

/** What happened to a partition's state, for logs. */
export type RecoveryEvent = { readonly layer: string; readonly input: TopicPartition } & (
  | { readonly kind: 'restored'; readonly from: 'volume' | 'store'; readonly name: string; readonly position: number }
  | ({ readonly kind: 'passed over'; readonly from: 'volume' | 'store' } & PassedOver)
  /** It has got to where the layer's groups have committed; from here on its output is said. */
  | { readonly kind: 'recovered'; readonly position: number; readonly end: number; readonly seconds: number }
  /** The store of copies does not answer; work and snapshots on the volume go on. Told once, until `copied`. */
  | { readonly kind: 'copy failed'; readonly error: StoreFailure }
  /** The store has the newest snapshot again. */
  | { readonly kind: 'copied'; readonly position: number }
  /** It stands still (D7), and the rest goes on without it. */
  | { readonly kind: 'stopped'; readonly error: ContinuityError }
  /** The log has given it to another process. */
  | { readonly kind: 'revoked'; readonly position: number }
  /** The log is whole again, or an operator has decided to do without what is missing. */
  | { readonly kind: 'resumed'; readonly from: number; readonly position: number }
);

/** What a task was given; `of other rules`: made under others than the present ones. */
export type Recovered = 'nothing' | 'state' | 'state of other rules';

export interface Recovery {
  readonly owner: SnapshotOwner;
  readonly places: SnapshotPlaces;
  /** First offset that the log still holds. */
  readonly start: number;
  /** Why state made under the rules of a snapshot cannot go on under the present ones (D3); null: it can. */
  readonly judge: (name: string, manifest: Manifest) => Promise<SnapshotRulesError | null>;
  readonly onEvent: (event: RecoveryEvent) => void;
}

/**
 * The newest snapshot of volume and store that is whole, into a fresh task; without one the task stays as it is, to be
 * rebuilt from its log. A volume that was found again may hold an older one than the store, and one so old that the log
 * has gone on without it: then, too, the log is the source. Of an older epoch the state is kept, and the position is the
 * beginning of the new log.
 * @throws SnapshotRulesError when it was made under rules that these cannot follow, and nobody has gone on beyond it
 */
export async function recover(slot: Slot, task: PartitionTask, recovery: Recovery): Promise<Recovered> {
  const { snapshotting, layer, input } = slot;
  const { owner, start, judge, onEvent } = recovery;
  if (snapshotting === null) return 'nothing';
  const { volume, store, checksum } = recovery.places;
  const newest = (from: 'volume' | 'store', place: typeof volume | typeof store): Promise<Snapshot | null> =>
    place === undefined
      ? Promise.resolve(null)
      : newestSnapshot(place, owner, snapshotting.layout, checksum, (passed) =>
          onEvent({ layer, input, kind: 'passed over', from, ...passed }),
        );
  const held = await newest('volume', volume);
  const copy = await newest('store', store);
  const from = isNewer(copy, held, owner) ? 'store' : 'volume';
  const snapshot = from === 'store' ? copy : held;
  if (snapshot === null) return 'nothing';
  const { name, manifest, parts } = snapshot;
  const ofThisLog = manifest.epoch === owner.epoch;
  const { position } = manifest.header;
  const passOver = (why: string): Recovered => {
    const reason = new SnapshotStaleError(`it stands at offset ${position}, ${why}, and ${slot.committed} is committed`);
    onEvent({ layer, input, kind: 'passed over', from, name, reason });
    return 'nothing';
  };
  if (ofThisLog && position < start && slot.committed >= start) return passOver(`the log begins at ${start}`);
  const isOfOtherRules = manifest.fingerprint !== owner.fingerprint;
  const refusal = isOfOtherRules ? await judge(name, manifest) : null;
  if (refusal !== null) {
    // Who committed more went on from a later snapshot, and was judged by it: it may have been under these rules.
    if ((ofThisLog ? position : start) < slot.committed) return passOver('it is of other rules');
    throw refusal;
  }
  task.restore(ofThisLog ? manifest.header : { ...manifest.header, position: start });
  snapshotting.restore(parts, manifest.layout);
  slot.restored = true;
  slot.saved_position = slot.whole_position = ofThisLog ? task.position : -1;
  // Files that the volume lacks must be written again; so must those of an older layout, whatever their names.
  const rewritten = manifest.layout !== snapshotting.layout;
  if (from === 'volume' && ofThisLog)
    slot.saved = [{ name, parts: rewritten ? manifest.parts.map((part) => ({ ...part, revision: null })) : manifest.parts }];
  onEvent({ layer, input, kind: 'restored', from, name, position: task.position });
  return isOfOtherRules ? 'state of other rules' : 'state';
}

const isNewer = (one: Snapshot | null, other: Snapshot | null, { fingerprint }: SnapshotOwner): boolean => {
  if (one === null || other === null) return other === null && one !== null;
  const [a, b] = [one.manifest, other.manifest];
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (a.header.position !== b.header.position) return a.header.position > b.header.position;
  return a.fingerprint === fingerprint && b.fingerprint !== fingerprint;
};
