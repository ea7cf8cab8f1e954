import { CountingMeter } from '../driver/memory-engine';
import { checksum } from '@millrace/adapters/file';
import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { DETAIL_TABLES, METRIC_TABLE, partitionOf, Random, rawTopic, TOPICS, versionOf } from '@millrace/ads';
import { createArchive } from '@millrace/layer-archive';
import { createDwd } from '@millrace/layer-dwd';
import { createDws } from '@millrace/layer-dws';
import { createOds } from '@millrace/layer-ods';
import { Runner, type RunnerOptions, type ServingEntry, type TopicPartition, writerOf } from '@millrace/stream';
import { Brokers } from './ports/brokers';
import { progressOf, SimulatedClickHouse, Tables } from './ports/clickhouse';
import { SimulatedClock } from './ports/clock';
import { Coordinator } from './ports/coordinator';
import { type Disk, SimulatedStore, SimulatedVolume } from './ports/disk';
import { SimulatedLog } from './ports/log';
import { SimulatedRedis } from './ports/redis';
import { type Program, SimulatedProcess } from './process/process';
import { type Scenario, scenarioOf } from './scenario/scenario';
import { Books } from './truth/books';
import { poison } from './scenario/poison';
import { objectionsAtRest } from './truth/at-rest';
import { type Fault, Faults } from './world/faults';
import type { Life } from './world/life';
import { World } from './world/world';

export interface SimulationOptions {
  readonly seed: number;
  /** Only these faults, whatever the seed would choose. */
  readonly only?: readonly Fault[];
  /** Told of every step. */
  readonly onStep?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  /** What is wrong, in words; none is what every seed should have. */
  readonly objections: readonly string[];
  /** Of everything that happened, in its order: a seed has one. */
  readonly trace: string;
  readonly steps: number;
  /** Deliveries of the history. */
  readonly events: number;
  readonly faults: ReadonlyMap<Fault, number>;
}

const EVENTS = { name: 'events', format: { type: 'json' }, mappings: [{ identity: true }] } as const;
const RAW = rawTopic(EVENTS.name);
/** Of ODS here: a giant that is rejected unread need not be a megabyte. */
const MAX_RECORD_BYTES = 4_096;
const MAX_STEPS = 120_000;
const MAX_HEALING_STEPS = 40_000;
/** More than this many objections say no more. */
const MAX_OBJECTIONS = 20;

/** Runs one seed: faults while the history is delivered, then none; everything must drain, and then equal the oracle. */
export async function simulate(options: SimulationOptions): Promise<Outcome> {
  return new Simulation(options).run();
}

class Simulation {
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #faults: Faults;
  readonly #world: World;
  readonly #brokers: Brokers;
  readonly #coordinator: Coordinator;
  readonly #books: Books;
  readonly #tables = new Tables();
  readonly #entries = new Map<string, ServingEntry>();
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #codec = new MsgpackFrameCodec();
  readonly #processes: SimulatedProcess[] = [];
  readonly #logs = new Map<Life, { readonly layer: string; readonly log: SimulatedLog; readonly olap: SimulatedClickHouse }>();
  readonly #objections: string[] = [];
  /** What must be rejected: where it stands, and its bytes. */
  readonly #rejected = new Map<string, Uint8Array>();
  /** The ends of the raw topics are told with the wall clock. */
  #idles = true;

