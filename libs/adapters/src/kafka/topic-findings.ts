import type { TopicDefinition } from '@millrace/ads';

/** A topic as the brokers describe it. */
export interface TopicState {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  /** Kafka's names → values. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly definition: TopicDefinition;
  /**
   * `absent`: can be made. `drift`: a setting differs, and can be changed at any time. `refused`: differs, and is not
   * changed by any command of ours. `made`, `aligned`: was one of the others.
   */
  readonly kind: 'fits' | 'absent' | 'drift' | 'refused' | 'made' | 'aligned';
  /** `partitions`, `replication`, or Kafka's name of a setting; empty if it is about the topic as a whole. */
  readonly property: string;
  readonly wanted: string;
  readonly found: string;
  /** For people: a sentence, with what to do. */
  readonly says: string;
}

/** Definition → Kafka's settings of a topic. */
export const settingsOf = ({
  retention_ms,
  cleanup,
  min_isr,
  timestamps,
}: TopicDefinition): Readonly<Record<string, string>> => ({
  'retention.ms': String(retention_ms),
  'cleanup.policy': cleanup,
  'min.insync.replicas': String(min_isr),
  'message.timestamp.type': timestamps === 'append' ? 'LogAppendTime' : 'CreateTime',
});

/** What differs, topic by topic in the order of the definitions; one `fits` for a topic where nothing does. */
export const findings = (definitions: readonly TopicDefinition[], states: readonly TopicState[]): readonly Finding[] =>
  definitions.flatMap((definition) => {
    const state = states.find(({ topic }) => topic === definition.topic);
    return state === undefined ? [absent(definition)] : compared(definition, state);
  });

function compared(definition: TopicDefinition, { partitions, replication, settings }: TopicState): Finding[] {
  const { topic } = definition;
  const differ: Finding[] = [];
  if (partitions !== definition.partitions) {
    const says = `${topic} has ${partitions} partitions, not ${definition.partitions}; ${WHY_NOT_PARTITIONS}`;
    const wanted = String(definition.partitions);
    differ.push({ definition, kind: 'refused', property: 'partitions', wanted, found: String(partitions), says });
  }
  if (replication !== definition.replication) {
    const says = `${topic} has ${replication} copies, not ${definition.replication}; ${HOW_REPLICATION}`;
    const wanted = String(definition.replication);
    differ.push({ definition, kind: 'refused', property: 'replication', wanted, found: String(replication), says });
  }
  for (const [property, wanted] of Object.entries(settingsOf(definition))) {
    const found = settings[property] ?? '';
    if (found === wanted) continue;
    const says = `${topic}: ${property} is ${found || 'unknown'}, not ${wanted}`;
    differ.push({ definition, kind: 'drift', property, wanted, found, says });
  }
  if (differ.length > 0) return differ;
  return [{ definition, kind: 'fits', property: '', wanted: '', found: '', says: `${topic} is as defined` }];
}

const absent = (definition: TopicDefinition): Finding => ({
  definition,
  kind: 'absent',
  property: '',
  wanted: '',
  found: '',
  says: `${definition.topic} does not exist`,
});

const WHY_NOT_PARTITIONS = [
  'this is not changed, since a row goes to the partition murmur2(key) mod partitions:',
  'with another number, the events of a user (and the facts of a merchant) would go to another partition than those before,',
  'so that conversions would not find their clicks, users would be counted twice, and marks, snapshots and positions,',
  'which are of a partition, would be of other rows than they say.',
  'How to do it all the same: docs/operate/topics.md',
].join(' ');

const HOW_REPLICATION = "copies are moved between brokers by Kafka's own kafka-reassign-partitions.sh, while everything runs";
