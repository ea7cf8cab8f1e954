import { LogGapError, type Membership, type TopicPartition } from '@millrace/stream';
import { type Server, startKafka } from '@millrace/testkit/servers';
import { build } from 'esbuild';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaLog, MembershipLostError } from '.';
import { administered, deleteRecords } from './testing/admin';

jest.setTimeout(300_000);

const MANY_BYTES = 1 << 20;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const at = (topic: string, partition = 0): TopicPartition => ({ topic, partition });

let directory: string;
let kafka: Server;
let log: KafkaLog;
const retries = jest.fn();
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kafka-faults-'));
  kafka = await startKafka({ directory });
  log = await KafkaLog.connect({
    brokers: [kafka.url],
    client_id: 'faults',
    isOutside: (topic) => topic.startsWith('raw.'),
    onAppendRetry: retries,
  });
});
afterAll(async () => {
  await log.close();
  await kafka.stop();
  await rm(directory, { recursive: true, force: true });
});

const append = (to: TopicPartition, ...values: string[]): Promise<void> =>
  log.append([{ to, records: values.map((value) => ({ value: bytes(value) })) }]);

/** Everything from an offset on, as it stands in the log. */
async function everything(from: TopicPartition): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const { records } = await log.read(from, found.length, MANY_BYTES);
    if (records.length === 0) return found;
    found.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()));
  }
}

it.each(['kill -9', 'frozen for longer than a request may take'])(
  'a broker that is away (%s) while records are appended: each stands there once, in order',
  async (fault) => {
    const topic = `away.${fault.length}`;
    await log.ensure(topic, 2);
    const expected: string[] = [];
    let stop = false;
    let appended = 0;
    const producing = (async () => {
      for (let i = 0; !stop; i++) {
        expected.push(String(i));
        await Promise.all([append(at(topic, 0), String(i)), append(at(topic, 1), String(i))]);
        appended++;
      }
    })();
    const reached = async (count: number): Promise<void> => {
      while (appended < count) await new Promise((turn) => setTimeout(turn, 5));
    };
    await reached(20);
    if (fault === 'kill -9') {
      await kafka.kill();
      await kafka.start();
    } else {
      kafka.pause();
      // The fault itself, longer than a request is waited for; nothing is told by it.
      await new Promise((turn) => setTimeout(turn, 9_000));
      kafka.resume();
    }
    await reached(appended + 20);
    stop = true;
    await producing;
    expect(retries).toHaveBeenCalled();
    expect(await everything(at(topic, 0))).toEqual(expected);
    expect(await everything(at(topic, 1))).toEqual(expected);
  },
);

describe('records that are deleted under a reader', () => {
  const joined = async (topic: string): Promise<Membership> => {
    await log.ensure(topic, 1);
    return log.join({ group: topic, topics: [topic], onAssigned: () => undefined });
  };

  it.each(['inside', 'raw.outside'])('stop it, on a topic %s', async (topic) => {
    const member = await joined(topic);
    await append(at(topic), 'a');
    expect((await member.read(at(topic), 0, MANY_BYTES)).records).toHaveLength(1);
    // Deleted while nobody fetches: the client would go on at the log's start, without a word.
    await member.leave();
    await append(at(topic), 'b', 'c', 'd');
    const again = await joined(topic);
    await deleteRecords(kafka.url, at(topic), 3);
    await expect(again.read(at(topic), 1, MANY_BYTES)).rejects.toMatchObject({
      name: 'LogGapError',
      expected: 1,
      start: 3,
      end: 4,
    });
    // Knowingly, an operator may go on behind the gap.
    expect((await again.read(at(topic), 3, MANY_BYTES)).records).toHaveLength(1);
    await again.leave();
  });

  it.each(['running', 'raw.running'])('stop it in the middle of reading, on a topic %s', async (topic) => {
    const member = await joined(topic);
    // More than is ever fetched ahead, and of a kind that no codec makes smaller; the rest goes while the reader is at work.
    for (let i = 0; i < 40; i++) await append(at(topic), randomBytes(150_000).toString('base64'));
    let position = (await member.read(at(topic), 0, 1)).records.length;
    await deleteRecords(kafka.url, at(topic), 39);
    const reading = (async () => {
      for (;;) {
        const { records } = await member.read(at(topic), position, 1);
        const [first] = records;
        if (first) expect(first.offset).toBe(position);
        position += records.length;
        if (position === 40) return;
      }
    })();
    await expect(reading).rejects.toBeInstanceOf(LogGapError);
    expect(position).toBeLessThan(39);
    await member.leave();
  });
});

