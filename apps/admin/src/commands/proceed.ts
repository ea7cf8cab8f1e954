import { KafkaLog } from '@millrace/adapters/kafka';
import { text } from '@millrace/boot';
import { KAFKA_OPTIONS, kafkaOptionsOf, kafkaProblems } from '@millrace/service';
import { proceed } from '@millrace/stream';
import { command } from '../command';

const OPTIONS = {
  ...KAFKA_OPTIONS,
  at: text({
    description: 'which layer goes on, and from which offset of which partition',
    expected: 'LAYER:TOPIC/PARTITION@OFFSET, as the error of the stopped partition says it',
    read: (written) => {
      const match = /^([a-z]+):([\w.-]+)\/(\d+)@(\d+)$/.exec(written);
      if (match === null)
        throw new Error(`expected LAYER:TOPIC/PARTITION@OFFSET such as dwd:ods.action/3@1200, not "${written}"`);
      const [, layer = '', topic = '', partition, offset] = match;
      return { layer, input: { topic, partition: Number(partition) }, offset: Number(offset) };
    },
  }),
};

export const proceedPastGap = command({
  name: 'npm run admin -- proceed',
  description:
    'Lets a partition that has stopped at a gap of the log go on without the records that are gone. They will be missing for ever.',
  options: OPTIONS,
  agreements: [kafkaProblems],
  async run(settings, { say }) {
    const log = await KafkaLog.connect(kafkaOptionsOf(settings));
    try {
      await proceed(log, settings.at);
      const { layer, input, offset } = settings.at;
      say(
        `${layer} goes on from offset ${offset} of ${input.topic}/${input.partition} within a second, if it has stopped before that.`,
      );
      return 0;
    } finally {
      await log.close();
    }
  },
});
