import { logContract } from '@millrace/testkit';
import { type Server, startKafka } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '.';
import { administered, deleteRecords } from './testing/admin';

jest.setTimeout(240_000);

let directory: string;
let kafka: Server;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kafka-'));
  kafka = await startKafka({ directory });
});
afterAll(async () => {
  await kafka.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Each test has groups of its own; the topic goes when it ends. */
let tests = 0;
logContract('KafkaLog', async () => {
  const log = await KafkaLog.connect({ brokers: [kafka.url], client_id: 'contract', group_prefix: `test${tests++}.` });
  return {
    log,
    truncate: (of, offset) => deleteRecords(kafka.url, of, offset),
    dispose: async () => {
      await log.close();
      await administered(kafka.url, (admin) => admin.deleteTopics({ topics: ['contract'] }));
    },
  };
});
