/** Every queue and every answer has a bound; each refusal names the one that was met. */
export interface Limits {
  /** Largest body of a request. */
  readonly body_bytes: number;
  /** Events of one request. */
  readonly batch_events: number;
  /** Bytes of accepted events that wait for the log, over all requests. */
  readonly waiting_bytes: number;
  /** How long a request waits for the log to have its events, before it is put off. */
  readonly log_patience_ms: number;
  /** Rows of one answer. */
  readonly rows: number;
  /** Business days that one question may touch. */
  readonly days: number;
  /** Of one key, where its entry names no other rate. Where there are no keys nothing is limited. */
  readonly requests_per_minute: number;
  /** Live answers (`/v1/metrics/stream`) that are open at a time, over all keys. */
  readonly streams: number;
  /** Of these, by one key. */
  readonly streams_per_key: number;
}

export const DEFAULT_LIMITS: Limits = {
  body_bytes: 8 * 1024 * 1024,
  batch_events: 10_000,
  waiting_bytes: 64 * 1024 * 1024,
  log_patience_ms: 5_000,
  rows: 10_000,
  days: 1_100,
  requests_per_minute: 6_000,
  streams: 1_000,
  streams_per_key: 100,
};
