import { list, optional, type Settings } from '@millrace/boot';

export const EPOCH_OPTIONS = {
  epochs: optional(
    list<ReadonlyMap<string, number>>({
      description: 'of topics that were made anew: how often, the first time being 1 (docs/operate)',
      expected: 'TOPIC:EPOCH such as dwd.fact:2, separated by commas',
      read: (written) => new Map(written.map(epochOf)),
    }),
  ),
};

/** For the engine: a topic that was never made anew is of epoch 1. */
export const epochsOf =
  ({ epochs }: Settings<typeof EPOCH_OPTIONS>) =>
  (topic: string): number =>
    epochs?.get(topic) ?? 1;

const epochOf = (written: string): [string, number] => {
  const [, topic, epoch] = /^([\w.-]+):([1-9]\d{0,5})$/.exec(written) ?? [];
  if (topic === undefined) throw new Error(`expected TOPIC:EPOCH such as dwd.fact:2, not "${written}"`);
  return [topic, Number(epoch)];
};
