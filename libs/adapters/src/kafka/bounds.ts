import { type TopicPartition, writerOf } from '@millrace/stream';
import type { Admin } from 'kafkajs';
import { Coalesced } from './coalesced';

export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** First offset held and the next to come, asked of the brokers: of all partitions of a topic at once, for all who ask. */
export class LogBounds {
  readonly #topics = new Map<string, Coalesced<ReadonlyMap<number, Bounds>>>();

  constructor(private readonly admin: Pick<Admin, 'fetchTopicOffsets'>) {}

  async of(of: TopicPartition): Promise<Bounds> {
    const topic = this.#topics.get(of.topic) ?? new Coalesced(() => this.#ask(of.topic));
    this.#topics.set(of.topic, topic);
    const bounds = (await topic.call()).get(of.partition);
    if (bounds === undefined) throw new Error(`${writerOf(of)} does not exist`);
    return bounds;
  }

  async #ask(topic: string): Promise<ReadonlyMap<number, Bounds>> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return new Map(offsets.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  }
}
