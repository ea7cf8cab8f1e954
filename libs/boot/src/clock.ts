import type { Clock } from '@millrace/stream';
import { setMaxListeners } from 'node:events';

/** Wall time. */
export class SystemClock implements Clock {
  now_ms(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      if (signal === undefined) return;
      // Every task of a runner sleeps on one signal: many listeners are no leak here.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', wake);
    });
  }
}
