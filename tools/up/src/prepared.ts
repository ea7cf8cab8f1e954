import { migrate } from '@millrace/adapters/clickhouse';
import { reconcileTopics } from '@millrace/adapters/kafka';
import { topicDefinitions, TOPICS } from '@millrace/ads';
import type { Settings } from '@millrace/boot';
import { Complaint, kafkaOptionsOf, rulesOf } from '@millrace/service';
import type { OlapStore } from '@millrace/stream';
import type { UP_OPTIONS } from './options';

/** Topics and tables as the services need them; the outside topics of the demo, too. */
export const prepare = async (
  settings: Settings<typeof UP_OPTIONS>,
  outside: readonly string[],
  olap: OlapStore,
): Promise<void> => {
  const inside = topicDefinitions(rulesOf(settings), { partitions: settings.partitions, replication: 1 });
  const alike = inside
    .filter(({ topic }) => topic === TOPICS.http)
    .flatMap((http) => outside.map((topic) => ({ ...http, topic })));
  const found = await reconcileTopics(kafkaOptionsOf(settings), [...inside, ...alike], { create: true, align: false });
  const refused = found.filter(({ kind }) => kind === 'refused').map(({ says }) => says);
  if (refused.length > 0)
    throw new Complaint(`The topics in Kafka are of another run:\n${refused.map((line) => `  ${line}`).join('\n')}`);
  await migrate(olap);
};
