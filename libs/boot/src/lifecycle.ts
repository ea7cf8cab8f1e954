/** Something that is started and, later, stopped. */
export interface Part {
  readonly name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

/** Starts parts in order and stops those that were started in reverse, every one of them, whatever the others did. */
export class Lifecycle {
  readonly #started: Part[] = [];
  #stopping: Promise<void> | null = null;

  /** If it fails, what was started before is stopped. */
  async start(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      try {
        await part.start?.();
      } catch (error) {
        await this.stop().catch(() => undefined);
        throw new Error(`${part.name} did not start: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      }
      this.#started.push(part);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const part of this.#started.reverse()) {
      try {
        await part.stop?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) throw new AggregateError(failures, 'several parts failed to stop');
  }
}
