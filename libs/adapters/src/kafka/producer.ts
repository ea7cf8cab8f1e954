import { type Append, type TopicPartition, writerOf } from '@millrace/stream';
import { type MessageToProduce, Producer } from '@platformatic/kafka';
import { retried, type Retrying } from '../retry/retry';
import { platformatic } from './clients';
import { AppendFailedError, isPassing } from './errors';
import type { KafkaOptions } from './options';

type Message = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

/** What one send carries at most, bytes before compression: well below what brokers take by default (1 MB). */
const SEND_BYTES = 512 << 10;
/** The client numbers records in 32 bits without wrapping round: before that a new one takes over. */
const RECORDS_PER_PRODUCER = 1 << 30;

interface Waiting {
  readonly messages: readonly Message[];
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** What waits to be sent to one partition, in order. */
interface Lane {
  readonly to: TopicPartition;
  readonly waiting: Waiting[];
  /** Set for good: what comes after a batch that failed must not stand before it. */
  failure: AppendFailedError | null;
  sending: Promise<void> | null;
}

/**
 * Appends: acknowledged by all replicas, idempotent, one send in flight per partition (several are reordered by every
 * client we tried), the same bytes again after any passing error, within a bound (D6).
 */
export class KafkaProducer {
  readonly #lanes = new Map<string, Lane>();
  readonly #retrying: Retrying;
  #producer: Producer | null = null;
  #produced = 0;

  constructor(private readonly options: KafkaOptions) {
    this.#retrying = {
      ...(options.retry && { bound: options.retry }),
      onRetry: () => options.onAppendRetry?.(),
    };
  }

  /** Resolves when every replica in sync has the records. */
  async append(batch: readonly Append[]): Promise<void> {
    await Promise.all(batch.map((append) => this.#enqueue(append)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ sending }) => sending));
    await this.#producer?.close(true);
    this.#producer = null;
  }

  async #enqueue({ to, records }: Append): Promise<void> {
    if (records.length === 0) return;
    const name = writerOf(to);
    const lane = this.#lanes.get(name) ?? { to, waiting: [], failure: null, sending: null };
    this.#lanes.set(name, lane);
    if (lane.failure !== null) throw lane.failure;
    // Said here, so that a batch that is sent again is byte for byte what it was.
    const timestamp = BigInt(Date.now());
    const messages = records.map((record) => messageOf(to, record, timestamp));
    const bytes = records.reduce((sum, { key, value }) => sum + value.byteLength + (key?.byteLength ?? 0), 0);
    const appended = new Promise<void>((done, failed) => lane.waiting.push({ messages, bytes, done, failed }));
    lane.sending ??= this.#drain(lane).finally(() => {
      lane.sending = null;
    });
    await appended;
  }

  async #drain(lane: Lane): Promise<void> {
    while (lane.waiting.length > 0) {
      const batch = nextBatch(lane.waiting);
      try {
        for (const messages of parts(batch.flatMap((waiting) => waiting.messages))) await this.#send(lane.to, messages);
        for (const { done } of batch) done();
      } catch (cause) {
        const failure = new AppendFailedError(lane.to, { cause });
        lane.failure = failure;
        for (const { failed } of [...batch, ...lane.waiting.splice(0)]) failed(failure);
      }
    }
  }

  async #send(to: TopicPartition, messages: Message[]): Promise<void> {
    const producer = this.#current(messages.length);
    await retried(`append to ${writerOf(to)}`, () => producer.send({ messages }), isPassing, this.#retrying);
  }

  #current(records: number): Producer {
    if (this.#producer !== null && this.#produced + records > RECORDS_PER_PRODUCER) {
      // Sends of other partitions may still be under way; it ends with the process.
      this.#producer = null;
      this.#produced = 0;
    }
    this.#produced += records;
    this.#producer ??= new Producer({
      ...platformatic(this.options),
      idempotent: true,
      retries: 3,
      retryDelay: 200,
      compression: 'lz4',
    });
    return this.#producer;
  }
}

/** As many of the waiting appends as one send carries. */
function nextBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const append of waiting) {
    if (count > 0 && bytes + append.bytes > SEND_BYTES) break;
    bytes += append.bytes;
    count++;
  }
  return waiting.splice(0, count);
}

/** One append may be more than a send carries. */
function parts(messages: readonly Message[]): Message[][] {
  const all: Message[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = (message.key?.byteLength ?? 0) + (message.value?.byteLength ?? 0);
    if (bytes + size > SEND_BYTES) {
      all.push([]);
      bytes = 0;
    }
    all[all.length - 1]?.push(message);
    bytes += size;
  }
  return all;
}

function messageOf(
  { topic, partition }: TopicPartition,
  { key, value, headers }: Append['records'][number],
  timestamp: bigint,
): Message {
  return {
    topic,
    partition,
    timestamp,
    value: bufferOf(value),
    ...(key && { key: bufferOf(key) }),
    ...(headers && { headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])) }),
  };
}

/** The same bytes, not a copy. */
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
