import type { Clock } from '@millrace/stream';

/** A clock that stands still until it is told. Sleepers wake in the order of their times. */
export class ManualClock implements Clock {
  #now_ms: number;
  #sleepers: { readonly due_ms: number; readonly wake: () => void }[] = [];

  constructor(now_ms = 0) {
    this.#now_ms = now_ms;
  }

  now_ms(): number {
    return this.#now_ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = { due_ms: this.#now_ms + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      this.#sleepers.sort((a, b) => a.due_ms - b.due_ms);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  advance(ms: number): void {
    this.#now_ms += ms;
    const due = this.#sleepers.filter(({ due_ms }) => due_ms <= this.#now_ms);
    this.#sleepers = this.#sleepers.filter(({ due_ms }) => due_ms > this.#now_ms);
    for (const { wake } of due) wake();
  }
}
