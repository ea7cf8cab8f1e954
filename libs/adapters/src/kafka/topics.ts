import type { TopicDefinition } from '@millrace/ads';
import { Admin as Configs, ConfigResourceTypes, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import kafkajsModule, { type Admin } from 'kafkajs';
import { kafkajs, platformatic } from './clients';
import type { KafkaOptions } from './options';
import { type Finding, findings, settingsOf, type TopicState } from './topic-findings';

/**
 * Compares the cluster's topics with their definitions and makes those that are absent; settings that differ are changed
 * only with `align`. Partitions and copies of a topic that exists are never changed.
 * @returns what was found, made and changed; whoever is left with a `drift` or `refused` has work to do
 */
export async function reconcileTopics(
  options: KafkaOptions,
  definitions: readonly TopicDefinition[],
  act: { readonly create: boolean; readonly align: boolean },
): Promise<readonly Finding[]> {
  const admin = kafkajs(options).admin();
  const configs = new Configs(platformatic(options));
  try {
    await admin.connect();
    const found = findings(definitions, await statesOf(admin, definitions));
    const done: Finding[] = [];
    for (const finding of found) {
      if (finding.kind === 'absent' && act.create) {
        await create(admin, finding.definition);
        done.push({ ...finding, kind: 'made' });
      } else if (finding.kind === 'drift' && act.align) {
        await align(configs, finding);
        done.push({ ...finding, kind: 'aligned' });
      } else done.push(finding);
    }
    return done;
  } finally {
    await admin.disconnect();
    await configs.close();
  }
}

/** As defined, in one step: a topic must not be there with the broker's settings first. */
async function create(admin: Admin, definition: TopicDefinition): Promise<void> {
  const { topic, partitions, replication } = definition;
  const configEntries = Object.entries(settingsOf(definition)).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: replication, configEntries }] });
}

async function statesOf(admin: Admin, definitions: readonly TopicDefinition[]): Promise<readonly TopicState[]> {
  const there = new Set(await admin.listTopics());
  const topics = definitions.map(({ topic }) => topic).filter((topic) => there.has(topic));
  if (topics.length === 0) return [];
  const metadata = await admin.fetchTopicMetadata({ topics });
  const described = await admin.describeConfigs({
    resources: topics.map((name) => ({ type: kafkajsModule.ConfigResourceTypes.TOPIC, name })),
    includeSynonyms: false,
  });
  return metadata.topics.map(({ name, partitions }) => ({
    topic: name,
    partitions: partitions.length,
    replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    settings: Object.fromEntries(
      (described.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? []).map(
        ({ configName, configValue }) => [configName, configValue],
      ),
    ),
  }));
}

/** One setting alone: what an operator has set besides stays. */
async function align(configs: Configs, { definition, property, wanted }: Finding): Promise<void> {
  await configs.incrementalAlterConfigs({
    resources: [
      {
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: definition.topic,
        configs: [{ name: property, configOperation: IncrementalAlterConfigOperationTypes.SET, value: wanted }],
      },
    ],
  });
}
