import { checksum } from '@millrace/adapters/file';
import type { Append, Fetched, Log, Member, Membership, RawRecord, TopicPartition } from '@millrace/stream';
import { writerOf } from '@millrace/stream';
import type { Life } from '../world/life';
import type { World } from '../world/world';
import type { Brokers } from './brokers';
import type { Coordinator } from './coordinator';

/** The log did not take a batch, however often it was sent. */
export class ProduceError extends Error {
  override readonly name = 'ProduceError';
}
/** A fetched record is not what was appended. */
export class CorruptRecordError extends Error {
  override readonly name = 'CorruptRecordError';
}

const ATTEMPTS = 4;
const BACK_OFF_MS = 2_000;
const LOST_FOR_MS = 240_000;

/** Appends that were sent and not yet acknowledged, of one life. */
export interface Sending {
  readonly batch: Append;
}

export interface LogSurroundings {
  readonly world: World;
  readonly brokers: Brokers;
  readonly coordinator: Coordinator;
}

/** The log as one life of a process sees it: an idempotent client that sends again what was not acknowledged. */
export class SimulatedLog implements Log {
  readonly sending = new Set<Sending>();
  /** Of each partition read: where the last fetch stood, if it found the end. */
  readonly ends = new Map<string, number>();
  private readonly world: World;
  private readonly brokers: Brokers;
  private readonly coordinator: Coordinator;

  constructor(
    { world, brokers, coordinator }: LogSurroundings,
    private readonly life: Life,
    /** Told of every offset that a group has committed. */
    private readonly onCommit: (group: string, of: TopicPartition, offset: number) => void = () => undefined,
  ) {
    this.world = world;
    this.brokers = brokers;
    this.coordinator = coordinator;
  }

  async ensure(topic: string, partitions: number): Promise<void> {
    this.brokers.create(topic, partitions);
  }

  partitions(topic: string): number {
    return this.brokers.partitions(topic);
  }

  /** Each partition's records are a request of their own: a batch may arrive in part. */
  async append(batch: readonly Append[]): Promise<void> {
    await Promise.all(batch.map((one) => this.#send(one)));
  }

  async #send(batch: Append): Promise<void> {
    const sending: Sending = { batch };
    this.sending.add(sending);
    try {
      await this.#attempt(batch);
    } finally {
      this.sending.delete(sending);
    }
  }

  async #attempt(batch: Append): Promise<void> {
    const { world, life } = this;
    const { faults } = world;
    const label = `appends to ${writerOf(batch.to)}`;
    if (faults.strikes('produce gives up')) {
      await world.ask(life, `${label}, in vain`, () => undefined);
      throw new ProduceError(`${writerOf(batch.to)} did not acknowledge`);
    }
    let arrived = false;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      // Whatever the log already has of this batch it recognises, unless it has forgotten the producer.
      const append = (): void => {
        if (!arrived) this.brokers.append(batch, life);
        arrived = true;
        if (faults.strikes('appended twice')) this.brokers.append(batch, life);
      };
      if (faults.strikes('produce fails before append')) await world.ask(life, `${label}: no answer`, () => undefined);
      else if (faults.strikes('appended late behind a newer one')) {
        world.after(world.random.between(BACK_OFF_MS, LOST_FOR_MS), null, `${life.name} ${label}, late`, () =>
          this.brokers.append(batch, life),
        );
        await world.ask(life, `${label}: no answer yet`, () => undefined);
      } else if (faults.strikes('produce fails after append')) await world.request(life, `${label}, answer lost`, append);
      else return world.request(life, label, append);
      await this.#sleep(attempt * BACK_OFF_MS);
    }
    throw new ProduceError(`${writerOf(batch.to)} did not acknowledge ${ATTEMPTS} times`);
  }

  read(from: TopicPartition, offset: number, max_bytes: number): Promise<Fetched> {
    return this.world.ask(this.life, `reads ${writerOf(from)} at ${offset}`, () => {
      const { end } = this.brokers.bounds(from);
      this.ends.set(writerOf(from), offset === end ? end : -1);
      return { records: this.#received(from, offset, this.brokers.records(from, offset, max_bytes)), end };
    });
  }

  #received(from: TopicPartition, offset: number, records: readonly RawRecord[]): readonly RawRecord[] {
    const { faults, random } = this.world;
    const [first] = records;
    if (first === undefined) return records;
    if (faults.strikes('fetch empty')) return [];
    if (records.length > 1 && faults.strikes('fetch short')) return records.slice(0, random.between(1, records.length));
    if (offset > this.brokers.bounds(from).start && faults.strikes('fetch repeated'))
      return this.brokers
        .records(from, offset - 1, 1)
        .slice(0, 1)
        .concat(records);
    // Outside topics may be compacted: only on inside ones is a jump a loss (D7).
    if (!from.topic.startsWith('raw.') && records.length > 1 && faults.strikes('fetch jumped')) return records.slice(1);
    if (first.value !== null && first.value.length > 0 && faults.strikes('fetch corrupted')) {
      this.life.doom(this.life, 'a corrupt fetch');
      const value = Uint8Array.from(first.value);
      const at = random.below(value.length);
      value[at] = (value[at] ?? 0) ^ (1 << random.below(8));
      // The client compares the checksum that came with the record.
      if (checksum(value) !== checksum(first.value))
        throw new CorruptRecordError(`${writerOf(from)}: the record at ${first.offset} is damaged`);
    }
    return records;
  }

  bounds(of: TopicPartition): Promise<{ start: number; end: number }> {
    return this.world.ask(this.life, `asks for the bounds of ${writerOf(of)}`, () => this.brokers.bounds(of));
  }

  commit(group: string, of: TopicPartition, offset: number): Promise<void> {
    return this.world.request(this.life, `commits ${offset} of ${writerOf(of)} as ${group}`, () => {
      this.onCommit(group, of, offset);
      this.brokers.commit(group, of, offset);
    });
  }

  committed(group: string, of: TopicPartition): Promise<number> {
    return this.world.ask(this.life, `asks what ${group} committed`, () => this.brokers.committed(group, of));
  }

  groups(prefix: string): Promise<readonly string[]> {
    return this.world.ask(this.life, `asks for groups ${prefix}`, () => this.brokers.groups(prefix));
  }

  async join(member: Member): Promise<Membership> {
    const { world, life, coordinator } = this;
    const joined = await world.request(life, `joins ${member.group}`, () => coordinator.join(member, life));
    coordinator.hear(joined);
    return {
      read: (from, offset, max_bytes) =>
        joined.believed.has(writerOf(from)) ? this.read(from, offset, max_bytes) : Promise.resolve(NOTHING),
      commit: (of, offset) =>
        world.request(life, `commits ${offset} of ${writerOf(of)} as ${member.group}`, () => {
          if (!coordinator.owns(joined, of)) coordinator.refused++;
          else {
            this.onCommit(member.group, of, offset);
            this.brokers.commit(member.group, of, offset);
          }
        }),
      leave: () => world.request(life, `leaves ${member.group}`, () => coordinator.leave(joined)),
    };
  }

  async close(): Promise<void> {
    // What it holds is the world's.
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.after(ms, this.life, `${this.life.name} tries again`, resolve));
  }
}

const NOTHING: Fetched = { records: [], end: Infinity };
