import type { Clock } from '@millrace/stream';
import { setMaxListeners } from 'node:events';

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
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      };
      const sleeper = { due_ms: this.#now_ms + ms, wake };
      this.#sleepers.push(sleeper);
      if (signal === undefined) return;
      // Every task of a runner sleeps on one signal: many listeners are no leak here.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', wake);
    });
  }

  advance(ms: number): void {
    this.#now_ms += ms;
    const due = this.#sleepers.filter(({ due_ms }) => due_ms <= this.#now_ms).sort((a, b) => a.due_ms - b.due_ms);
    for (const { wake } of due) wake();
  }
}
