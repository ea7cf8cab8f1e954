import type { Clock, Meter } from '../ports';
import type { SnapshotOwner } from '../snapshot/manifest';
import { checkpoint, type SnapshotPlaces } from './checkpoint';
import type { RecoveryEvent } from './recover';
import type { Slot } from './slot';
import type { StoreFailure } from './store-failure';

export interface CheckpointOptions {
  /** Undefined: no snapshots are kept, and every start rebuilds from the log. */
  readonly places: SnapshotPlaces | undefined;
  readonly interval_ms: number;
  readonly fingerprint: string;
  /** The same as data; undefined: nothing is known but the fingerprint. */
  readonly rules: unknown;
  readonly onEvent: (event: RecoveryEvent) => void;
}

/** Says when a slot is due for a checkpoint, and keeps those that are under way. */
export class Checkpoints {
  readonly #pending = new Set<Promise<void>>();

  constructor(
    private readonly ports: { readonly clock: Clock; readonly meter: Meter },
    private readonly options: CheckpointOptions,
    /** An error in a checkpoint ends the process: what is on the disk is unknown. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Whether the slot's state is kept in snapshots; its group's offset is then moved by nothing else. */
  keeps(slot: Slot): boolean {
    return this.options.places !== undefined && slot.snapshotting !== null;
  }

  ownerOf({ layer, input, epoch }: Slot): SnapshotOwner {
    const { fingerprint, rules } = this.options;
    return { layer, input, epoch, fingerprint, ...(rules !== undefined && { rules }) };
  }

  /** State is a function of the log: where the position has not moved, there is nothing new. `last`: whatever the time. */
  isDue(slot: Slot, last: boolean): boolean {
    if (!this.keeps(slot) || slot.saving || slot.task.position <= slot.saved_position) return false;
    return last || this.ports.clock.now_ms() - slot.saved_ms >= this.options.interval_ms;
  }

  /** How old the newest snapshot is, whether or not another one will ever be finished; 0 while there is nothing that it lacks. */
  measureAge(slot: Slot): void {
    if (!this.keeps(slot)) return;
    const { clock, meter } = this.ports;
    const now_ms = clock.now_ms();
    if (slot.task.position <= slot.whole_position || slot.whole_ms === -Infinity) slot.whole_ms = now_ms;
    meter.gauge('snapshot_age_seconds', (now_ms - slot.whole_ms) / 1000, slot.labels);
  }

  /** Captures before it returns; the rest happens beside the work that follows. */
  begin(slot: Slot, acknowledged: Promise<void>): void {
    const pending = this.#save(slot, acknowledged).catch((error: unknown) => this.onFailure(slot.failure(error)));
    this.#pending.add(pending);
    void pending.then(() => this.#pending.delete(pending));
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #save(slot: Slot, acknowledged: Promise<void>): Promise<void> {
    const { places } = this.options;
    if (places === undefined) return;
    const { clock, meter } = this.ports;
    const began_ms = clock.now_ms();
    slot.saving = true;
    slot.saved_ms = began_ms;
    slot.saved_position = slot.task.position;
    const position = slot.saved_position;
    const saved = checkpoint(slot, this.ownerOf(slot), acknowledged, places, (failure) =>
      this.#tellCopy(slot, position, failure),
    );
    const labels = { layer: slot.layer, topic: slot.input.topic };
    meter.observe('snapshot_capture_seconds', (clock.now_ms() - began_ms) / 1000, labels);
    await saved;
    slot.saving = false;
    slot.whole_ms = began_ms;
    slot.whole_position = position;
    meter.observe('snapshot_seconds', (clock.now_ms() - began_ms) / 1000, labels);
    meter.gauge('snapshot_position', position, slot.labels);
    meter.gauge(
      'snapshot_bytes',
      (slot.saved.at(-1)?.parts ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
      slot.labels,
    );
  }

  /** A line for each change, not for each checkpoint. */
  #tellCopy(slot: Slot, position: number, failure: StoreFailure | null): void {
    const { layer, input, labels, lacksCopy } = slot;
    slot.lacksCopy = failure !== null;
    this.ports.meter.gauge('snapshot_copy_failed', failure === null ? 0 : 1, labels);
    if (slot.lacksCopy === lacksCopy) return;
    const about = failure === null ? ({ kind: 'copied', position } as const) : ({ kind: 'copy failed', error: failure } as const);
    this.options.onEvent({ layer, input, ...about });
  }
}
