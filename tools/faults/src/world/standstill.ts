import type { Clock } from '@millrace/stream';

const POLL_MS = 200;
const PATIENCE_MS = 5_000;

/** How long something was the same at a time, at most. */
class Still {
  #what = '';
  #longest_ms = 0;

  constructor(private since_ms: number) {}

  is(what: string, now_ms: number): void {
    if (what === this.#what) return;
    this.#what = what;
    this.passes(now_ms);
    this.since_ms = now_ms;
  }

  passes(now_ms: number): void {
    this.#longest_ms = Math.max(this.#longest_ms, now_ms - this.since_ms);
  }

  get longest_ms(): number {
    return this.#longest_ms;
  }
}

/** Asks again and again how far the answers are, and knows for how long they stood still. No answer is a standstill, too. */
export class Standstill {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  readonly #numbers: Still;
  readonly #as_of: Still;

  constructor(
    private readonly url: string,
    private readonly clock: Clock,
  ) {
    const now_ms = clock.now_ms();
    this.#numbers = new Still(now_ms);
    this.#as_of = new Still(now_ms);
    this.#watching = this.#watch();
  }

  async end(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    await this.#watching;
    // Not the numbers: they stand still when all input has gone through, which is when this is asked for.
    this.#as_of.passes(this.clock.now_ms());
  }

  /** The longest time in which no partition's facts came to the answers, ms. */
  get numbers_ms(): number {
    return this.#numbers.longest_ms;
  }

  /** The longest time in which the answers' as-of, which waits for the slowest of all, did not move, ms. */
  get as_of_ms(): number {
    return this.#as_of.longest_ms;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const answer = await this.#asked();
      const now_ms = this.clock.now_ms();
      if (answer !== null) {
        this.#numbers.is(JSON.stringify(answer.partitions), now_ms);
        this.#as_of.is(answer.watermark ?? '', now_ms);
      }
      await this.clock.sleep(POLL_MS, signal);
    }
  }

  /** Null: no answer. */
  async #asked(): Promise<{ readonly watermark: string | null; readonly partitions: object } | null> {
    try {
      const response = await fetch(this.url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) return null;
      return ((await response.json()) as { asOf: { watermark: string | null; partitions: object } }).asOf;
    } catch {
      return null;
    }
  }
}
