import { backOff } from 'exponential-backoff';

/** How long an adapter goes on trying what the outside world refused (D6). */
export interface RetryBound {
  /** From the first attempt on, ms; then the last error is the caller's. */
  readonly limit_ms: number;
  /** Wait before the second attempt, ms; doubled each time up to `longest_ms`, with jitter. */
  readonly first_ms: number;
  readonly longest_ms: number;
}

export const RETRY_BOUND: RetryBound = { limit_ms: 120_000, first_ms: 50, longest_ms: 5_000 };

/** What was refused, and how often now. */
export type OnRetry = (failure: { readonly what: string; readonly error: unknown; readonly attempt: number }) => void;

export interface Retrying {
  readonly bound?: Partial<RetryBound>;
  readonly onRetry?: OnRetry;
}

/**
 * Does `attempt` until it succeeds, an error is none of `isPassing`, or the bound is reached. Only for what may be done
 * twice: whether a failed attempt had an effect is not known.
 */
export const retried = <T>(
  what: string,
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  { bound, onRetry }: Retrying = {},
): Promise<T> => {
  const { limit_ms, first_ms, longest_ms } = { ...RETRY_BOUND, ...bound };
  const began_ms = performance.now();
  return backOff(attempt, {
    numOfAttempts: Number.MAX_SAFE_INTEGER,
    startingDelay: first_ms,
    maxDelay: longest_ms,
    jitter: 'full',
    retry: (error: unknown, times: number) => {
      if (!isPassing(error) || performance.now() - began_ms >= limit_ms) return false;
      onRetry?.({ what, error, attempt: times });
      return true;
    },
  });
};
