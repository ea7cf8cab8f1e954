import { reconcileTopics } from '@millrace/adapters/kafka';
import { type TopicDefinition, topicDefinitions } from '@millrace/ads';
import { flag, integer, type OptionTable, type Settings } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import { KAFKA_OPTIONS, kafkaOptionsOf, kafkaProblems, RULES_OPTIONS, rulesOf, SOURCES_OPTIONS } from '@millrace/service';
import { type Console, command } from '../command';

const LOOK = {
  ...KAFKA_OPTIONS,
  ...RULES_OPTIONS,
  ...SOURCES_OPTIONS,
  'topics.partitions': integer({
    description: 'partitions of every topic; never changed afterwards',
    from: 1,
    to: 1_024,
    default: 6,
  }),
  'topics.replication': integer({ description: 'copies of every partition', from: 1, to: 9, default: 1 }),
  'topics.outside': flag({
    description: "whether the sources' own topics are looked after, too; usually they are others' affair",
    default: false,
  }),
};
const MAKE = {
  ...LOOK,
  'topics.align': flag({ description: 'whether settings that have drifted are set right', default: false }),
};

export const checkTopics = command({
  name: 'npm run admin -- topics check',
  description: 'Compares the topics of Kafka with their definitions, and says what differs. Changes nothing.',
  options: LOOK,
  agreements: [kafkaProblems],
  run: (settings, console) => reconcile(settings, { create: false, align: false }, console),
});

export const createTopics = command({
  name: 'npm run admin -- topics create',
  description: 'Makes the topics that are absent, and says what differs. The number of partitions is never changed.',
  options: MAKE,
  agreements: [kafkaProblems],
  run: (settings, console) => reconcile(settings, { create: true, align: settings['topics.align'] }, console),
});

const reconcile = async (
  settings: Settings<typeof LOOK & OptionTable>,
  act: { readonly create: boolean; readonly align: boolean },
  { say }: Console,
): Promise<number> => {
  const found = await reconcileTopics(kafkaOptionsOf(settings), definitionsOf(settings), act);
  for (const { kind, says, definition } of found) say(`${kind.padEnd(8)} ${kind === 'made' ? definition.topic : says}`);
  return found.some(({ kind }) => kind === 'absent' || kind === 'drift' || kind === 'refused') ? 1 : 0;
};

/** The inside topics; with `topics.outside` also those of the sources, kept as long as the one that APP writes. */
const definitionsOf = (settings: Settings<typeof LOOK>): TopicDefinition[] => {
  const inside = topicDefinitions(rulesOf(settings), {
    partitions: settings['topics.partitions'],
    replication: settings['topics.replication'],
  });
  const http = inside.find(({ topic }) => topic === 'raw.http');
  if (!settings['topics.outside'] || http === undefined) return [...inside];
  const known = new Set(inside.map(({ topic }) => topic));
  const outside = settings.sources.flatMap(topicsOf).filter((topic) => !known.has(topic));
  return [...inside, ...outside.map((topic) => ({ ...http, topic }))];
};
