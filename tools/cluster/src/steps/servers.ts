import { startServers } from '../beside/servers';
import type { Step } from './step';

export const servers: Step = {
  name: 'servers',
  says: 'starts Kafka, Redis and ClickHouse beside the cluster, unless they are named',
  limit_ms: 300_000,
  needs: { stores: true },
  first: true,
  async run({ options, memory, addresses }) {
    const { address, directory, stores } = options;
    if (stores === null && address !== null) await startServers(directory, address, memory.facts.ports);
    const { brokers, redis, clickhouse } = addresses;
    return [`${stores === null ? 'started' : 'given'}: Kafka ${brokers.join()}, Redis ${redis}, ClickHouse ${clickhouse}`];
  },
};
