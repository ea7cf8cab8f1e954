import type { Retrying } from '../retry/retry';

/** Where ClickHouse is. Retries are those of inserts, which may be repeated (D4); questions have one attempt. */
export interface ClickHouseOptions extends Retrying {
  /** Of the HTTP interface, `http://host:8123`. */
  readonly url: string;
  readonly database?: string;
  readonly username?: string;
  readonly password?: string;
  /** An answer that does not come within this is a failed attempt, ms. Default 30 000. */
  readonly timeout_ms?: number;
  /** Gzip of what is sent: for slow networks, at several times the processor time of an insert. Default: off. */
  readonly compress?: boolean;
}
