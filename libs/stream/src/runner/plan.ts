import { type FrameCodec, writerOf } from '../frame';
import type { Layer, RawLayer, TopicPartition } from '../operator';
import type { Partitioner } from '../output';
import type { Log, Member } from '../ports';
import { RawTask } from '../raw-task';
import { PartitionTask } from '../task';
import { type Instance, isPinnedTo, pinnedGroup, sharedGroup } from './groups';

export interface PlanPorts {
  readonly log: Pick<Log, 'partitions'>;
  readonly codec: FrameCodec;
  readonly partitioner: Partitioner;
}

/** What a process has to do for one layer, or for those of its inputs that are of one epoch. */
export interface Plan {
  readonly layer: string;
  readonly epoch: number;
  /** State is all in the position of the group: nothing is rebuilt, and partitions come and go. */
  readonly stateless: boolean;
  readonly member: Omit<Member, 'onAssigned'>;
  /** Pinned to this process: without all of these it is not ready. Of a shared group nobody can tell. */
  readonly pinned: readonly TopicPartition[];
  /** How far back in the log of a topic state reaches, ms. */
  readonly reach_ms: (topic: string) => number;
  /** A fresh task over one partition. */
  task(input: TopicPartition, position: number): PartitionTask | RawTask;
}

/** Plans of a layer that reads the outside world: any instance may have any partition. */
export const rawPlans = (layer: RawLayer, ports: PlanPorts, epochOf: (topic: string) => number): Plan[] => {
  const wiring = wire(layer, ports);
  return byEpoch(layer.inputs, epochOf).map(([epoch, topics]) => ({
    layer: layer.name,
    epoch,
    stateless: true,
    member: { group: sharedGroup(layer.name, epoch), topics },
    pinned: [],
    reach_ms: () => 0,
    task: (input, position) => new RawTask({ layer, input, position, epoch, ...wiring }),
  }));
};

/** Plans of a layer over frames: pinned to the instance, unless it is stateless. */
export const layerPlans = (layer: Layer, ports: PlanPorts, epochOf: (topic: string) => number, instance: Instance): Plan[] => {
  const wiring = wire(layer, ports);
  const isOurs = (of: TopicPartition): boolean => isPinnedTo(instance, of);
  return byEpoch(layer.inputs, epochOf).map(([epoch, topics]) => {
    const stateless = layer.stateless === true;
    return {
      layer: layer.name,
      epoch,
      stateless,
      member: stateless
        ? { group: sharedGroup(layer.name, epoch), topics }
        : { group: pinnedGroup(layer.name, instance, epoch), topics, pinned: isOurs },
      pinned: stateless ? [] : partitionsOf(topics, ports.log).filter(isOurs),
      reach_ms: (topic) => layer.reach_ms?.[topic] ?? Infinity,
      task: (input, position) => new PartitionTask({ layer, input, position, epoch, ...wiring }),
    };
  });
};

const wire = ({ inputs }: RawLayer | Layer, { log, codec, partitioner }: PlanPorts) => ({
  writers: partitionsOf(inputs, log).map(writerOf),
  codec,
  partitions: (topic: string): number => log.partitions(topic),
  partitioner,
});

const partitionsOf = (topics: readonly string[], log: Pick<Log, 'partitions'>): TopicPartition[] =>
  topics.flatMap((topic) => Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition })));

const byEpoch = (topics: readonly string[], epochOf: (topic: string) => number): [number, string[]][] => {
  const groups = new Map<number, string[]>();
  for (const topic of topics) groups.set(epochOf(topic), [...(groups.get(epochOf(topic)) ?? []), topic]);
  return [...groups];
};
