import type { TopicPartition } from '../operator';
import type { Log } from '../ports';

/** Which of a layer's processes this is. The partitions p with `p mod replicas == ordinal` are pinned to it. */
export interface Instance {
  readonly ordinal: number;
  readonly replicas: number;
}

/**
 * Names of a layer's groups. Those whose position is all there is (raw and stateless layers) share one; of a layer with
 * state each instance has its own, so that a rolling restart moves nothing. A recreated topic begins new ones, for
 * positions in the old log mean nothing in the new (D4).
 */
export const sharedGroup = (layer: string, epoch: number): string => `${layer}${suffixOf(epoch)}`;

export const pinnedGroup = (layer: string, { ordinal }: Instance, epoch: number): string =>
  `${layer}.${ordinal}${suffixOf(epoch)}`;

export const isPinnedTo = ({ ordinal, replicas }: Instance, { partition }: TopicPartition): boolean =>
  partition % replicas === ordinal;

/** The largest offset that any group of the layer has committed: so far nothing need be said again. 0 when there is none. */
export async function committedByAny(log: Log, layer: string, input: TopicPartition, epoch: number): Promise<number> {
  const shared = sharedGroup(layer, epoch);
  const suffix = suffixOf(epoch);
  const isOrdinal = (group: string): boolean =>
    group.endsWith(suffix) && /^\d+$/.test(group.slice(layer.length + 1, group.length - suffix.length));
  const groups = [shared, ...(await log.groups(`${layer}.`)).filter(isOrdinal)];
  return Math.max(0, ...(await Promise.all(groups.map((group) => log.committed(group, input)))));
}

const suffixOf = (epoch: number): string => (epoch === 1 ? '' : `.e${epoch}`);
