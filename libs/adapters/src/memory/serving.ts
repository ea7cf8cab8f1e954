import type { Clock, ServingEntry, ServingStore } from '@millrace/stream';

/** How many entries are put between two sweeps for expired ones: expiry costs memory only, so it may wait. */
const PUTS_PER_SWEEP = 10_000;

/** Values of open days in the process itself; refilled by the runner after a restart. */
export class MemoryServingStore implements ServingStore {
  readonly #entries = new Map<string, ServingEntry>();
  #unswept = 0;

  constructor(private readonly clock: Pick<Clock, 'now_ms'>) {}

  get size(): number {
    return this.#entries.size;
  }

  /** What is lost with the process is filled again by the one that follows: changes are always on top of a fill. */
  async put(entries: readonly ServingEntry[]): Promise<boolean> {
    for (const entry of entries) {
      const standing = this.#standing(entry.key);
      if (standing === null || standing.version < entry.version) this.#entries.set(entry.key, entry);
    }
    this.#unswept += entries.length;
    if (this.#unswept >= PUTS_PER_SWEEP) this.#sweep();
    return true;
  }

  async get(keys: readonly string[]): Promise<(ServingEntry | null)[]> {
    return keys.map((key) => this.#standing(key));
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #standing(key: string): ServingEntry | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.expires_ms >= this.clock.now_ms()) return entry;
    this.#entries.delete(key);
    return null;
  }

  #sweep(): void {
    this.#unswept = 0;
    for (const key of this.#entries.keys()) this.#standing(key);
  }
}
