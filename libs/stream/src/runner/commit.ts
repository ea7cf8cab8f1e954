import type { Log } from '../ports';
import type { Slot } from './slot';

/** Writes the group's position if it moved. */
export async function commit(log: Log, slot: Slot, position: number): Promise<void> {
  if (position <= slot.committed) return;
  await log.commit(slot.layer, slot.input, position);
  slot.committed = position;
}
