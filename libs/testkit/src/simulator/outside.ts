import { MsgpackFrameCodec } from '@millrace/adapters/msgpack';
import { type Rules, TOPICS } from '@millrace/ads';
import type { Frame, FrameCodec } from '@millrace/stream';
import { Brokers } from './ports/brokers';
import { Tables } from './ports/clickhouse';
import { Coordinator } from './ports/coordinator';
import { ServedEntries } from './ports/redis';
import { RAW, type Scenario } from './scenario/scenario';
import { Books } from './truth/books';
import { Loudness } from './truth/loudness';
import type { Life } from './world/life';
import type { World } from './world/world';

/** More than this many objections say no more. */
const MAX_OBJECTIONS = 20;

/** What lies outside the processes and outlives all of them, and what is held against it. */
export class Outside {
  readonly objections: string[] = [];
  readonly codec: FrameCodec = new MsgpackFrameCodec();
  readonly brokers: Brokers;
  readonly coordinator: Coordinator;
  readonly books: Books;
  readonly loudness: Loudness;
  readonly tables = new Tables();
  readonly served: ServedEntries;
  /** What processes are configured with when they start. */
  rules: Rules;
  /** Answers that were compared, and events that the API acknowledged. */
  answers = 0;
  acknowledged = 0;
  /** The snapshot store's. */
  readonly blobs = new Map<string, Uint8Array>();

  /** The highest clock that each writer has told. */
  readonly #clocks = new Map<string, number>();

  constructor(
    readonly world: World,
    readonly scenario: Scenario,
  ) {
    this.rules = scenario.rules;
    const object = (objection: string): void => this.object(objection);
    this.books = new Books(object);
    this.brokers = new Brokers(
      () => world.now_ms,
      (to, record, by) => {
        if (to.topic.startsWith('raw.')) return;
        const frame = this.codec.decode(record.value ?? new Uint8Array());
        this.loudness.wrote(frame, by);
        this.#hear(frame, by);
        this.books.append(to, record.offset, frame, by);
      },
    );
    this.loudness = new Loudness(this.brokers, object);
    this.coordinator = new Coordinator(world, this.brokers);
    this.served = new ServedEntries(
      () => world.now_ms,
      (stands, comes) =>
        object(`Redis ${stands.key}: version ${stands.version} is ${text(stands.value)} and ${text(comes.value)}`),
    );
    this.tables.onConflict = (table, stands, comes) =>
      object(`${table}: same version, other row:\n  ${JSON.stringify(stands)}\n  ${JSON.stringify(comes)}`);
    const { raw, inside } = scenario.partitions;
    for (const topic of [RAW, TOPICS.http]) this.brokers.create(topic, raw);
    for (const topic of [TOPICS.action, TOPICS.exposure, TOPICS.rejected, TOPICS.fact, TOPICS.late])
      this.brokers.create(topic, inside);
  }

  /** A zombie that woke tells what it had seen; others have told more since. */
  #hear({ tick }: Frame, by: Life | null): void {
    if (tick === undefined) return;
    const told_ms = this.#clocks.get(tick.writer) ?? -Infinity;
    if (by?.isZombie === true && tick.clock_ms < told_ms) this.world.faults.count('stale tick of a zombie');
    this.#clocks.set(tick.writer, Math.max(told_ms, tick.clock_ms));
  }

  object(objection: string): void {
    if (this.objections.length >= MAX_OBJECTIONS) return;
    this.world.note(`objection: ${objection}`);
    this.objections.push(objection);
  }
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
