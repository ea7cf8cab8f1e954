import { KafkaLog, reconcileTopics } from '@millrace/adapters/kafka';
import { administered } from '@millrace/adapters/kafka/testing';
import { DEFAULT_RULES, topicDefinitions, TOPICS } from '@millrace/ads';
import { kafkaJars, type Server, startKafka } from '@millrace/testkit/servers';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdjoinInput } from '../adjoin/input';
import { partFile } from '../adjoin/input';
import { LineReader } from '../adjoin/lines';

/** Of each inside topic: as many as the peers' chain has. */
const INSIDE_PARTITIONS = 2;
const CHUNK_BYTES = 1 << 18;

/** A broker of the bench's own, with the input as a raw topic, one partition a file. */
export class Broker {
  private constructor(
    private readonly server: Server,
    readonly version: string,
    private readonly raw: string,
  ) {}

  static async start(directory: string, raw: string): Promise<Broker> {
    const version = basename(await kafkaJars()).replace(/-jars$/, '');
    return new Broker(await startKafka({ directory: join(directory, 'kafka') }), version, raw);
  }

  get address(): string {
    return this.server.url;
  }
  get pid(): number {
    return this.server.pid;
  }

  /** Puts the whole input into the raw topic, as the peers' loader does: a batch of 256 kB at a time, not compressed. */
  async load({ folder, parts }: AdjoinInput): Promise<void> {
    const configEntries = [
      { name: 'compression.type', value: 'uncompressed' },
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
    ];
    await administered(this.address, (admin) =>
      admin.createTopics({ topics: [{ topic: this.raw, numPartitions: parts, configEntries }] }),
    );
    const log = await this.#log();
    try {
      for (let part = 0; part < parts; part++) {
        const reader = new LineReader(partFile(folder, part), CHUNK_BYTES);
        for (let lines = reader.next(); !reader.ended; lines = reader.next())
          await log.append([{ to: { topic: this.raw, partition: part }, records: lines.map((value) => ({ value })) }]);
      }
    } finally {
      await log.close();
    }
  }

  /** Empties the inside topics: a run begins with nothing. */
  async renew(): Promise<void> {
    const inside: string[] = [TOPICS.action, TOPICS.exposure, TOPICS.rejected, TOPICS.fact, TOPICS.late];
    await administered(this.address, async (admin) => {
      const there = (await admin.listTopics()).filter((topic) => inside.includes(topic));
      if (there.length === 0) return;
      await admin.deleteTopics({ topics: there });
      // The broker answers before it is done; until then they cannot be made anew.
      while ((await admin.listTopics()).some((topic) => there.includes(topic))) await sleep(50);
    });
    await this.#make(inside);
  }

  /** Every frame of dwd.fact, in the order of each partition. */
  async facts(use: (frame: Uint8Array) => void): Promise<void> {
    const log = await this.#log();
    try {
      for (let partition = 0; partition < log.partitions(TOPICS.fact); partition++) {
        const of = { topic: TOPICS.fact, partition };
        const { end } = await log.bounds(of);
        for (let position = 0; position < end;) {
          const { records } = await log.read(of, position, CHUNK_BYTES);
          for (const { value } of records) if (value !== null) use(value);
          position = (records.at(-1)?.offset ?? position - 1) + 1;
        }
      }
    } finally {
      await log.close();
    }
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #log(): Promise<KafkaLog> {
    return KafkaLog.connect({ brokers: [this.address], client_id: 'bench' });
  }

  /** As the warehouse makes its topics. */
  async #make(topics: readonly string[]): Promise<void> {
    const defined = topicDefinitions(DEFAULT_RULES, { partitions: INSIDE_PARTITIONS, replication: 1 });
    const definitions = defined.filter(({ topic }) => topics.includes(topic));
    const found = await reconcileTopics({ brokers: [this.address], client_id: 'bench' }, definitions, {
      create: true,
      align: false,
    });
    const refused = found.filter(({ kind }) => kind === 'refused');
    if (refused.length > 0) throw new Error(refused.map(({ says }) => says).join('\n'));
  }
}
