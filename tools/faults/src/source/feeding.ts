import type { Clock, Log } from '@millrace/stream';

const STEP_MS = 100;
const MOST = 1_000;
const encoder = new TextEncoder();

/** Puts lines into a topic at an even pace, until it is told to pour out what is left. */
export class Feeding {
  #fed = 0;
  #pouring = false;
  /** Resolves when all of it is in the log. */
  readonly done: Promise<void>;

  constructor(
    private readonly ports: { readonly log: Log; readonly clock: Clock },
    private readonly topic: string,
    private readonly lines: readonly string[],
    private readonly pace_ms: number,
  ) {
    this.done = this.#feed();
    this.done.catch(() => undefined); // Whoever waits for it hears it.
  }

  /** What part of it is in the log. */
  get share(): number {
    return this.#fed / this.lines.length;
  }

  async pour(): Promise<void> {
    this.#pouring = true;
    await this.done;
  }

  async #feed(): Promise<void> {
    const { log, clock } = this.ports;
    const partitions = log.partitions(this.topic);
    const step = Math.max(1, Math.ceil((this.lines.length * STEP_MS) / this.pace_ms));
    while (this.#fed < this.lines.length) {
      const lines = this.lines.slice(this.#fed, this.#fed + (this.#pouring ? MOST : step));
      const lanes = Array.from({ length: partitions }, (_, partition) => ({
        to: { topic: this.topic, partition },
        records: [] as { value: Uint8Array }[],
      }));
      lines.forEach((line, at) => lanes[(this.#fed + at) % partitions]?.records.push({ value: encoder.encode(line) }));
      await log.append(lanes.filter(({ records }) => records.length > 0));
      this.#fed += lines.length;
      if (!this.#pouring) await clock.sleep(STEP_MS);
    }
  }
}
