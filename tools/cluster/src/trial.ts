import { dayName, parseDay } from '@millrace/ads';
import { type Segment, segments } from '@millrace/up';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Addresses, openStores, type Stores } from './beside/stores';
import { Helm } from './kube/helm';
import { Kubectl } from './kube/kubectl';
import type { Memory } from './memory';
import type { Options } from './options';
import { Load } from './traffic/load';
import { Relay } from './traffic/relay';
import { totals, wentThrough } from './traffic/totals';
import { join } from 'node:path';

export const RELEASE = 'millrace';
const SEED = 1;
const LINES = 2_500;
const POLL_MS = 500;
const SETTLE_WITHIN_MS = 300_000;
/** So long the load goes on before and after what happens under it. */
const AROUND_MS = 5_000;

/** What the steps share. */
export class Trial {
  readonly kube: Kubectl;
  readonly helm: Helm;
  #stores: Promise<Stores> | null = null;
  #relay: Relay | null = null;

  constructor(
    readonly options: Options,
    readonly memory: Memory,
    readonly say: (line: string) => void,
  ) {
    this.kube = new Kubectl(options.namespace);
    this.helm = new Helm(options.namespace, RELEASE, [this.valuesFile, ...options.values]);
  }

  get valuesFile(): string {
    return join(this.options.directory, 'values.json');
  }

  /** The stores that were named, or those that run beside the cluster. */
  get addresses(): Addresses {
    const { stores, address } = this.options;
    const { ports } = this.memory.facts;
    if (stores !== null) return stores;
    return {
      brokers: [`${address}:${ports.kafka}`],
      clickhouse: `http://${address}:${ports.clickhouse}`,
      redis: `redis://${address}:${ports.redis}/0`,
    };
  }

  stores(): Promise<Stores> {
    this.#stores ??= openStores(this.addresses);
    return this.#stores;
  }

  relay(): Relay {
    this.#relay ??= Relay.open(this.kube, `http://${RELEASE}-app`, this.memory.facts.key);
    return this.#relay;
  }

  /** Polls until it is so; throws with what the probe last said. An empty string: it is so. */
  async until(what: string, probe: () => Promise<string>, within_ms: number): Promise<void> {
    const deadline_ms = Date.now() + within_ms;
    for (;;) {
      const problem = await probe().catch((error: unknown) => String(error));
      if (problem === '') return;
      if (Date.now() > deadline_ms) throw new Error(`${what}: not within ${within_ms / 1_000} s: ${problem}`);
      await sleep(POLL_MS);
    }
  }

  /** All instances of all services are of the newest revision, and ready. */
  ready(within_ms: number): Promise<void> {
    return this.until('all pods are ready', () => this.kube.unready(RELEASE), within_ms);
  }

  /**
   * Something happens while events are sent and numbers are read. Then everything that was ever sent as a whole is held against the
   * source's own totals. Returns what was seen; throws when a total differs, or when a request failed that must not.
   */
  async underLoad(failuresAllowed: boolean, happen: (load: Load) => Promise<readonly string[]>): Promise<readonly string[]> {
    const { facts } = this.memory;
    const number = facts.next++;
    this.memory.keep();
    const segment = this.#segments([number]).get(number);
    if (segment === undefined) throw new RangeError(`there is no segment ${number}`);
    const load = new Load(this.relay(), segment.lines, questionOf(segment));
    let saw: readonly string[];
    try {
      await sleep(AROUND_MS);
      saw = await happen(load);
      await sleep(AROUND_MS);
    } finally {
      await load.end();
    }
    facts.fed.push(number);
    this.memory.keep();
    const { failures, putOff, requests, rejected } = load;
    for (const failure of failures) this.say(`  failed ${failure}`);
    const failed = `${requests} API requests, ${failures.length} failed${failuresAllowed && failures.length > 0 ? ' and were sent again until they were taken' : ''}; ${putOff} reads put off for a moment (Retry-After)`;
    const wrong = refusalsWrong(segment, rejected);
    const checked = await this.check();
    const lines = [...saw, failed, checked];
    if (!failuresAllowed && failures.length > 0) wrong.push(`failed: ${failures.slice(0, 3).join('; ')}`);
    if (wrong.length > 0) throw new Error([...lines, ...wrong].join('\n'));
    return lines;
  }

  /** All that was fed so far, settled and compared; throws with the differences. */
  async check(): Promise<string> {
    const stores = await this.stores();
    await wentThrough(stores, SETTLE_WITHIN_MS);
    const { equal, of, differences } = await totals(this.relay(), stores, this.#segments(this.memory.facts.fed));
    const says = `${equal} of ${of} totals equal the source's own (${this.memory.facts.fed.length} days, 0 events lost)`;
    if (equal !== of) throw new Error(`${equal} of ${of} totals equal the source's own: ${differences.join('; ')}`);
    return says;
  }

  /** Kept connections end with it. */
  async close(): Promise<void> {
    this.#relay?.close();
    await (await this.#stores?.catch(() => null))?.close();
  }

  #segments(numbers: readonly number[]): ReadonlyMap<number, Segment> {
    const found = new Map<number, Segment>();
    const last = Math.max(-1, ...numbers);
    if (last < 0) return found;
    let number = 0;
    for (const segment of segments(this.memory.facts.base_ms, SEED, LINES)) {
      if (numbers.includes(number)) found.set(number, segment);
      if (number++ === last) return found;
    }
    return found;
  }
}

/** What a reader asks meanwhile. */
const questionOf = ({ totals: { days } }: Segment): string => {
  const day = days[0]?.day ?? '';
  const query = { from: day, to: dayName((parseDay(day) ?? 0) + 1), window: 'day', metrics: 'exposures,clicks,orders' };
  return `/v1/metrics?${new URLSearchParams(query).toString()}`;
};

/** Bad lines must be refused with the reasons that their source made them for. */
const refusalsWrong = ({ totals: { counts } }: Segment, rejected: Readonly<Record<string, number>>): string[] =>
  [...new Set([...Object.keys(counts.rejected), ...Object.keys(rejected)])]
    .map((reason) => [reason, counts.rejected[reason as keyof typeof counts.rejected] ?? 0, rejected[reason] ?? 0] as const)
    .filter(([, expected, actual]) => expected !== actual)
    .map(([reason, expected, actual]) => `refused for ${reason}: ${actual}, and the source made ${expected}`);
