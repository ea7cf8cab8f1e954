import { TOPICS } from '@millrace/ads';
import type { ServiceProgram } from '@millrace/boot';
import { createOds, topicsOf } from '@millrace/layer-ods';
import {
  conductOf,
  KAFKA_OPTIONS,
  kafkaProblems,
  openLog,
  PROCESS_OPTIONS,
  RULES_OPTIONS,
  rulesOf,
  SOURCES_OPTIONS,
  workOf,
  EPOCH_OPTIONS,
  epochsOf,
} from '@millrace/service';

const OPTIONS = { ...PROCESS_OPTIONS, ...KAFKA_OPTIONS, ...RULES_OPTIONS, ...EPOCH_OPTIONS, ...SOURCES_OPTIONS };

/** ODS: any number of instances, which share out the partitions of the outside topics. */
export const ods: ServiceProgram<typeof OPTIONS> = {
  name: 'millrace-ods',
  service: 'ods',
  description: 'Outside records become events, or rejections with a reason.',
  options: OPTIONS,
  agreements: [kafkaProblems, (settings) => claimedTwice(settings.sources.flatMap(topicsOf))],
  conduct: conductOf,
  async open(settings, context) {
    const rules = rulesOf(settings);
    const raw = settings.sources.flatMap(topicsOf);
    for (const source of settings.sources)
      for (const topic of topicsOf(source)) context.meter.gauge('source_info', 1, { source: source.name, topic });
    const log = await openLog(
      settings,
      // APP's own topic is ours: it has no gaps.
      {
        topics: [...raw, TOPICS.action, TOPICS.exposure, TOPICS.rejected],
        outside: raw.filter((topic) => topic !== TOPICS.http),
      },
      context,
    );
    return workOf({ log }, { rules, epoch: epochsOf(settings), raw: [createOds({ sources: settings.sources, rules })] }, context);
  },
};

const claimedTwice = (topics: readonly string[]): string[] =>
  [...new Set(topics.filter((topic, at) => topics.indexOf(topic) !== at))].map(
    (topic) => `sources: two of them read ${topic}; give one of them other topics`,
  );
