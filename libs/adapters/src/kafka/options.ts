import type { Meter } from '@millrace/stream';
import type { ConnectionOptions } from 'node:tls';
import type { RetryBound } from '../retry/retry';

/** How the brokers know who we are. */
export interface Credentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** Nothing here is of one client library: another can stand behind the same port. */
export interface KafkaOptions {
  /** `host:port`, any of the cluster's. */
  readonly brokers: readonly string[];
  /** Name in the brokers' logs. */
  readonly client_id: string;
  /** Stands before every group's name, so that several systems can share a cluster. Default `millrace.` */
  readonly group_prefix?: string;
  /** Topics that others write and may compact, or fill in transactions: numbers may be missing there (D7). Default: none. */
  readonly isOutside?: (topic: string) => boolean;
  /** `true`, or Node's options (ca, cert, key). Default: plain text. */
  readonly tls?: boolean | ConnectionOptions;
  readonly sasl?: Credentials;
  /** A member that is silent for so long has lost its partitions, ms. Default 8 000. */
  readonly session_ms?: number;
  /** For one answer of a broker, ms. Default 8 000. */
  readonly request_ms?: number;
  /** How long what the brokers refuse is tried again (D6). */
  readonly retry?: Partial<RetryBound>;
  readonly meter?: Pick<Meter, 'count'>;
  /** An append is tried again. */
  readonly onAppendRetry?: () => void;
  /**
   * A member that has no partition, and so no reader whom a read would tell, has lost its place in the group. Default: thrown
   * where nobody catches it, since the process must end. With a reader, its read rejects.
   */
  readonly onLost?: (error: Error) => void;
  /** What the client has to say, a line each: reconnections, rebalances gone wrong. */
  readonly warn?: (message: string) => void;
}

export const SESSION_MS = 8_000;
export const REQUEST_MS = 8_000;
export const GROUP_PREFIX = 'millrace.';
/** How long a broker may hold a fetch that finds nothing, and so how long a change of what is fetched takes effect. */
export const FETCH_WAIT_MS = 100;
/** Fetched per partition and ahead of its reader, bytes: two fetches at most. */
export const FETCH_BYTES = 1 << 20;