it.each(['anew', 'raw.anew'])('a topic that is made anew under a reader stops it: %s', async (topic) => {
  await log.ensure(topic, 1);
  await append(at(topic), 'a', 'b', 'c');
  const member = await log.join({ group: topic, topics: [topic], onAssigned: () => undefined });
  expect((await member.read(at(topic), 0, MANY_BYTES)).records).toHaveLength(3);
  await administered(kafka.url, (admin) => admin.deleteTopics({ topics: [topic] }));
  await administered(kafka.url, (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }));
  const other = await KafkaLog.connect({ brokers: [kafka.url], client_id: 'other' });
  await other.append([{ to: at(topic), records: [{ value: bytes('another log') }] }]);
  await other.close();
  const reading = (async () => {
    for (;;) expect((await member.read(at(topic), 3, MANY_BYTES)).records).toEqual([]);
  })();
  await expect(reading).rejects.toMatchObject({ name: expect.stringMatching(/LogGapError|MembershipLostError/) });
  await member.leave();
});

it('control records of transactions are no gap outside, and the log is read to its end behind them', async () => {
  const topic = 'raw.transactions';
  await log.ensure(topic, 1);
  const producer = new Kafka({ brokers: [kafka.url], logLevel: logLevel.NOTHING }).producer({
    transactionalId: 't',
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  for (const value of ['a', 'b']) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    await transaction.commit();
  }
  await producer.disconnect();
  const offsets: number[] = [];
  let position = 0;
  for (;;) {
    const { records, end } = await log.read(at(topic), position, MANY_BYTES);
    offsets.push(...records.map(({ offset }) => offset));
    position = (offsets.at(-1) ?? -1) + 1;
    if (records.length === 0 && position >= end) break;
  }
  expect(offsets).toEqual([0, 2]);
});

it('a consumer that was frozen past its session goes on; its partitions were read by another meanwhile', async () => {
  const topic = 'frozen';
  await log.ensure(topic, 2);
  const script = join(__dirname, '../../../../dist/tests/frozen-consumer.js');
  await build({
    entryPoints: [join(__dirname, 'testing/frozen-consumer.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['kafkajs', '@platformatic/kafka', 'lz4-napi', 'snappy', '@mongodb-js/zstd', 'exponential-backoff'],
  });
  const started: ChildProcess[] = [];
  const lines: string[][] = [];
  const start = (): number => {
    const child = spawn(process.execPath, [script, kafka.url, topic], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => said.push(line));
    lines.push(said);
    return started.push(child) - 1;
  };
  const says = async (who: number, what: (said: readonly string[]) => boolean): Promise<void> => {
    while (!what(lines[who] ?? [])) {
      if (lines[who]?.some((line) => line.startsWith('ended'))) throw new Error(lines[who]?.join('\n'));
      await new Promise((turn) => setTimeout(turn, 20));
    }
  };
  const has = (text: string) => (said: readonly string[]) => said.some((line) => line.includes(text));
  try {
    const first = start();
    await says(first, has('own 0,1'));
    const second = start();
    await says(second, has('own '));
    await append(at(topic, 0), 'before');
    await append(at(topic, 1), 'before');
    await says(first, has('before'));
    await says(second, has('before'));

    started[first]!.kill('SIGSTOP');
    await append(at(topic, 0), 'meanwhile');
    await append(at(topic, 1), 'meanwhile');
    await says(second, (said) => said.filter((line) => line.endsWith('meanwhile')).length === 2);
    started[first]!.kill('SIGCONT');
    await says(second, (said) => /^own \d$/.test(said.findLast((line) => line.startsWith('own')) ?? ''));

    await append(at(topic, 0), 'after');
    await append(at(topic, 1), 'after');
    await says(first, has('after'));
    await says(second, has('after'));
  } finally {
    for (const child of started) child.kill('SIGKILL');
  }
});

it('a client that gives up is told to the reader at once, however patient the log is: the process must end', async () => {
  const topic = 'given.up';
  await log.ensure(topic, 1);
  const options = { brokers: [kafka.url], client_id: 'given up' };
  const onLost = jest.fn();
  const patient = await KafkaLog.connect({ ...options, onLost });
  const impatient = await KafkaLog.connect({ ...options, retry: { limit_ms: 1_000 } });
  const member = await patient.join({ group: topic, topics: [topic], onAssigned: () => undefined });
  expect((await member.read(at(topic), 0, MANY_BYTES)).records).toEqual([]);
  // One partition, two members: the second has nothing to read, and nobody who would notice.
  await patient.join({ group: topic, topics: [topic], onAssigned: () => undefined });
  await kafka.kill();
  try {
    const reading = (async () => {
      for (;;) await member.read(at(topic), 0, MANY_BYTES);
    })();
    await expect(reading).rejects.toBeInstanceOf(MembershipLostError);
    await expect(member.read(at(topic), 0, MANY_BYTES)).rejects.toBeInstanceOf(MembershipLostError);
    while (onLost.mock.calls.length === 0) await new Promise((turn) => setTimeout(turn, 20));
    expect(onLost).toHaveBeenCalledWith(expect.any(MembershipLostError));
    const appending = impatient.append([{ to: at(topic), records: [{ value: bytes('x') }] }]);
    await expect(appending).rejects.toThrow(/append to given.up\/0/);
  } finally {
    await kafka.start();
    await Promise.all([patient.close(), impatient.close()]);
  }
});
