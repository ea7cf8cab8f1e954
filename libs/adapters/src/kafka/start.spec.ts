import { freePort, startKafka } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '.';

jest.setTimeout(240_000);

it('connecting to brokers that are away is refused, and right when they are there; a topic that is made meanwhile is known', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'start-'));
  const port = await freePort();
  const options = { brokers: [`127.0.0.1:${port}`], client_id: 'start', group_prefix: 'start.' };
  await expect(KafkaLog.connect(options)).rejects.toThrow(/ECONNREFUSED/);

  const kafka = await startKafka({ directory, port });
  const [log, other] = [await KafkaLog.connect(options), await KafkaLog.connect(options)];
  await other.ensure('later', 3);
  await log.ensure('later', 3);
  expect(log.partitions('later')).toBe(3);
  await log.close();
  // Whoever comes after finds what is there without making it.
  const last = await KafkaLog.connect(options);
  expect(last.partitions('later')).toBe(3);
  // Closed while the broker is gone: it takes its time, and does not throw.
  await last.join({ group: 'g', topics: ['later'], onAssigned: () => undefined });
  await kafka.kill();
  await Promise.all([last.close(), other.close()]);
  await rm(directory, { recursive: true, force: true });
});
