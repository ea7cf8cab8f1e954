import type { Random } from '@millrace/ads';
import type { World } from '../world/world';

/** Something that happens to a warehouse. */
export interface Fault {
  readonly name: string;
  readonly says: string;
  /** Is part of what CI runs. */
  readonly short?: true;
  /** Needs a network that can be harmed. */
  readonly network?: true;
  /** Records are destroyed: what was fed meanwhile is missing for ever, and only that. */
  readonly loses?: true;
  /** Does the harm, and ends it; input goes on meanwhile. Throws when something that must happen did not. */
  strike(world: World, random: Random): Promise<void>;
}
