import type { TopicPartition } from '@millrace/stream';
import kafkajs, { type Admin } from 'kafkajs';

/** What an operator does to a cluster; by a client of its own each time, since a kept one goes on with stale metadata. */
export async function administered<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Retention, on command: everything before the offset goes. */
export const deleteRecords = (broker: string, { topic, partition }: TopicPartition, offset: number): Promise<void> =>
  administered(broker, async (admin) => {
    await admin.fetchTopicOffsets(topic); // Without it the client does not know the topic's leaders.
    await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  });
