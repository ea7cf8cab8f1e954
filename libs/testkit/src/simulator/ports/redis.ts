import type { ServingEntry, ServingStore } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';

const ATTEMPTS = 3;
const BACK_OFF_MS = 300;

/** What Redis holds; it outlives every process, but no flush. */
export class ServedEntries {
  readonly #entries = new Map<string, ServingEntry>();
  /** Hash tags whose entries were filled as a whole since the last flush. */
  readonly #filled = new Set<string>();

  constructor(
    private readonly now_ms: () => number,
    /** Two values under one key and version. */
    private readonly onConflict: (stands: ServingEntry, comes: ServingEntry) => void,
  ) {}

  flush(): void {
    this.#entries.clear();
    this.#filled.clear();
  }

  all(): ServingEntry[] {
    return [...this.#entries.values()].filter(({ expires_ms }) => expires_ms > this.now_ms());
  }

  get(key: string): ServingEntry | null {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.expires_ms <= this.now_ms() ? null : entry;
  }

  /** Entries of one hash tag; false when they would be changes of something that is not there. */
  put(tag: string, entries: readonly ServingEntry[], complete: boolean): boolean {
    if (complete) this.#filled.add(tag);
    else if (!this.#filled.has(tag)) return false;
    for (const entry of entries) {
      if (entry.expires_ms <= this.now_ms()) continue;
      const stands = this.get(entry.key);
      if (stands?.version === entry.version && Buffer.compare(stands.value, entry.value) !== 0) this.onConflict(stands, entry);
      if (stands === null || stands.version < entry.version) this.#entries.set(entry.key, entry);
    }
    return true;
  }
}

/** Redis as one life of a process sees it. One that is away is not waited for: it is filled once it is back. */
export class SimulatedRedis implements ServingStore {
  readonly #known = new Set<string>();
  readonly #behind = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly life: Life,
    private readonly served: ServedEntries,
  ) {}

  async put(entries: readonly ServingEntry[], complete = false): Promise<boolean> {
    const groups = new Map<string, ServingEntry[]>();
    for (const entry of entries) {
      const tag = tagOf(entry.key);
      const group = groups.get(tag) ?? [];
      groups.set(tag, group);
      group.push(entry);
    }
    if (!complete) for (const tag of this.#known) if (!groups.has(tag)) groups.set(tag, []);
    let kept = true;
    for (const [tag, group] of groups) {
      this.#known.add(tag);
      kept = (await this.#put(tag, group, complete)) && kept;
    }
    return kept;
  }

  async #put(tag: string, entries: readonly ServingEntry[], complete: boolean): Promise<boolean> {
    const { world, life } = this;
    const missed = this.#behind.has(tag) && !complete;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const away = world.faults.strikes('Redis away');
      const label = `puts ${entries.length} entries of ${tag}`;
      const put = (): boolean => !missed && this.served.put(tag, entries, complete);
      // What was not answered may have been done all the same.
      const kept =
        away && world.random.chance(5_000)
          ? await world.ask(life, `${label}, in vain`, () => false)
          : await world.request(life, label, put);
      if (!away) {
        if (!missed) this.#behind.delete(tag);
        return kept;
      }
      await new Promise<void>((resolve) => world.after(BACK_OFF_MS, life, `${life.name} puts again`, resolve));
    }
    this.#behind.add(tag);
    return true;
  }

  get(keys: readonly string[]): Promise<(ServingEntry | null)[]> {
    return this.world.ask(this.life, `gets ${keys.length} entries`, () => keys.map((key) => this.served.get(key)));
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}

const tagOf = (key: string): string => /^\{[^}]*\}/.exec(key)?.[0] ?? '';
