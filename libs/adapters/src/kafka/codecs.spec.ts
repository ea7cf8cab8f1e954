import { kafkaJars, type Server, startKafka } from '@millrace/testkit/servers';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '.';

jest.setTimeout(240_000);

let directory: string;
let kafka: Server;
let log: KafkaLog;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'codecs-'));
  kafka = await startKafka({ directory });
  log = await KafkaLog.connect({ brokers: [kafka.url], client_id: 'codecs' });
});
afterAll(async () => {
  await log.close();
  await kafka.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Long enough for several blocks of snappy, and of a kind that every codec shortens. */
const LINES = Array.from({ length: 2_000 }, (_, i) => `${i} ${'an advertisement is shown to a user '.repeat(2)}é`);

it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('what Kafka itself wrote in %s is read', async (codec) => {
  const topic = `java.${codec}`;
  await log.ensure(topic, 1);
  const producer = ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', kafka.url, '--topic', topic];
  const { status, stderr } = spawnSync(
    'java',
    ['-cp', join(await kafkaJars(), '*'), ...producer, '--compression-codec', codec, '--command-property', 'linger.ms=200'],
    { input: LINES.join('\n'), encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const found: string[] = [];
  while (found.length < LINES.length) {
    const { records } = await log.read({ topic, partition: 0 }, found.length, 1 << 20);
    found.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()));
  }
  expect(found).toEqual(LINES);
});

it('what is written lies in lz4, which Kafka itself reads', async () => {
  await log.ensure('inside', 1);
  await log.append([{ to: { topic: 'inside', partition: 0 }, records: [{ value: Buffer.from(LINES.join('\n')) }] }]);
  const segment = await readFile(join(directory, 'data/inside-0/00000000000000000000.log'));
  // A batch begins with 21 bytes of offset, length, epoch, magic and checksum; the codec is the lowest three bits of what follows.
  const LZ4 = 3;
  expect(segment.readUInt16BE(21) & 0b111).toBe(LZ4);
  const consumer = ['org.apache.kafka.tools.consumer.ConsoleConsumer', '--bootstrap-server', kafka.url, '--topic', 'inside'];
  const { stdout } = spawnSync(
    'java',
    ['-cp', join(await kafkaJars(), '*'), ...consumer, '--from-beginning', '--max-messages', '1'],
    { encoding: 'utf8' },
  );
  expect(stdout.trimEnd()).toBe(LINES.join('\n'));
});
