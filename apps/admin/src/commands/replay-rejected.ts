import { openClickHouseStore } from '@millrace/adapters/clickhouse';
import { KafkaLog } from '@millrace/adapters/kafka';
import { REJECT_REASONS, type RejectReason } from '@millrace/ads';
import { flag, list, text } from '@millrace/boot';
import { topicsOf } from '@millrace/layer-ods';
import {
  CLICKHOUSE_OPTIONS,
  clickHouseOptionsOf,
  KAFKA_OPTIONS,
  kafkaOptionsOf,
  kafkaProblems,
  RULES_OPTIONS,
  rulesOf,
  SOURCES_OPTIONS,
} from '@millrace/service';
import { command } from '../command';
import { replayRejected } from '../replay/replay-rejected';

const REASONS = Object.keys(REJECT_REASONS) as RejectReason[];
const FAR = '9999-12-31T00:00:00Z';

const instant = (description: string, otherwise: string) =>
  text({
    description,
    default: otherwise,
    expected: 'a time such as 2026-03-02T00:00:00Z',
    read: (written) => {
      const ms = Date.parse(written);
      if (Number.isNaN(ms)) throw new Error(`expected a time such as 2026-03-02T00:00:00Z, not "${written}"`);
      return ms;
    },
  });

const OPTIONS = {
  ...KAFKA_OPTIONS,
  ...CLICKHOUSE_OPTIONS,
  ...RULES_OPTIONS,
  ...SOURCES_OPTIONS,
  'replay.reasons': list<readonly RejectReason[]>({
    description: 'reasons of the records',
    expected: `some of ${REASONS.join(', ')}`,
    default: REASONS,
    read: (written) => {
      const wrong = written.filter((reason) => !REASONS.some((known) => known === reason));
      if (wrong.length > 0) throw new Error(`there is no reason ${wrong.join(', ')}; there are ${REASONS.join(', ')}`);
      return written as readonly RejectReason[];
    },
  }),
  'replay.from': instant('records that were received from then on', '1970-01-01T00:00:00Z'),
  'replay.to': instant('records that were received before then', FAR),
  'replay.dry': flag({ description: 'whether to count only', default: false }),
};

export const replayRejectedRecords = command({
  name: 'npm run admin -- replay-rejected',
  description:
    'Plays records again that were rejected and that the declarations now accept; each once, however often it is called.',
  options: OPTIONS,
  agreements: [
    kafkaProblems,
    (settings) => (settings['replay.from'] < settings['replay.to'] ? [] : ['replay.to: must lie behind replay.from']),
  ],
  async run(settings, { say }) {
    const { sources } = settings;
    const outside = sources.flatMap(topicsOf);
    const olap = openClickHouseStore(clickHouseOptionsOf(settings));
    try {
      const log = await KafkaLog.connect({ ...kafkaOptionsOf(settings), isOutside: (topic) => outside.includes(topic) });
      try {
        const { replayed, before, stillRejected, unknown } = await replayRejected(
          { log, olap },
          {
            sources,
            rules: rulesOf(settings),
            reasons: settings['replay.reasons'],
            from_ms: settings['replay.from'],
            to_ms: settings['replay.to'],
            dry: settings['replay.dry'],
          },
        );
        say(
          `${replayed} ${settings['replay.dry'] ? 'would be played again' : 'played again'}, ${before} had been before, ${stillRejected} would be rejected again, ${unknown} are of no source given.`,
        );
        return 0;
      } finally {
        await log.close();
      }
    } finally {
      await olap.close();
    }
  },
});
