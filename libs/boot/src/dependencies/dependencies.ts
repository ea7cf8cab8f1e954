import type { Clock, Meter } from '@millrace/stream';
import { ExponentialBackoff } from 'cockatiel';
import type { Logger } from 'pino';

/** Of the waiting between two attempts. */
const BACKOFF = { initialDelay: 100, maxDelay: 15_000 };
const WATCH_MS = 5_000;
/** An answer that takes longer is none. */
const ANSWER_MS = 5_000;

export interface DependencyPorts {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** The process was told to stop while it waited for a dependency. */
export class WaitEndedError extends Error {
  override readonly name = 'WaitEndedError';
}

/** Without it the process goes on, so that it is told and no reason not to be ready. */
export interface Watched {
  readonly needed: boolean;
}
const NEEDED: Watched = { needed: true };

/**
 * What the process works with: servers, topics, tables. Knows which of them answer, waits for those that do not,
 * and logs one line per change: not one per attempt.
 */
export class Dependencies {
  /** By name; null: it answers. */
  readonly #states = new Map<string, string | null>();
  readonly #unneeded = new Set<string>();

  constructor(private readonly ports: DependencyPorts) {}

  /** Why the process is not ready; empty when all that it cannot work without answer. */
  get reasons(): readonly string[] {
    return [...this.#states].flatMap(([name, reason]) =>
      reason === null || this.#unneeded.has(name) ? [] : [`${name}: ${reason}`],
    );
  }

  /**
   * Tries until it works, with growing pauses (100 ms to 15 s, jittered). Rejects with a WaitEndedError once `signal` is
   * aborted, and with what was thrown if `isLasting` says that waiting cannot mend it.
   */
  async until<T>(
    name: string,
    attempt: () => Promise<T>,
    signal: AbortSignal,
    isLasting: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    let backoff = new ExponentialBackoff(BACKOFF).next();
    for (;;) {
      if (signal.aborted) throw new WaitEndedError(`${name}: stopped while waiting for it`);
      try {
        const result = await attempt();
        this.tell(name, null);
        return result;
      } catch (error) {
        if (isLasting(error)) throw error;
        this.tell(name, reasonOf(error));
      }
      await this.ports.clock.sleep(backoff.duration, signal);
      backoff = backoff.next(undefined);
    }
  }

  /** Asks now and then whether it still answers, until `signal`. One question at a time, however long it takes. */
  async watch(name: string, ping: () => Promise<void>, signal: AbortSignal, { needed } = NEEDED): Promise<void> {
    if (!needed) this.#unneeded.add(name);
    let asked: Promise<void> | null = null;
    while (!signal.aborted) {
      await this.ports.clock.sleep(WATCH_MS, signal);
      if (signal.aborted) return;
      asked ??= ping().finally(() => (asked = null));
      try {
        await this.#within(ANSWER_MS, asked);
        this.tell(name, null);
      } catch (error) {
        if (!signal.aborted) this.tell(name, reasonOf(error));
      }
    }
  }

  async #within(limit_ms: number, answer: Promise<void>): Promise<void> {
    const answered = new AbortController();
    const late = this.ports.clock.sleep(limit_ms, answered.signal).then(() => {
      if (!answered.signal.aborted) throw new Error(`no answer within ${limit_ms / 1_000} s`);
    });
    try {
      await Promise.race([answer, late]);
    } finally {
      answered.abort();
      // The question may be refused when nobody waits for it any more.
      answer.catch(() => undefined);
      late.catch(() => undefined);
    }
  }

  /** Reason, or null when it answers. */
  tell(name: string, reason: string | null): void {
    const known = this.#states.get(name);
    this.#states.set(name, reason);
    this.ports.meter.gauge('dependency_up', reason === null ? 1 : 0, { dependency: name });
    if (reason !== null && known === undefined && this.#unneeded.has(name))
      this.ports.logger.warn({ dependency: name, reason }, `${name} does not answer`);
    else if (reason !== null && known === undefined) this.ports.logger.warn({ dependency: name, reason }, `waiting for ${name}`);
    else if (reason !== null && known === null) this.ports.logger.warn({ dependency: name, reason }, `${name} went away`);
    else if (reason === null && known !== null) this.ports.logger.info({ dependency: name }, `${name} answers`);
  }
}

/** What an error says, in one line. Of several addresses that were tried (an AggregateError), what the first said. */
const reasonOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return reasonOf(error.errors[0]);
  const message = 'message' in error ? String(error.message) : '';
  return (message || ('code' in error ? String(error.code) : String(error))).replace(/\s+/g, ' ');
};
