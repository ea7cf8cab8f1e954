import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Run } from '../harness/bench';
import { inOwnProcess } from '../harness/child';
import type { SinkJob } from './run';

const FACTS = 400_000;

export const sinksBench: Bench = {
  name: 'sinks',
  method: `What the stores cost, client and server. "clickhouse": the rows that DWS emits for made clicks (5 000 ads, an emission every 20 000; made
beforehand), as the engine writes them: encoded as Native (cheaper for both sides than RowBinary, ADR 25), inserted over HTTP into dws_metric of a real
server, whose merges count as far as they run meanwhile; an event is a row, the first quarter warms up. "redis": 20 000 keys with values as DWS makes them, all of them changed 20 times; the server compares versions in a script;
an event is a changed key, the first five rounds warm up. CPU of the writing process (user and system, all threads) and of the server, from
/proc. Servers live through all runs; candidates take turns.
Check: sums of the newest rows in ClickHouse, every key's value and version in Redis.`,
  prepare: async ({ clicks }) => {
    const { startClickHouse, startRedis } = await import('@millrace/testkit/servers');
    const scratch = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    const clickhouse = await startClickHouse({ directory: join(scratch, 'clickhouse') });
    const redis = await startRedis({ directory: join(scratch, 'redis') });
    const facts = clicks ?? FACTS;
    const job = ({ url, port, pid }: SinkJob['server']): SinkJob => ({ server: { url, port, pid }, facts });
    return {
      candidates: [
        { what: 'clickhouse', run: () => inOwnProcess<Run>('sink-clickhouse', job(clickhouse)) },
        { what: 'redis', run: () => inOwnProcess<Run>('sink-redis', job(redis)) },
      ],
      close: async () => {
        await clickhouse.stop();
        await redis.stop();
        rmSync(scratch, { recursive: true, force: true });
      },
    };
  },
};
