import type { Clock } from '@millrace/stream';

const POLL_MS = 200;
const PATIENCE_MS = 2_000;

/** Asks again and again how far the answers are, and knows for how long they stood still. No answer is a standstill, too. */
export class Standstill {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  #longest_ms = 0;
  #as_of = '';
  #moved_ms: number;
  /** Stores that the answers came from. */
  readonly stores = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {
    this.#moved_ms = clock.now_ms();
    this.#watching = this.#watch();
  }

  /** The longest time without a step, ms, up to now. */
  async end(): Promise<number> {
    this.#stopping.abort();
    await this.#watching;
    return Math.max(this.#longest_ms, this.clock.now_ms() - this.#moved_ms);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const answer = await this.#asked();
      if (answer !== null && answer.as_of !== this.#as_of) {
        const now_ms = this.clock.now_ms();
        this.#longest_ms = Math.max(this.#longest_ms, now_ms - this.#moved_ms);
        this.#moved_ms = now_ms;
        this.#as_of = answer.as_of;
      }
      if (answer !== null) this.stores.add(answer.store);
      await this.clock.sleep(POLL_MS, signal);
    }
  }

  async #asked(): Promise<{ readonly as_of: string; readonly store: string } | null> {
    try {
      const response = await fetch(this.url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) return null;
      const { asOf, store } = (await response.json()) as { asOf: unknown; store: string };
      return { as_of: JSON.stringify(asOf), store };
    } catch {
      return null;
    }
  }
}
