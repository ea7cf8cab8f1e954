const EVERY_MS = 1_000;

/**
 * Calls `bark` when nothing was heard for `silence_ms`. Counts turns of a timer, not the clock: a process that was frozen
 * has heard nothing because it did not run, and may go on.
 */
export class Watchdog {
  #turns = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(silence_ms: number, bark: () => void) {
    this.#timer = setInterval(() => {
      if (++this.#turns * EVERY_MS > silence_ms) {
        this.stop();
        bark();
      }
    }, EVERY_MS);
    this.#timer.unref();
  }

  readonly heard = (): void => {
    this.#turns = 0;
  };

  stop(): void {
    clearInterval(this.#timer);
  }
}
