import type { ServingEntry, ServingStore } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';
import { StoreError } from './clickhouse';

const ATTEMPTS = 3;
const BACK_OFF_MS = 1_000;

/** Redis as one life of a process sees it. What it holds is in `entries`, which outlive every process, but not a flush. */
export class SimulatedRedis implements ServingStore {
  constructor(
    private readonly world: World,
    private readonly life: Life,
    private readonly entries: Map<string, ServingEntry>,
    private readonly onConflict: (stands: ServingEntry, comes: ServingEntry) => void,
  ) {}

  async put(entries: readonly ServingEntry[]): Promise<boolean> {
    const { world, life } = this;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const away = world.faults.strikes('Redis away');
      // A call that failed may have done a part of it.
      const done = away ? world.random.below(entries.length) : entries.length;
      await world.request(life, `puts ${entries.length} entries`, () => entries.slice(0, done).forEach((one) => this.#put(one)));
      if (!away) return true;
      await new Promise<void>((resolve) => world.after(BACK_OFF_MS, life, `${life.name} puts again`, resolve));
    }
    throw new StoreError('Redis is away');
  }

  #put(entry: ServingEntry): void {
    const stands = this.entries.get(entry.key);
    if (stands?.version === entry.version && Buffer.compare(stands.value, entry.value) !== 0) this.onConflict(stands, entry);
    if (stands === undefined || stands.version < entry.version) this.entries.set(entry.key, entry);
  }

  get(keys: readonly string[]): Promise<(ServingEntry | null)[]> {
    return this.world.ask(this.life, `gets ${keys.length} entries`, () => keys.map((key) => this.entries.get(key) ?? null));
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