  constructor(private readonly options: SimulationOptions) {
    this.#random = new Random(options.seed);
    this.#scenario = scenarioOf(options.seed, this.#random);
    this.#faults = new Faults(this.#random, options.only);
    this.#world = new World(this.#random, this.#faults, this.#scenario.start_ms, options.onStep);
    this.#books = new Books(this.#codec, (objection) => this.#object(objection));
    this.#brokers = new Brokers(
      () => this.#world.now_ms,
      (to, record, by) => {
        if (!to.topic.startsWith('raw.')) this.#books.append(to, record, by);
      },
    );
    this.#coordinator = new Coordinator(this.#world, this.#brokers);
    this.#tables.onConflict = (table, stands, comes) =>
      this.#object(`${table}: same version, other row:\n  ${JSON.stringify(stands)}\n  ${JSON.stringify(comes)}`);
  }

  async run(): Promise<Outcome> {
    const { history } = this.#scenario;
    const { raw, inside } = this.#scenario.partitions;
    this.#brokers.create(RAW, raw);
    for (const topic of [TOPICS.action, TOPICS.exposure, TOPICS.rejected, TOPICS.fact, TOPICS.late])
      this.#brokers.create(topic, inside);
    this.#deliver();
    this.#startProcesses();
    this.#plague();
    const last_ms = history.at(-1)?.deliver_ms ?? 0;
    const world = this.#world;
    const over = await world.run(() => world.now_ms > last_ms || this.#objections.length > 0, MAX_STEPS);
    if (!over) this.#object(`the history was not delivered within ${MAX_STEPS} steps`);
    await this.#heal();
    if (this.#objections.length === 0) this.#compare();
    return {
      seed: this.options.seed,
      objections: this.#objections,
      trace: world.trace(),
      steps: world.steps,
      events: history.length,
      faults: this.#faults.counts,
    };
  }

  #object(objection: string): void {
    if (this.#objections.length >= MAX_OBJECTIONS) return;
    this.#world.note(`objection: ${objection}`);
    this.#objections.push(objection);
  }

  /** The outside world: each event at its time, into any partition of its topic. */
  #deliver(): void {
    const { history, start_ms, partitions } = this.#scenario;
    for (const { event, deliver_ms } of history) {
      const to = { topic: RAW, partition: this.#random.below(partitions.raw) };
      const value = Buffer.from(JSON.stringify({ reason: event.type === 'invalidate' ? 'test' : undefined, ...event }));
      this.#world.after(deliver_ms - start_ms, null, `${event.type} ${event.source}/${event.event_id} arrives`, () => {
        if (this.#faults.strikes('poisoned record')) this.#reject(to, poison(value, this.#random));
        if (this.#faults.strikes('giant record')) this.#reject(to, Buffer.alloc(MAX_RECORD_BYTES + 1, value));
        this.#brokers.append({ to, records: [{ value }] }, null);
      });
    }
  }

  /** A record that ODS must put aside with its bytes. */
  #reject(to: TopicPartition, value: Uint8Array): void {
    const { end } = this.#brokers.bounds(to);
    this.#brokers.append({ to, records: [{ value }] }, null);
    this.#rejected.set(`${writerOf(to)}@${end}`, Buffer.from(value));
  }

  #startProcesses(): void {
    const { rules } = this.#scenario;
    this.#process('ods', () => ({ raw: [createOds({ sources: [EVENTS], rules, maxRecordBytes: MAX_RECORD_BYTES })] }));
    this.#process('dwd', () => ({ layers: [createDwd({ rules })] }));
    this.#process('dws', () => ({ layers: [createDws({ rules })] }));
    this.#process('archive', () => ({ layers: [createArchive()] }));
    for (const process of this.#processes) process.start();
  }

  #process(layer: string, layers: () => Pick<RunnerOptions, 'raw' | 'layers'>): void {
    const { pace } = this.#scenario;
    this.#processes.push(
      new SimulatedProcess(this.#world, {
        name: `${layer}-0`,
        create: (life, disk) => this.#program(layer, life, disk, layers()),
        onStart: (life) => void life,
        onEnd: (life) => this.#ended(life),
        onError: () => undefined,
        restart_ms: pace.poll_ms * 4,
      }),
    );
  }

  #ended(life: Life): void {
    this.#logs.delete(life);
    this.#coordinator.lost(life);
  }

  #program(layer: string, life: Life, disk: Disk, layers: Pick<RunnerOptions, 'raw' | 'layers'>): Program {
    const world = this.#world;
    const log = new SimulatedLog(world, life, this.#brokers, this.#coordinator, () => undefined);
    const olap = new SimulatedClickHouse(world, life, this.#tables);
    this.#logs.set(life, { layer, log, olap });
    const serving = new SimulatedRedis(world, life, this.#entries, (stands, comes) =>
      this.#object(
        `serving ${stands.key}: same version ${stands.version}, other value: ${text(stands.value)} and ${text(comes.value)}`,
      ),
    );
    const { pace } = this.#scenario;
    return new Runner(
      {
        log,
        codec: this.#codec,
        clock: new SimulatedClock(world, life),
        meter: new CountingMeter(),
        partitioner: partitionOf,
        sinks: { olap, serving },
        snapshots: {
          volume: new SimulatedVolume(world, life, disk, () => undefined),
          store: new SimulatedStore(world, life, this.#blobs),
          checksum,
        },
      },
      { ...layers, ...pace, idles: () => this.#idles, fingerprint: 'rules' },
    );
  }

  /** Now and then something happens to a process, a disk, a store. */
  #plague(): void {
    const { pace } = this.#scenario;
    const next = (): void => {
      if (this.#faults.healed) return;
      this.#strike();
      this.#world.after(this.#random.between(pace.poll_ms, pace.poll_ms * 10), null, 'something may happen', next);
    };
    this.#world.after(pace.poll_ms, null, 'something may happen', next);
  }

  #strike(): void {
    const { pace } = this.#scenario;
    const random = this.#random;
    const process = random.pick(this.#processes);
    if (this.#faults.strikes('Redis flushed')) this.#entries.clear();
    if (this.#faults.strikes('volume lost')) {
      process.disk.replace();
      process.life?.crash();
    }
    if (this.#faults.strikes('rolling restart')) for (const each of this.#processes) each.restart();
    if (this.#faults.strikes('zombie')) {
      const zombie = process.freeze();
      if (zombie !== null) {
        this.#coordinator.lost(zombie);
        this.#world.after(random.between(pace.poll_ms, pace.poll_ms * 20), null, `${zombie.name} may wake`, () =>
          process.thaw(zombie),
        );
        this.#world.after(pace.poll_ms * 40, null, `${zombie.name} is ended`, () => zombie.crash());
      }
    }
    this.#damage('file lost', process, (name, { files }) => files.delete(name));
    this.#damage('file torn', process, (name, { files }) => {
      const file = files.get(name);
      if (file !== undefined) file.content = file.content.subarray(0, random.below(file.content.length + 1));
    });
    this.#damage('bit flip', process, (name, { files }) => {
      const content = files.get(name)?.content ?? new Uint8Array();
      const at = random.below(Math.max(1, content.length));
      if (content.length > 0) content[at] = (content[at] ?? 0) ^ (1 << random.below(8));
    });
    if (process.life !== null && this.#faults.strikes('clock jump')) process.life.skew_ms = random.between(-15, 15) * 60_000;
  }

  #damage(fault: Fault, { disk }: SimulatedProcess, how: (name: string, disk: Disk) => void): void {
    const names = [...disk.files.keys()];
    if (names.length > 0 && this.#faults.strikes(fault)) how(this.#random.pick(names), disk);
  }

  async #heal(): Promise<void> {
    const world = this.#world;
    const { pace } = this.#scenario;
    world.note('healing begins');
    this.#faults.healed = true;
    // The clocks of the raw partitions go on for a while, then stand still, so that there is an end to come to.
    world.after(pace.tick_interval_ms * 4 + pace.poll_ms * 8, null, 'the clocks stand still', () => (this.#idles = false));
    const rested = await world.run(
      () => this.#objections.length > 0 || (!this.#idles && world.steps % 16 === 0 && this.#unrest().length === 0),
      MAX_HEALING_STEPS,
    );
    if (!rested) this.#object(`not drained after ${MAX_HEALING_STEPS} steps without faults: ${this.#unrest().join('; ')}`);
  }

  /** What is still under way. */
  #unrest(): string[] {
    const running = [...this.#logs].filter(([life]) => life.state === 'running').map(([, ports]) => ports);
    const unrest: string[] = [];
    for (const [layer, topics] of Object.entries({
      ods: [RAW],
      dwd: [TOPICS.action, TOPICS.exposure],
      dws: [TOPICS.fact],
      archive: [TOPICS.fact],
    })) {
      for (const partition of topics.flatMap((topic) => this.#brokers.all(topic))) {
        const { end } = this.#brokers.bounds(partition);
        const readers = running.filter((ports) => ports.layer === layer);
        if (!readers.some(({ log }) => log.ends.get(writerOf(partition)) === end))
          unrest.push(`${layer} has not read ${writerOf(partition)} to ${end}`);
        if (readers.some(({ log }) => log.sending.size > 0)) unrest.push(`${layer} is sending`);
      }
    }
    const progress = progressOf(this.#tables);
    for (const partition of this.#brokers.all(TOPICS.fact)) {
      const { end } = this.#brokers.bounds(partition);
      if (end > 0 && Number(progress.get(partition.partition)?.['version']) !== versionOf(1, end))
        unrest.push(`dws has not written ${writerOf(partition)} to ${end}`);
    }
    const archived = DETAIL_TABLES.reduce((sum, { name }) => sum + this.#tables.rows(name).size, 0);
    const facts = this.#books.facts().length;
    if (archived !== facts) unrest.push(`${archived} of ${facts} facts are archived`);
    return unrest;
  }

  #compare(): void {
    const { rules, history } = this.#scenario;
    const metricRows = [...this.#tables.rows(METRIC_TABLE).values()];
    for (const objection of objectionsAtRest({
      rules,
      events: history.map(({ event }) => event),
      books: this.#books,
      metricRows,
      entries: this.#entries,
      rejected: this.#rejected,
    }))
      this.#object(objection);
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
