import type { Retrying } from '../retry/retry';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the servers are: one, one behind sentinels that know who is master, or a cluster that shares out the keys. */
export type RedisPlace =
  | { readonly kind: 'single'; readonly at: RedisAddress; readonly db?: number }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisAddress[];
      readonly master: string;
      readonly db?: number;
      readonly sentinelPassword?: string;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };

export interface RedisOptions extends Retrying {
  readonly place: RedisPlace;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: boolean;
  /** Put before every key, so that several warehouses share a server. No braces: they are the hash tag. */
  readonly prefix?: string;
  /** An answer that does not come within this is a failed attempt, ms. Default 2 000. */
  readonly timeout_ms?: number;
  /** A put that the store did not take: it lacks these values until it is filled. */
  readonly onMissed?: (error: unknown) => void;
}
