/**
 * A process that reads a topic as a member of an ordinary group and prints each value: what a spec freezes (SIGSTOP).
 * Arguments: broker, topic.
 */
import { KafkaLog } from '..';

async function main([broker = '', topic = '']: readonly string[]): Promise<void> {
  const log = await KafkaLog.connect({ brokers: [broker], client_id: 'frozen', session_ms: 6_000 });
  const positions = new Map<number, number>();
  let own: readonly number[] = [];
  const membership = await log.join({
    group: 'frozen',
    topics: [topic],
    onAssigned: (partitions) => {
      own = partitions.map(({ partition }) => partition);
      process.stdout.write(`own ${own.join()}\n`);
    },
  });
  for (;;) {
    for (const partition of own) {
      const at = { topic, partition };
      const { records } = await membership.read(at, positions.get(partition) ?? 0, 1 << 20);
      for (const { offset, value } of records) {
        positions.set(partition, offset + 1);
        process.stdout.write(`read ${partition} ${offset} ${Buffer.from(value ?? []).toString()}\n`);
      }
      if (records.length > 0) await membership.commit(at, positions.get(partition) ?? 0);
    }
    if (own.length === 0) await new Promise((turn) => setTimeout(turn, 50));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stdout.write(`ended ${String(error)}\n`);
  process.exitCode = 1;
});
