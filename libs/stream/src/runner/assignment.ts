import { writerOf } from '../frame';
import type { TopicPartition } from '../operator';
import type { Log, Member, Membership } from '../ports';

/** Work on one partition, until `revoked`. It never rejects. */
export type Work = (input: TopicPartition, membership: Membership, revoked: AbortSignal) => Promise<void>;

/** A newer process of the same instance has the partitions now. What this one still does changes nothing (D2, D4). */
export class OwnershipLostError extends Error {
  override readonly name = 'OwnershipLostError';
  constructor(
    readonly group: string,
    readonly lost: readonly TopicPartition[],
  ) {
    super(
      `${lost.map(writerOf).join(', ')} of the group ${group} went to a newer member: this process is not the owner any more`,
    );
  }
}

/** One partition's work, and how it is ended. */
interface Lane {
  readonly revoked: AbortController;
  readonly done: Promise<void>;
}

/** The partitions of a group that are this process's, each worked on beside the others, as the log assigns and takes them. */
export class Assignment {
  readonly #lanes = new Map<string, Lane>();
  /** Of partitions that were taken: should one come back, its old work ends first. */
  readonly #ending = new Map<string, Promise<void>>();
  #membership: Promise<Membership> | null = null;

  constructor(
    private readonly member: Omit<Member, 'onAssigned'>,
    private readonly work: Work,
    private readonly onLost: (error: OwnershipLostError) => void,
  ) {}

  /** Resolves when the first partitions are known; their work has begun. */
  async join(log: Pick<Log, 'join'>): Promise<void> {
    let resolve: (membership: Promise<Membership>) => void = () => undefined;
    this.#membership = new Promise((done) => (resolve = done));
    resolve(log.join({ ...this.member, onAssigned: (partitions) => this.#assign(partitions) }));
    await this.#membership;
  }

  /** Resolves when no partition is worked on any more. */
  async ended(): Promise<void> {
    await Promise.all([...[...this.#lanes.values()].map(({ done }) => done), ...this.#ending.values()]);
  }

  async leave(): Promise<void> {
    await (await this.#membership)?.leave();
  }

  #assign(partitions: readonly TopicPartition[]): void {
    const own = new Set(partitions.map(writerOf));
    const lost: TopicPartition[] = [];
    for (const [name, { revoked, done }] of this.#lanes) {
      if (own.has(name)) continue;
      revoked.abort();
      this.#lanes.delete(name);
      this.#ending.set(name, done);
      lost.push(partitionOf(name));
    }
    if (lost.length > 0 && this.member.pinned !== undefined) this.onLost(new OwnershipLostError(this.member.group, lost));
    for (const input of partitions) if (!this.#lanes.has(writerOf(input))) this.#begin(input);
  }

  #begin(input: TopicPartition): void {
    const name = writerOf(input);
    const revoked = new AbortController();
    const before = this.#ending.get(name) ?? Promise.resolve();
    const membership = this.#membership;
    const done = before.then(async () => {
      this.#ending.delete(name);
      if (membership !== null && !revoked.signal.aborted) await this.work(input, await membership, revoked.signal);
    });
    this.#lanes.set(name, { revoked, done });
  }
}

const partitionOf = (name: string): TopicPartition => {
  const slash = name.lastIndexOf('/');
  return { topic: name.slice(0, slash), partition: Number(name.slice(slash + 1)) };
};
