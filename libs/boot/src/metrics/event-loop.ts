import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const SECONDS_PER_NS = 1e-9;

/** How late the event loop was since it was last asked: 0 when it was always in time. */
export class EventLoopDelay {
  // Its timer does not keep a process alive.
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** Seconds, by the values of the label `stat`. What is measured is the time between two ticks, of which the resolution is none of the delay. */
  take(): Readonly<Record<'p50' | 'p99' | 'max', number>> {
    const late = (ns: number): number => Math.max(0, ns * SECONDS_PER_NS - RESOLUTION_MS / 1_000) || 0;
    const { max } = this.#histogram;
    const delays = { p50: late(this.#histogram.percentile(50)), p99: late(this.#histogram.percentile(99)), max: late(max) };
    this.#histogram.reset();
    return delays;
  }

  stop(): void {
    this.#histogram.disable();
  }
}
