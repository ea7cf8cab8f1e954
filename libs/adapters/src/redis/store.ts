import type { ServingEntry, ServingStore } from '@millrace/stream';
import { randomUUID } from 'node:crypto';
import { retried, type RetryBound } from '../retry/retry';
import { type RedisClient, redisClient } from './client';
import { isPassing } from './failures';
import type { RedisOptions } from './options';
import { packEntries, unpackEntry } from './packed';
import type { PutAnswer } from './put-script';
import { answered } from './silence';
import { byTag } from './tags';

/** A script call stops its server for as long as it runs: some milliseconds with this many. */
const ENTRIES_PER_CALL = 2_000;

/** Short: the store is never the only copy, so that its writer need not stand still while it is away. */
const BOUND: Partial<RetryBound> = { limit_ms: 1_000 };

/**
 * Values of open days in Redis, one packed value per key. Keys of one hash tag are written together, so that it works
 * alike on one server, behind sentinels and on a cluster. Everything may be done twice: what is not answered is done again.
 *
 * A store that is away is not waited for: `put` goes on without it, and asks for a fill once it is back.
 */
export class RedisServingStore implements ServingStore {
  readonly #client: RedisClient;
  /** Tags that were written here, and the server process that answered last. */
  readonly #processOf = new Map<string, string>();
  /** Tags that missed something while the store was away. */
  readonly #behind = new Set<string>();

  constructor(private readonly options: RedisOptions) {
    this.#client = redisClient(options);
  }

  async put(entries: readonly ServingEntry[], complete = false): Promise<boolean> {
    const now_ms = Date.now();
    // Redis would delete them at once; and a store of expired entries only is none that must be filled.
    const alive = entries.filter(({ expires_ms }) => expires_ms > now_ms);
    const groups = byTag(alive, ({ key }) => key);
    // Tags without a change are asked all the same: a store that lost them must not wait for traffic to be filled again.
    if (!complete) for (const tag of this.#processOf.keys()) if (!groups.has(tag)) groups.set(tag, []);
    const kept = await Promise.all([...groups].map(([tag, group]) => this.#put(tag, group, complete)));
    return kept.every(Boolean);
  }

  /** Throws when the store stays away: whoever reads has another place to look. */
  async get(keys: readonly string[]): Promise<(ServingEntry | null)[]> {
    const found = new Map<string, ServingEntry>();
    await Promise.all(
      [...byTag(keys, (key) => key).values()].flatMap(chunked).map(async (group) => {
        const stored = await this.#retried('MGET', () => this.#client.mgetBuffer(...group));
        group.forEach((key, i) => {
          const value = stored[i];
          if (value !== null && value !== undefined) found.set(key, unpackEntry(key, value));
        });
      }),
    );
    return keys.map((key) => found.get(key) ?? null);
  }

  /** Resolves when a server answers; of a cluster, any one. */
  async ping(): Promise<void> {
    await this.#client.ping();
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  async #put(tag: string, entries: readonly ServingEntry[], complete: boolean): Promise<boolean> {
    try {
      // Changes on top of a gap would look like all there is.
      if (!this.#behind.has(tag) || complete) {
        const kept = await this.#write(tag, entries, complete);
        this.#behind.delete(tag);
        return kept;
      }
      await this.#call(tag, [], '', '');
      return false;
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#behind.add(tag);
      this.options.onMissed?.(error);
      return true;
    }
  }

  /** Calls follow one another: a fill is complete with its last. */
  async #write(tag: string, entries: readonly ServingEntry[], complete: boolean): Promise<boolean> {
    const fill = complete ? randomUUID() : '';
    const chunks = entries.length === 0 ? [[]] : chunked(entries);
    let kept = true;
    for (const [i, chunk] of chunks.entries()) {
      const place = `${i === 0 ? 'first' : ''}${i === chunks.length - 1 ? 'last' : ''}`;
      const [stands, process] = await this.#call(tag, chunk, fill, place);
      // Another process has other memory: a restart or a failover may have lost what it had acknowledged.
      const same = (this.#processOf.get(tag) ?? process) === process;
      this.#processOf.set(tag, process);
      kept &&= stands === 1 && (same || complete);
    }
    return kept;
  }

  #call(tag: string, entries: readonly ServingEntry[], fill: string, place: string): Promise<PutAnswer> {
    const keys = [`${tag}:complete`, `${tag}:filling`, ...entries.map(({ key }) => key)];
    const packed = packEntries(entries);
    return this.#retried('put', () => this.#client.servingPut(keys.length, ...keys, packed, fill, place));
  }

  #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { timeout_ms = 2_000, bound, onRetry } = this.options;
    return retried(`redis ${what}`, () => answered(timeout_ms, attempt()), isPassing, {
      bound: { ...BOUND, ...bound },
      ...(onRetry !== undefined && { onRetry }),
    });
  }
}

const chunked = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / ENTRIES_PER_CALL) }, (_, i) =>
    items.slice(i * ENTRIES_PER_CALL, (i + 1) * ENTRIES_PER_CALL),
  );
