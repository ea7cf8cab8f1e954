import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from './options';
import { PUT_SCRIPT, type PutAnswer } from './put-script';

/** What is asked of ioredis, of whatever kind the servers are. */
export interface RedisClient {
  mgetBuffer(...keys: string[]): Promise<(Buffer | null)[]>;
  servingPut(keys: number, ...keysAndArguments: (string | Buffer)[]): Promise<PutAnswer>;
  ping(): Promise<string>;
  disconnect(): void;
}

const RECONNECT_AND_SEND_AGAIN = 2;
const LONGEST_RECONNECT_MS = 2_000;

/** A client that reconnects by itself; what it could not send within `timeout_ms` is rejected. */
export const redisClient = ({ place, username, password, tls, timeout_ms = 2_000, prefix }: RedisOptions): RedisClient => {
  const scripts = { servingPut: { lua: PUT_SCRIPT } };
  const reconnect = (attempt: number): number => Math.min(50 * attempt, LONGEST_RECONNECT_MS);
  const each = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls === true && { tls: {} }),
    commandTimeout: timeout_ms,
    connectTimeout: timeout_ms,
    // A master that became a replica refuses to write: whoever is master now is found by connecting anew.
    reconnectOnError: ({ message }: Error) => (message.startsWith('READONLY') ? RECONNECT_AND_SEND_AGAIN : false),
  } as const;
  const whole = { scripts, ...(prefix !== undefined && { keyPrefix: prefix }) };
  const client = ((): Redis | Cluster => {
    switch (place.kind) {
      case 'single':
        return new Redis({ ...each, ...whole, ...place.at, db: place.db ?? 0, retryStrategy: reconnect });
      case 'sentinel':
        return new Redis({
          ...each,
          ...whole,
          sentinels: place.sentinels.map((at) => ({ ...at })),
          name: place.master,
          db: place.db ?? 0,
          ...(place.sentinelPassword !== undefined && { sentinelPassword: place.sentinelPassword }),
          ...(tls === true && { enableTLSForSentinelMode: true }),
          retryStrategy: reconnect,
          sentinelRetryStrategy: reconnect,
        });
      case 'cluster':
        return new Cluster(
          place.nodes.map((at) => ({ ...at })),
          { ...whole, redisOptions: each, clusterRetryStrategy: reconnect },
        );
    }
  })();
  // Without a listener it would be printed; what matters fails a command, whose caller hears of it.
  client.on('error', () => undefined);
  return client as unknown as RedisClient;
};
