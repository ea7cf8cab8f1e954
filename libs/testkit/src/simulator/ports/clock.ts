import type { Clock } from '@millrace/stream';
import { setMaxListeners } from 'node:events';
import type { Life } from '../world/life';
import type { World } from '../world/world';

/** The wall clock of one process; it may be wrong. */
export class SimulatedClock implements Clock {
  constructor(
    private readonly world: World,
    private readonly life: Life,
  ) {}

  now_ms(): number {
    return this.world.now_ms + this.life.skew_ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      if (signal !== undefined) {
        // Every task of a runner sleeps on one signal: many listeners are no leak here.
        setMaxListeners(0, signal);
        signal.addEventListener('abort', wake);
      }
      // Timers are never exact: two processes that began together do not stay in step.
      this.world.after(ms + this.world.random.below(Math.max(1, ms >> 3)), this.life, `${this.life.name} wakes`, wake);
    });
  }
}
