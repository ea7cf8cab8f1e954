import { startKafka } from '@millrace/testkit/servers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaLog } from '.';
import { MembershipLostError } from './errors';

jest.setTimeout(240_000);

it('who reads as nobody’s member is told when the client has given up, and reads on when the broker is back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'reader-'));
  const kafka = await startKafka({ directory });
  const log = await KafkaLog.connect({ brokers: [kafka.url], client_id: 'reader', group_prefix: 'reader.' });
  const of = { topic: 'read', partition: 0 };
  try {
    await log.ensure(of.topic, 1);
    await log.append([{ to: of, records: [{ value: Buffer.from('before') }] }]);
    expect((await log.read(of, 0, 1_000)).records).toHaveLength(1);

    await kafka.kill();
    const failure = await (async (): Promise<unknown> => {
      for (;;) await log.read(of, 1, 1_000);
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MembershipLostError);

    await kafka.start();
    await log.append([{ to: of, records: [{ value: Buffer.from('after') }] }]);
    const { records } = await log.read(of, 1, 1_000);
    expect(records.map(({ value }) => String(value))).toEqual(['after']);
  } finally {
    await log.close();
    await kafka.stop();
    await rm(directory, { recursive: true, force: true });
  }
});
