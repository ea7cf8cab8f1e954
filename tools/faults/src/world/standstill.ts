import type { Clock } from '@millrace/stream';

const POLL_MS = 200;
const PATIENCE_MS = 5_000;

/** Asks again and again how far the answers are, and knows for how long they stood still. No answer is a standstill, too. */
export class Standstill {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  #longest_ms = 0;
  #as_of = '';
  #moved_ms: number;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {
    this.#moved_ms = clock.now_ms();
    this.#watching = this.#watch();
  }

  /** The longest time without a step, ms, until it was first asked for. */
  async end(): Promise<number> {
    if (this.#stopping.signal.aborted) return this.#longest_ms;
    this.#stopping.abort();
    await this.#watching;
    this.#longest_ms = Math.max(this.#longest_ms, this.clock.now_ms() - this.#moved_ms);
    return this.#longest_ms;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const as_of = await this.#asked();
      if (as_of !== null && as_of !== this.#as_of) {
        const now_ms = this.clock.now_ms();
        this.#longest_ms = Math.max(this.#longest_ms, now_ms - this.#moved_ms);
        this.#moved_ms = now_ms;
        this.#as_of = as_of;
      }
      await this.clock.sleep(POLL_MS, signal);
    }
  }

  /** Null: no answer. */
  async #asked(): Promise<string | null> {
    try {
      const response = await fetch(this.url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) return null;
      const { asOf } = (await response.json()) as { asOf: unknown };
      return JSON.stringify(asOf);
    } catch {
      return null;
    }
  }
}
